"""Writing so that a crash leaves the old bytes or the new ones, and two writers take turns."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shipworthy.kernel import ExitCode, Location, Problem


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at `path`: temporary file in the same folder, fsync, rename, fsync."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            if os.name == "posix":
                # a temporary file starts private; what is written here is meant to be read
                os.fchmod(handle, 0o644)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in `folder` durable, where the platform can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def one_at_a_time(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Let one process at a time into a folder, which is made when it is not there.

    Raises:
        BlockingIOError: when another process is in it and this one does not wait.
    """
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def complete_lines(data: bytes) -> list[bytes]:
    """Split into newline-terminated lines without their newlines.

    What follows the last newline is a write that a crash cut short; it is not returned.
    """
    return data.split(b"\n")[:-1]


def other_version(message: str, file: str, line: int = 0) -> Problem:
    """Build the problem for a record that is as it was signed and is none of this version's."""
    return Problem.of(
        "record-version",
        f"{message}, and it is as it was signed: another version of the program wrote it",
        location=Location(file, line),
        help="go on with the version that wrote it; nothing is wrong with the file",
    )


def tampered(code: str, message: str, file: str, line: int = 0) -> Problem:
    """Build the problem for evidence that does not verify."""
    return Problem.of(
        code,
        message,
        location=Location(file, line),
        help="restore the file from a copy that verifies; evidence is never repaired in place",
        exit_code=ExitCode.INTEGRITY,
    )
