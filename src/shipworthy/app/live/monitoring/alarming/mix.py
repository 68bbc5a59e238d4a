"""The mix of traffic, window by window, against a calibration period: drift, as alarms."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.looking.counting import window_of
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.kernel import decimal_string
from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.mixes import DriftStanding
from shipworthy.records.live.monitors import DriftSection
from shipworthy.records.live.windows import Histogram
from shipworthy.stages.monitoring import DriftPlan, DriftWatch, watch_drift

DRIFT_SHARE: Final = 0.05
"""Probability that any feature ever raises a false drift, of all that may be raised once."""

_PREFIX: Final = "mix."
_DONE: Final = "recalibrated"


@dataclass(slots=True)
class _Feature:
    """What is known of one feature: the calibration period, and where the test stands."""

    reference: list[Histogram] = field(default_factory=list)
    watch: DriftWatch = field(default_factory=DriftWatch)


_Known = dict[str, _Feature]
_DECODER: Final = msgspec.json.Decoder(_Known)


def watch_mix(state: MonitorState, section: DriftSection, until_ms: int) -> tuple[Alarm, ...]:
    """Look at every window that ends by `until_ms` and was not looked at; return new alarms.

    An exchange that comes after its window was looked at makes one more window, of itself.
    """
    length = section.window_seconds * 1000
    with state.writing() as db:
        end = window_of(until_ms, length)
        rows = db.execute(
            "select at_ms, account, bins from mixing where at_ms < ? order by at_ms, id", (end,)
        ).fetchall()
        if not rows:
            return ()
        known, found = _known(state, section), list[Alarm]()
        for start, bins in _windows(rows, length):
            for name in section.features:
                one = known.setdefault(name, _Feature())
                counts = dict(sorted(Counter(each[name] for each in bins if name in each).items()))
                window = Histogram(
                    feature=_PREFIX + name, start_ms=start, length_ms=length, counts=counts
                )
                found += _looked(one, section, window)
        state.write_about(_place(section), msgspec.json.encode(known).decode())
        db.execute("delete from mixing where at_ms < ?", (end,))
        state.keep_alarms(found)
    return tuple(found)


def recalibrate(state: MonitorState, section: DriftSection, dealt_with: Iterable[str]) -> None:
    """Begin the calibration of features anew whose drift was dealt with, once each.

    The comparisons go on counting, so that all of them together keep their level.
    """
    with state.writing():
        done = set(filter(None, state.read_about(_DONE).split(" ")))
        drifts = {one.id: one.metric for one in state.alarms() if one.kind == "recalibrate"}
        fresh = sorted(one for one in set(dealt_with) - done if one in drifts)
        if not fresh:
            return
        known = _known(state, section)
        for metric in sorted({drifts[one] for one in fresh}):
            before = known.get(metric.removeprefix(_PREFIX), _Feature())
            after = _Feature(watch=DriftWatch(period=before.watch.period + 1))
            known[metric.removeprefix(_PREFIX)] = after
        state.write_about(_place(section), msgspec.json.encode(known).decode())
        state.write_about(_DONE, " ".join(sorted(done | set(fresh))))


def drift_standing(state: MonitorState, section: DriftSection) -> tuple[DriftStanding, ...]:
    """Return where each feature stands."""
    known = _known(state, section)
    return tuple(_standing(name, known.get(name, _Feature()), section) for name in section.features)


def _looked(one: _Feature, section: DriftSection, window: Histogram) -> tuple[Alarm, ...]:
    if len(one.reference) < section.reference_windows:
        one.reference.append(window)
        return ()
    plan = DriftPlan(
        feature=window.feature,
        reference=tuple(one.reference),
        alpha=DRIFT_SHARE / len(section.features),
        tolerance=float(section.tolerance),
    )
    one.watch, alarms = watch_drift(plan, one.watch, [window])
    return alarms


def _windows(
    rows: Iterable[tuple[int, str, str]], length: int
) -> Iterator[tuple[int, list[Mapping[str, str]]]]:
    """Yield the windows in order, with the first exchange of each account."""
    found: dict[int, dict[str, Mapping[str, str]]] = {}
    for at_ms, account, bins in rows:
        window = found.setdefault(window_of(at_ms, length), {})
        if account not in window:
            window[account] = msgspec.json.decode(bins, type=dict[str, str])
    for start, accounts in sorted(found.items()):
        yield start, list(accounts.values())


def _standing(name: str, one: _Feature, section: DriftSection) -> DriftStanding:
    begun = len(one.reference) >= section.reference_windows
    sums = one.watch.sums
    return DriftStanding(
        feature=_PREFIX + name,
        reference=len(one.reference),
        wanted=section.reference_windows,
        period=one.watch.period if begun else 0,
        windows=sums.blocks,
        distance=decimal_string(sums.distance, "nearest", 4) if sums.blocks else "",
        raised=one.watch.raised,
    )


def _known(state: MonitorState, section: DriftSection) -> _Known:
    text = state.read_about(_place(section))
    return _DECODER.decode(text) if text else {}


def _place(section: DriftSection) -> str:
    """Return where the calibration is kept: with other windows, it is another one."""
    return f"drift/{section.window_seconds}/{section.reference_windows}"
