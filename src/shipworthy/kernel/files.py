"""Reading what somebody else wrote: never much more of it than its kind needs, and only text."""

import errno
from pathlib import Path
from typing import BinaryIO

from shipworthy.kernel.diagnostics import Location, Problem


class TooLargeError(OSError):
    """A file holds more than is read of its kind; `strerror` says how much that is."""


def read_bounded(path: Path, most: int) -> bytes:
    """Return the content of a file of at most `most` bytes.

    Raises:
        TooLargeError: when it holds more; no more than one further byte has been read.
        OSError: when it cannot be read.
    """
    with path.open("rb") as stream:
        return read_stream(stream, most, str(path))


def read_stream(stream: BinaryIO, most: int, name: str) -> bytes:
    """Return the rest of a stream of at most `most` bytes; `name` is what its file is called.

    Raises:
        TooLargeError: when it holds more; no more than one further byte has been read.
        OSError: when it cannot be read.
    """
    data = stream.read(most + 1)
    if len(data) > most:
        raise TooLargeError(errno.EFBIG, f"larger than {most} bytes", name)
    return data


def system_reason(error: OSError) -> str:
    """Say in lower case why the system does not read or write a file."""
    return (error.strerror or "unknown error").lower()


def utf8_text(data: bytes, source: str, code: str) -> str:
    """Decode the content of a file, without the byte order mark that some editors begin it with.

    Raises:
        Problem: of the given code, with the line of the first byte that is no UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem.of(
            code,
            "the file is not UTF-8 text",
            location=Location(source, data.count(b"\n", 0, error.start) + 1),
            help="save it as UTF-8",
        ) from None
