"""Does a live rate lie in the band that the decision accepted, and what follows if not."""

from collections.abc import Iterable, Sequence
from typing import Final

from shipworthy.records.live.alarms import (
    AcceptedBand,
    Alarm,
    BandFinding,
    BandPlace,
    FollowingAction,
    ReopenProposal,
    ReopenRule,
)
from shipworthy.records.live.prevalence import PrevalenceFinding
from shipworthy.stages.monitoring.figures import figure, level_text
from shipworthy.stages.monitoring.watching import SeriesState
from shipworthy.statistics.monitoring import rate_lower, rate_upper

STRICTNESS: Final[tuple[FollowingAction, ...]] = ("page-only", "expire", "restrict", "roll-back")
"""Actions from the mildest to the strictest."""

DEFAULT_RULES: Final = (
    ReopenRule(metric="*", when="outside", action="roll-back"),
    ReopenRule(metric="*", when="rise", action="restrict"),
    ReopenRule(metric="*", when="silence", action="expire"),
    ReopenRule(metric="*", when="cluster", action="page-only"),
    ReopenRule(metric="*", when="recalibrate", action="page-only"),
)
"""What follows where the user says nothing else: missing data let a decision run out."""


def band_of_series(series: SeriesState, band: AcceptedBand, alpha: float) -> BandFinding:
    """Judge all that was counted in a series; limits hold whenever somebody looks.

    Requests without an outcome count as events for the upper limit and as none for the lower.
    """
    lower, upper = 0.0, 1.0
    if series.requests:
        lower = rate_lower(series.events, series.requests, alpha)
        upper = rate_upper(series.events + series.unassessed, series.requests, alpha)
    low, high = figure(lower, "down"), figure(upper, "up")
    return BandFinding(
        band=band,
        place=_place(low, high, band) if series.requests else "not-shown",
        lower=low,
        upper=high,
        alpha=level_text(alpha),
        requests=series.requests,
        from_ms=series.from_ms,
        until_ms=series.until_ms,
    )


def judge_band(found: Alarm | PrevalenceFinding | BandFinding, band: AcceptedBand) -> BandPlace:
    """Say whether a live rate is shown inside or outside its band, or neither.

    An alarm never shows `inside`: it looks at the worst stretch only. Nor does a prevalence whose
    blockers say that something is missing; what is shown outside stays outside.
    """
    if isinstance(found, BandFinding):
        return _place(found.lower, found.upper, band) if found.requests else "not-shown"
    if isinstance(found, Alarm):
        since = found.since
        return _place(since.lower, "1", band) if since else "not-shown"
    place = _place(found.lower_readers, found.upper_readers, band)
    return "not-shown" if found.blockers and place == "inside" else place


def what_follows(
    rules: Sequence[ReopenRule],
    alarms: Iterable[Alarm],
    bands: Iterable[BandFinding],
    at_ms: int,
) -> ReopenProposal | None:
    """Return the strictest action that the table asks for, and all that asks for it.

    Of several rows for one thing the one with the longest metric counts. Nothing to say: None,
    which means that nothing asks for a change, not that all is well.
    """
    asked = [
        (_action(rules, alarm.metric, alarm.kind), alarm.id)
        for alarm in sorted(alarms, key=lambda one: (one.at_ms, one.id))
    ]
    asked += [
        (_action(rules, found.band.metric, "outside"), f"band:{found.band.metric}")
        for found in sorted(bands, key=lambda one: (one.band.metric, one.band.key))
        if found.place == "outside"
    ]
    actions = [action for action, _ in asked if action is not None]
    if not actions:
        return None
    action = max(actions, key=STRICTNESS.index)
    causes = tuple(dict.fromkeys(cause for one, cause in asked if one == action))
    return ReopenProposal(action=action, causes=causes, at_ms=at_ms)


def _action(rules: Sequence[ReopenRule], metric: str, when: str) -> FollowingAction | None:
    fitting = [rule for rule in rules if rule.when == when and _fits(rule.metric, metric)]
    if not fitting:
        return None
    return max(fitting, key=lambda rule: (rule.metric != "*", len(rule.metric))).action


def _fits(pattern: str, metric: str) -> bool:
    return pattern in {"*", metric} or (pattern.endswith(".") and metric.startswith(pattern))


def _place(lower: str, upper: str, band: AcceptedBand) -> BandPlace:
    # Decimal strings are compared as numbers: `0.10` and `0.1` are one limit.
    limit = float(band.upper)
    if float(lower) > limit:
        return "outside"
    return "inside" if float(upper) <= limit else "not-shown"
