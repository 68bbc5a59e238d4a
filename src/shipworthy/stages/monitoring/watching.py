"""From windows to alarms: one detector a series, one promise about false alarms for all of them.

Windows of a series are taken in the order given. The promise holds in that order, so a window that
arrives late is counted when it comes; only the moment of a change becomes less sharp. Whoever sends
a window again sends the requests that were not in it before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from shipworthy.kernel import Problem
from shipworthy.records.live.alarms import Alarm, SinceChange
from shipworthy.records.live.windows import WindowCounts
from shipworthy.stages.monitoring.figures import figure, level_figure, level_text
from shipworthy.statistics.monitoring import (
    AlarmBudget,
    ChangeEstimate,
    ChangeState,
    DetectorPlan,
    DetectorState,
    after_window,
    change_estimate,
    no_change,
)

ANY_KEY = "*"
"""Key of a watched series that stands for all keys of its metric which no other names."""
_ODD_WINDOWS = "monitor-series-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSeries:
    """One series and what counts as normal in it.

    `baseline`: upper limit of its rate. `requests_per_second`: as many as it is declared to have at
    most. `weight`: its part of the budget, relative to others. With the key `*` it stands for
    series that turn up later, each of which gets a part of the budget's reserve.
    """

    metric: str
    key: str = ""
    baseline: float
    requests_per_second: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan:
    """What is watched, the budget of all series together, and the level of limits in alarms."""

    series: tuple[WatchedSeries, ...]
    budget: AlarmBudget
    alpha: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesState:
    """Where one series stands. Totals are since it was first seen or started again."""

    metric: str
    key: str
    detector: DetectorState
    change: ChangeState
    from_ms: int
    until_ms: int
    requests: int = 0
    events: int = 0
    unassessed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """All series by name (`series_name`); `unforeseen` is how many of them came without notice."""

    series: Mapping[str, SeriesState] = field(default_factory=dict)
    unforeseen: int = 0


def series_name(metric: str, key: str) -> str:
    """Return the name of a series: the metric, with the key in brackets behind it."""
    return f"{metric}[{key}]" if key else metric


def watch(
    plan: WatchPlan, state: WatchState, windows: Iterable[WindowCounts]
) -> tuple[WatchState, tuple[Alarm, ...]]:
    """Count windows in and return the state after them and the alarms they raised.

    A series raises one alarm and stays raised until `restarted`.

    Raises:
        Problem: `monitor-series-unknown` for a window of a series that the plan does not watch.
    """
    declared = {series_name(one.metric, one.key): one for one in plan.series}
    lengths = _run_lengths(plan)
    series, unforeseen, alarms = dict(state.series), state.unforeseen, list[Alarm]()
    for window in windows:
        name = series_name(window.metric, window.key)
        before = series.get(name)
        if before is None:
            if name not in declared:
                unforeseen += 1
            before = _begin(plan, declared, lengths, window, unforeseen)
        after = _counted(before, window)
        series[name] = after
        if after.detector.alarm_at is not None and before.detector.alarm_at is None:
            alarms.append(_alarm(after, window, plan.alpha))
    return WatchState(series=series, unforeseen=unforeseen), tuple(alarms)


def restarted(state: WatchState, metric: str, key: str = "") -> WatchState:
    """Return the state with one series at its start again, after its alarm was dealt with.

    Its part of the budget and its baseline stay; a higher baseline needs a new plan.
    """
    name = series_name(metric, key)
    if name not in state.series:
        return state
    old = state.series[name]
    plan = old.detector.plan
    fresh = SeriesState(
        metric=metric,
        key=key,
        detector=plan.start(),
        change=no_change(plan),
        from_ms=old.until_ms,
        until_ms=old.until_ms,
    )
    return replace(state, series={**state.series, name: fresh})


def _run_lengths(plan: WatchPlan) -> dict[str, float]:
    known = {
        series_name(one.metric, one.key): (one.weight, one.requests_per_second)
        for one in plan.series
        if one.key != ANY_KEY
    }
    return plan.budget.run_lengths(known) if known else {}


def _begin(
    plan: WatchPlan,
    declared: Mapping[str, WatchedSeries],
    lengths: Mapping[str, float],
    window: WindowCounts,
    number: int,
) -> SeriesState:
    name = series_name(window.metric, window.key)
    if name in declared:
        watched, length = declared[name], lengths[name]
    else:
        any_key = declared.get(series_name(window.metric, ANY_KEY))
        if any_key is None:
            raise Problem.of(
                _ODD_WINDOWS,
                f"nothing says what is normal for `{name}`",
                help=f"watch `{window.metric}` with the key `{ANY_KEY}`, or leave its windows out",
            )
        watched = any_key
        length = plan.budget.run_length_unforeseen(number, watched.requests_per_second)
    detector = DetectorPlan(baseline=watched.baseline, run_length=length)
    return SeriesState(
        metric=window.metric,
        key=window.key,
        detector=detector.start(),
        change=no_change(detector),
        from_ms=window.start_ms,
        until_ms=window.end_ms,
    )


def _counted(state: SeriesState, window: WindowCounts) -> SeriesState:
    counts = (window.requests, window.events, window.unassessed)
    detector = state.detector
    return replace(
        state,
        detector=detector.window(window.requests, window.events + window.unassessed),
        change=after_window(state.change, detector.plan, window.start_ms, counts),
        from_ms=min(state.from_ms, window.start_ms),
        until_ms=max(state.until_ms, window.end_ms),
        requests=state.requests + window.requests,
        events=state.events + window.events,
        unassessed=state.unassessed + window.unassessed,
    )


def _alarm(state: SeriesState, window: WindowCounts, alpha: float) -> Alarm:
    found = change_estimate(state.change, alpha)
    assert found is not None  # an alarm needs an event, so something was counted
    plan = state.detector.plan
    baseline = level_text(plan.baseline)
    return Alarm(
        kind="rise",
        metric=state.metric,
        key=state.key,
        at_ms=window.end_ms,
        evidence=level_figure(state.detector.level),
        needed=level_figure(plan.run_length),
        baseline=baseline,
        since=_since(found, alpha),
        why=f"{found.stretch.events} events and {found.stretch.unassessed} without an outcome in "
        f"{found.stretch.requests} requests since the likely change; normal is at most {baseline}",
    )


def _since(found: ChangeEstimate, alpha: float) -> SinceChange:
    stretch = found.stretch
    return SinceChange(
        change_ms=stretch.start_ms,
        requests=stretch.requests,
        events=stretch.events,
        unassessed=stretch.unassessed,
        estimate=figure(found.estimate, "nearest"),
        lower=figure(found.lower, "down"),
        upper=figure(found.upper, "up"),
        alpha=level_text(alpha),
    )
