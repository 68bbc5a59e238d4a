"""Reading a file of a framework, a mapping or the like, with the complaint that they share."""

from pathlib import Path

from shipworthy.kernel import Location, Problem, TooLargeError, read_bounded, system_reason


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
        message, advice = f"cannot read {what}: {system_reason(error)}", ""
    raise Problem.of("framework-unreadable", message, location=Location(str(path)), help=advice)
