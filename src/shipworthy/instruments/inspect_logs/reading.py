"""Logs of Inspect as a stream of samples: one in memory at a time, whatever the size of the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shipworthy.instruments.inspect_logs.archive import Archive
from shipworthy.instruments.inspect_logs.documents import VERSION, Header, Sample
from shipworthy.instruments.inspect_logs.untrusted_json import convert, digest_json, parse
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    TooLargeError,
    digest_file,
    read_bounded,
    system_reason,
)

LARGEST_JSON: Final = 256 * 1024 * 1024
"""Bytes of a log in the `.json` format, which has to be read as a whole."""

_HEADER: Final = "header.json"
_START: Final = "_journal/start.json"
_ASKED: Final = ("input", "choices", "target", "metadata", "sandbox", "files", "setup")
"""The parts of a sample that its dataset fixes."""

_ARCHIVE: Final = b"PK"


@dataclass(frozen=True, slots=True)
class LoggedSample:
    """A sample with the digest of all that the log holds of it, and of what it asks.

    Two samples with the same `content` are one question under two ids.
    """

    sample: Sample
    digest: Digest
    content: Digest


@dataclass(frozen=True, slots=True)
class InspectLog:
    """A log on disk: its header and the digest of its file."""

    path: Path
    header: Header
    file: Digest

    def samples(self) -> Iterator[LoggedSample]:
        """Yield the samples in the order of the log.

        Raises:
            Problem: `inspect-*` at the first thing that cannot be read.
        """
        if _is_archive(self.path):
            yield from _archived(self.path)
        else:
            for number, value in enumerate(_whole(self.path).get("samples") or ()):
                yield _logged(value, f"{self.path}: samples[{number}]")


def open_log(path: Path) -> InspectLog:
    """Read what a log says of itself; its samples are read when they are asked for.

    Raises:
        Problem: `inspect-unreadable`, `inspect-archive`, `inspect-json`, `inspect-version`,
            `inspect-form`.
    """
    try:
        file = digest_file(path)
        value = _archived_header(path) if _is_archive(path) else _whole(path)
    except OSError as error:
        raise Problem.of(
            "inspect-unreadable",
            f"cannot read the log: {system_reason(error)}",
            location=Location(str(path)),
            help="give the path of a `.eval` or `.json` log of Inspect",
        ) from None
    version = value.get("version") if isinstance(value, dict) else None
    if version != VERSION or isinstance(version, bool):
        raise Problem.of(
            "inspect-version",
            f"not a log of version {VERSION}: `version` is `{str(version)[:20]}`",
            location=Location(str(path)),
            help="write it anew with `inspect log convert LOG --to eval --output-dir FOLDER`",
        )
    return InspectLog(path, convert(value, Header, str(path)), file)


def _archived_header(path: Path) -> Any:
    with Archive(path) as archive:
        for name in (_HEADER, _START):
            if name in archive.members:
                return parse(archive.read(name), f"{path}: {name}")
    raise Problem.of(
        "inspect-archive",
        f"cannot read the log: it has neither `{_HEADER}` nor `{_START}`",
        location=Location(str(path)),
        help="give a log that Inspect wrote",
    )


def _archived(path: Path) -> Iterator[LoggedSample]:
    with Archive(path) as archive:
        for name in archive.members:
            if name.startswith("samples/") and name.endswith(".json"):
                place = f"{path}: {name}"
                yield _logged(parse(archive.read(name), place), place)


def _logged(value: Any, place: str) -> LoggedSample:
    sample = convert(value, Sample, place)
    asked = [_unnamed(value.get(name)) for name in _ASKED]
    return LoggedSample(sample, digest_json(value), digest_json(asked))


def _unnamed(part: Any) -> Any:
    """Leave out the ids of turns: each run draws them anew for the same question."""
    if not isinstance(part, list):
        return part
    return [
        {key: value for key, value in one.items() if key != "id"} if isinstance(one, dict) else one
        for one in part
    ]


def _whole(path: Path) -> dict[str, Any]:
    try:
        data = read_bounded(path, LARGEST_JSON)
    except TooLargeError:
        raise Problem.of(
            "inspect-json",
            f"larger than {LARGEST_JSON >> 20} MiB, and this format is read as a whole",
            location=Location(str(path)),
            help="write it anew with `inspect log convert LOG --to eval --output-dir FOLDER`",
        ) from None
    value = parse(data, str(path))
    if not isinstance(value, dict):
        raise Problem.of(
            "inspect-form",
            "not a log: the outermost value is no object",
            location=Location(str(path)),
            help="give a log that Inspect wrote",
        )
    return value


def _is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_ARCHIVE)) == _ARCHIVE
