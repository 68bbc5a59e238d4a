"""Which files a source names, and a number for each that stays the same when others come.

The number of a file is taken from its path, relative to where the source's patterns start, so that
a position in it is remembered though files are added. What was read of a file must not change: a
file that became shorter is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from shipworthy.kernel import ExitCode, Location, Problem, did_you_mean

_NUMBER_BITS = 48


def named_files(folder: Path, patterns: Sequence[str]) -> dict[int, Path]:
    """Return the files that the patterns name, by number, in the order of their paths.

    Raises:
        Problem: `source-missing` for a pattern that names nothing; `source-number` when two paths
            get one number.
    """
    found: dict[int, Path] = {}
    for pattern in patterns:
        base, rest = (
            (Path("/"), pattern.lstrip("/")) if pattern.startswith("/") else (folder, pattern)
        )
        paths = sorted(path for path in base.glob(rest) if path.is_file())
        if not paths:
            beside = (path.name for path in (base / rest).parent.glob("*"))
            raise Problem.of(
                "source-missing",
                f"no file is named by `{pattern}`",
                location=Location(str(base / rest)),
                help=did_you_mean(Path(pattern).name, beside) or "paths are relative to the file",
            )
        for path in paths:
            number = file_number(path, folder)
            if found.setdefault(number, path) != path:
                raise Problem.of(
                    "source-number",
                    f"`{path}` and `{found[number]}` get one number",
                    help="give one of them another name",
                )
    return dict(sorted(found.items(), key=lambda item: str(item[1])))


def file_number(path: Path, folder: Path) -> int:
    """Return the number of a file: the first bits of the SHA-256 of its path."""
    name = path.relative_to(folder) if path.is_relative_to(folder) else path
    digest = hashlib.sha256(name.as_posix().encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - _NUMBER_BITS)


def shared_out(files: Mapping[int, Path], member: int, members: int) -> dict[int, Path]:
    """Return the files of one of several readers: every file has exactly one."""
    return {number: path for number, path in files.items() if number % members == member}


def refuse_shorter(path: Path, size: int, read: int) -> None:
    """Refuse a file of which more was read than there is.

    Raises:
        Problem: `source-cut` (integrity).
    """
    if size < read:
        raise Problem.of(
            "source-cut",
            f"{read} were read of the file before, and {size} are left",
            location=Location(str(path)),
            help="give a file that was written anew another name: what was counted stays counted",
            exit_code=ExitCode.INTEGRITY,
        )
