"""What the gateway under test wrote down, read through an adapter.

A detection that the gateway's own record calls a pass is a failure of its own: who reads the
record learns that nothing happened.
"""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.error import URLError
from urllib.request import urlopen

from shipworthy.kernel import ExitCode, Location, Problem

_WAIT_S: Final = 1.5
_SAMPLE: Final = re.compile(r"shipworthy_gateway_records_total\{(.*)\} (\d+)")
_LABEL: Final = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Tally:
    """Records so far: all, and those that say that nothing was found."""

    records: int = 0
    passes: int = 0


class RecordSource(Protocol):
    """Where the gateway writes down what it found."""

    def tally(self) -> Tally:
        """Count the records so far."""
        ...


@dataclass(frozen=True, slots=True)
class MetricsRecords:
    """The counters of our own gateway, under its admin address."""

    url: str

    def tally(self) -> Tally:
        """Count by `shipworthy_gateway_records_total`."""
        try:
            with urlopen(self.url, timeout=10) as answer:  # noqa: S310 - http(s), checked
                text = answer.read().decode()
        except (URLError, OSError, ValueError) as error:
            raise _unreadable(self.url, str(error)) from None
        records = passes = 0
        for labels, number in _SAMPLE.findall(text):
            said = dict(_LABEL.findall(labels))
            records += int(number)
            quiet = said["detected"] == "no" and said["errored"] == "no"
            if quiet and said["enforced"] in {"released", "rewritten"}:
                passes += int(number)
        return Tally(records, passes)


@dataclass(frozen=True, slots=True)
class LineRecords:
    """A file of JSON lines; a record is no pass where one of `found` holds.

    Attributes:
        path: the file.
        found: dotted names of fields, with the value that says that something was found; with an
            empty value, any that is not empty, false or null.
    """

    path: Path
    found: tuple[tuple[str, str], ...]

    def tally(self) -> Tally:
        """Count the lines."""
        if not self.path.exists():
            return Tally()
        records = passes = 0
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines[:-1], 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError:
                where = Location(str(self.path), number)
                raise _unreadable(str(self.path), "a line is no JSON", where) from None
            records += 1
            passes += not any(_holds(record, name, value) for name, value in self.found)
        return Tally(records, passes)


def passed_since(source: RecordSource, before: Tally) -> bool | None:
    """Say whether what was written since `before` says only that nothing was found.

    Returns:
        None where nothing was written within a second and a half.
    """
    deadline = time.monotonic() + _WAIT_S
    while True:
        now = source.tally()
        if now.records > before.records:
            return now.passes - before.passes == now.records - before.records
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.03)


def record_source(given: str, found: tuple[str, ...]) -> RecordSource:
    """Return the adapter for `given`: a URL of metrics, or a file of JSON lines.

    Raises:
        Problem: `conform-records` when a file is given without saying what a detection is.
    """
    if given.startswith(("http://", "https://")):
        return MetricsRecords(given)
    pairs = tuple((name, value) for name, _, value in (one.partition("=") for one in found) if name)
    if not pairs:
        raise Problem.of(
            "conform-records",
            f"nothing says which records of `{given}` are detections",
            help="add `--found FIELD=VALUE` for each mark of a detection or a failure",
        )
    return LineRecords(Path(given), pairs)


def _holds(record: Any, name: str, value: str) -> bool:
    for part in name.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    if not value:
        return bool(record)
    if isinstance(record, list):
        return value in map(str, record)
    return str(record) == value


def _unreadable(where: str, why: str, location: Location | None = None) -> Problem:
    return Problem.of(
        "conform-records",
        f"the records of the gateway at `{where}` cannot be read: {why}",
        location=location,
        help="give the URL of its metrics or the path of its file of JSON lines",
        exit_code=ExitCode.ENVIRONMENT,
    )
