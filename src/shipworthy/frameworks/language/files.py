"""Reading a file that somebody else wrote: never much more of it than its kind needs."""

import errno
from pathlib import Path

from shipworthy.kernel import Location, Problem


class TooLargeError(OSError):
    """A file holds more than is read of its kind; `strerror` says how much that is."""


def read_bounded(path: Path, most: int) -> bytes:
    """Return the content of a file of at most `most` bytes.

    Raises:
        TooLargeError: when it holds more; no more than one further byte has been read.
        OSError: when it cannot be read.
    """
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise TooLargeError(errno.EFBIG, f"larger than {most} bytes", str(path))
    return data


def read_source(path: Path, most: int, what: str, advice: str = "") -> bytes:
    """Return the content of a file of at most `most` bytes; complaints call it `what`.

    Raises:
        Problem: `framework-unreadable`, with the advice when the file is too large.
    """
    try:
        return read_bounded(path, most)
    except TooLargeError as error:
        message = str(error.strerror)
    except OSError as error:
        message, advice = f"cannot read {what}: {reason(error)}", ""
    raise Problem.of("framework-unreadable", message, location=Location(str(path)), help=advice)


def reason(error: OSError) -> str:
    """Say in lower case why a file cannot be read."""
    return (error.strerror or "unknown error").lower()
