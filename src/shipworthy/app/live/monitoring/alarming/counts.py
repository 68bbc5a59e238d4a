"""From windows in the state to alarms in the state: every count is fed to its detector once.

What was fed is kept beside each window, so that a count that comes late is fed when it comes. State
of the detectors, what was fed and the alarms change in one transaction.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.looking.counting import EXCHANGES
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.records.live.alarms import AcceptedBand, Alarm, BandFinding
from shipworthy.records.live.windows import WindowCounts
from shipworthy.stages.monitoring import (
    Expected,
    SeriesState,
    WatchedSeries,
    WatchPlan,
    WatchState,
    band_of_series,
    restarted,
    silences,
    watch,
)
from shipworthy.statistics.monitoring import AlarmBudget, DetectorPlan, no_change

BAND: Final = "band:"
"""What the name of a cause begins with that is no alarm; its metric and its begin follow."""

_EVER: Final = 2**62
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(WatchState)
_ANY: Final = DetectorPlan(baseline=0.5, run_length=2.0)
"""A series needs a detector; for judging totals it says nothing."""

_NEVER: Final = 2**62
"""A time after all others."""

_NOTHING: Final = no_change(_ANY)


def watch_plan(
    bands: Sequence[AcceptedBand],
    days: int,
    requests_per_second: int,
    alpha: float,
    probes_per_second: float = 0.0,
    one_off: float = 0.0,
) -> WatchPlan | None:
    """Return the plan of all detectors: one promise of false alarms for all bands together.

    `one_off` is the probability that drift or clusters ever raise a false alarm: detectors have to
    keep a time that is longer by 1 / (1 - one_off), and the promise is that of all of them.

    What probes measure comes as often as probes are sent. A band of which no multiple is a rate has
    no detector; it is judged by its limits alone.
    """
    probes = probes_per_second or float(requests_per_second)
    series = tuple(
        WatchedSeries(
            metric=band.metric,
            baseline=float(band.upper),
            requests_per_second=probes if _of_probes(band.metric) else float(requests_per_second),
        )
        for band in bands
        if _detectable(float(band.upper))
    )
    if not series:
        return None
    return WatchPlan(
        series=series, budget=AlarmBudget(seconds=days * 86_400.0 / (1.0 - one_off)), alpha=alpha
    )


def _detectable(upper: float) -> bool:
    try:
        DetectorPlan(baseline=upper, run_length=2.0)
    except ValueError:
        return False
    return True


def _of_probes(metric: str) -> bool:
    return metric.startswith("asr.")


def feed(state: MonitorState, plan: WatchPlan | None, until_ms: int) -> tuple[Alarm, ...]:
    """Feed every count of windows that end by `until_ms` and was not fed; return new alarms.

    Outcomes of probes wait for nothing: each is a window by itself, and complete.
    """
    if plan is None:
        return ()
    with state.writing() as db:
        before, turn = _restore(state.read_about("watch")), state.turn() + 1
        found: list[Alarm] = []
        after = before
        for series in plan.series:
            length = 1 if _of_probes(series.metric) else state.length_ms
            last = _EVER if _of_probes(series.metric) else until_ms - state.length_ms
            fresh = [
                WindowCounts(
                    metric=series.metric,
                    start_ms=start,
                    length_ms=length,
                    requests=requests,
                    events=events,
                    unassessed=open_,
                )
                for start, requests, events, open_ in db.execute(
                    "select start_ms, requests - fed_requests, events - fed_events,"
                    " unassessed - fed_unassessed from windows where metric = ?"
                    " and start_ms <= ? and requests > fed_requests order by start_ms",
                    (series.metric, last),
                )
            ]
            after, alarms = watch(plan, after, fresh)
            found += alarms
            db.execute(
                "update windows set fed_requests = requests, fed_events = events,"
                " fed_unassessed = unassessed, fed_turn = ? where metric = ? and start_ms <= ?"
                " and requests > fed_requests",
                (turn, series.metric, last),
            )
        state.write_about("watch", _ENCODER.encode(after).decode())
        state.write_about("turn", str(turn))
        state.keep_alarms(found)
    return tuple(found)


def restart(state: MonitorState, dealt_with: Iterable[str]) -> None:
    """Let series begin again whose alarm, or whose leaving of its band, was dealt with; once each.

    What was counted before stays counted, and is no longer held against the series.
    """
    closed = set(dealt_with)
    with state.writing():
        done = set(filter(None, state.read_about("restarted").split(" ")))
        series = {one.id: (one.metric, one.key) for one in state.alarms() if one.kind == "rise"}
        fresh = sorted(one for one in closed - done if one in series or one.startswith(BAND))
        if not fresh:
            return
        watched = _restore(state.read_about("watch"))
        for cause in fresh:
            metric, key = series.get(cause) or (cause.split(":")[1], "")
            watched = restarted(watched, metric, key)
        state.write_about("watch", _ENCODER.encode(watched).decode())
        state.write_about("restarted", " ".join(sorted(done | set(fresh))))


def judge(state: MonitorState, band: AcceptedBand, alpha: float, least: int) -> BandFinding:
    """Say where what was counted for a band lies, whenever somebody looks.

    What counts is everything since the series began, or began again (`restart`). With fewer than
    `least` requests of which something is known, nothing is shown to be inside.
    """
    watched = _restore(state.read_about("watch")).series.get(band.metric)
    series = watched or _unwatched(state, band.metric)
    found = band_of_series(series, band, alpha)
    if series.requests - series.unassessed < least and found.place == "inside":
        return msgspec.structs.replace(found, place="not-shown")
    return found


def _unwatched(state: MonitorState, metric: str) -> SeriesState:
    """Return all that was counted of a metric that no detector watches."""
    requests, events, open_ = state.metrics().get(metric, (0, 0, 0))
    span = state.span() or (0, 0)
    return SeriesState(
        metric=metric,
        key="",
        detector=_ANY.start(),
        change=_NOTHING,
        from_ms=span[0],
        until_ms=span[1],
        requests=requests,
        events=events,
        unassessed=open_,
    )


def gaps_of(state: MonitorState, within_ms: int, now_ms: int | None) -> tuple[Alarm, ...]:
    """Return a silence for every stretch without any exchange that was longer than it may be.

    `now_ms` closes the last stretch; without it the source has ended and nothing more is expected.
    What is dated later than now breaks no silence: one wrong clock would else silence them all.
    """
    expected = [Expected(name=EXCHANGES, within_ms=within_ms)]
    latest = now_ms if now_ms is not None else _NEVER
    ends = [one.end_ms for one in state.windows(EXCHANGES) if one.start_ms <= latest]
    looks = [end - state.length_ms for end in ends[1:]]
    if now_ms is not None and ends:
        looks.append(now_ms)
    found: list[Alarm] = []
    for last, look in zip(ends, looks, strict=False):
        found += silences(expected, {(EXCHANGES, ""): last}, last, look)
    return tuple(found)


def _restore(text: str) -> WatchState:
    return _DECODER.decode(text) if text else WatchState()
