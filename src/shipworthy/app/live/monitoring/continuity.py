"""Whether a monitor goes on as it began: the same source, all of it, and bands no wider."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.looking.numbering import UNLOGGED, unlogged
from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.state.sampling import counted_places, first_times, is_same
from shipworthy.kernel import ExitCode, Location, Problem
from shipworthy.records.live.alarms import AcceptedBand
from shipworthy.traffic.logs.segment.layout import identity_path, read_identity
from shipworthy.traffic.sources import named_files

_BANDS: Final = "bands"
_BEGUN: Final = "begun"
_WHOLE_MS: Final = "whole_ms"
_NEVER: Final = 2**62
_LOG: Final = "log"
_PLACES: Final = 64
"""Exchanges of files that are looked at again when a monitor begins."""

_MARGIN_S: Final = 300
"""Beyond the limits of a deployment, for clients that take their answer slowly."""


def refuse_other_log(monitor: Monitor, state: MonitorState) -> None:
    """Refuse a segment log, or files of lines, other than those that the state has read.

    Raises:
        Problem: `monitor-source` (integrity).
    """
    kind, options = _source(monitor)
    if kind == "jsonl":
        _refuse_changed_files(monitor, state)
    if kind != "segment":
        return
    folder = Path(str(options["folder"]))
    if not identity_path(folder).is_file():
        return
    found, known = read_identity(folder).id, state.read_about(_LOG)
    if known and known != found:
        raise _other(str(folder), "another log lies where the one was that was read")
    state.write_about(_LOG, found)


def _refuse_changed_files(monitor: Monitor, state: MonitorState) -> None:
    """Refuse files in which something else lies where exchanges were counted.

    A few places are looked at. Files are not chained: of single lines that were changed nobody
    knows, while lines that moved, as in a file written anew, are elsewhere nearly all of them.
    """
    source = monitor.file.document.source
    files = named_files(monitor.file.path.parent, source.paths)
    for partition, offset, mark in counted_places(state, _PLACES):
        path = files.get(partition)
        if path is None:
            continue
        with path.open("rb") as stream:
            stream.seek(offset)
            line = stream.readline()
        # A file that ends before is said to be cut by its reader, with what it held.
        if line and not is_same(line.rstrip(b"\r\n"), mark):
            place = f"{path}, byte {offset}"
            raise _other(place, "another entry lies where an exchange was counted")


def note_begin(state: MonitorState, starts: Mapping[int, int]) -> None:
    """Keep how much of each partition was no longer kept when the state was begun.

    `starts` are those of the log. What was there is in no figure, and is not held against the log:
    whoever begins late has promised nothing of it.
    """
    gone = {} if state.positions() else {one: at for one, at in starts.items() if at}
    state.write_about(_BEGUN, msgspec.json.encode(gone).decode())


def is_begun(state: MonitorState) -> bool:
    """Say whether it is kept where the state began."""
    return bool(state.read_about(_BEGUN))


def begun_at(state: MonitorState) -> dict[int, int]:
    """Return where a state began in partitions whose first entries were no longer kept."""
    return msgspec.json.decode(state.read_about(_BEGUN) or "{}", type=dict[int, int])


def reached(state: MonitorState) -> dict[int, int]:
    """Return how far each partition is counted, or where it began."""
    return begun_at(state) | state.positions()


def refuse_shorter_log(monitor: Monitor, known: Mapping[int, int], ends: Mapping[int, int]) -> None:
    """Refuse a log that ends before what was counted of it: nobody knows what else it lost.

    Raises:
        Problem: `monitor-source` (integrity).
    """
    kind, options = _source(monitor)
    if kind in {"jsonl", "parquet"}:
        return  # their readers look at the length of each file
    for partition, position in sorted(known.items()):
        if ends.get(partition, 0) < position:
            end = ends.get(partition, 0)
            what = f"partition {partition} ends at entry {end}, and was counted to {position}"
            raise _other(str(options.get("folder") or kind), what)


def count_unlogged(monitor: Monitor, state: MonitorState) -> None:
    """Note how many exchanges the gateways carried out, and how many of them have no record."""
    source = monitor.file.document.source
    if source.mapping is not None or source.kind not in {"segment", "nats", "kafka"}:
        return
    deployment = monitor.deployed.deployment
    limits, log = deployment.limits, deployment.log
    longest_s = limits.waiting_seconds + deployment.upstream.timeout_seconds
    longest_s += limits.body_seconds + log.timeout_seconds + _MARGIN_S
    # What is no longer kept has no record either, and was not held back by anybody.
    from_one = source.kind == "segment" and not begun_at(state)
    since_ms = _whole_ms(state, longest_s * 1000)
    found = [
        unlogged(runs, longest_s * 1000, from_one=from_one, since_ms=since_ms)
        for runs in state.runs().values()
    ]
    given, missing = (sum(column) for column in zip(*found, strict=True)) if found else (0, 0)
    state.write_about(UNLOGGED, f"{given} {missing}")


def _whole_ms(state: MonitorState, longest_ms: int) -> int:
    """Return from when on the log has every partition of what gateways began.

    Where first entries were no longer kept, each partition was cut at a time of its own. What was
    removed was appended before the first that was read, and begun before that.
    """
    gone = begun_at(state)
    if not gone:
        return 0
    known = state.read_about(_WHOLE_MS)
    if known:
        return int(known)
    counted = state.last_ms()
    if not all(counted.get(one) for one in gone):
        return _NEVER
    firsts = first_times(state, gone)
    found = max(firsts.values()) + longest_ms
    state.write_about(_WHOLE_MS, str(found))
    return found


def note_bands(state: MonitorState, bands: Iterable[AcceptedBand]) -> None:
    """Keep the narrowest band of each metric that this state was ever judged by."""
    known = _narrowest(state)
    for band in bands:
        before = known.get(band.metric, band.upper)
        known[band.metric] = min(before, band.upper, key=Fraction)
    state.write_about(_BANDS, msgspec.json.encode(known).decode())


def widened(state: MonitorState, bands: Iterable[AcceptedBand]) -> tuple[str, ...]:
    """Say which bands are wider than they were, or gone: what is inside now may not have been."""
    now = {band.metric: band.upper for band in bands}
    found = []
    for metric, before in sorted(_narrowest(state).items()):
        if metric not in now:
            found.append(f"{metric}: up to {before} was accepted before, and nothing is said now")
        elif Fraction(now[metric]) > Fraction(before):
            found.append(f"{metric}: up to {before} was accepted before, {now[metric]} is now")
    return tuple(found)


def _narrowest(state: MonitorState) -> dict[str, str]:
    return msgspec.json.decode(state.read_about(_BANDS) or "{}", type=dict[str, str])


def _source(monitor: Monitor) -> tuple[str, Mapping[str, object]]:
    kind = monitor.file.document.source.kind
    return (kind, {}) if kind in {"jsonl", "parquet"} else monitor.log_options()


def _other(place: str, what: str) -> Problem:
    return Problem.of(
        "monitor-source",
        f"the source is not the one that was counted: {what}",
        location=Location(place),
        help="put back the log that was read, or begin anew with another `state` and say so",
        exit_code=ExitCode.INTEGRITY,
    )
