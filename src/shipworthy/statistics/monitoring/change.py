"""When did a rate change, and what has it been since?

Beside a detector runs, for each of its alternatives, the cumulative sum of log likelihood ratios
that starts again whenever it falls to 0 (Page 1954). Where the largest of them started is the most
likely moment of a change, among begins of windows. Memory does not grow.

That moment is chosen by the data, so an ordinary interval from there on would flatter. Window
number i has a part 1 / log2(i + 1) - 1 / log2(i + 2) of the level, which sums to 1 over all i: the
limits from all begins hold together at `alpha`, whichever is looked at and whenever. They are wide:
that is what it costs not to know when it began.
"""

import math
from dataclasses import dataclass, replace

from shipworthy.statistics.counts import require_alpha
from shipworthy.statistics.monitoring.budget import tail_share
from shipworthy.statistics.monitoring.detector import DetectorPlan
from shipworthy.statistics.monitoring.rates import rate_lower, rate_upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What was counted since window number `window` (the first is 1), which began at `start_ms`."""

    log_sum: float
    window: int
    start_ms: int
    requests: int
    events: int
    unassessed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeState:
    """One stretch an alternative of the detector, after `windows` windows."""

    windows: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEstimate:
    """The most likely stretch since a change, and the rate in it.

    `estimate` counts unassessed requests as events. Limits are one-sided at the level asked for,
    valid although the begin was chosen by the data: `lower` is refuted as the rate of the whole
    stretch from below, `upper` from above.
    """

    stretch: Stretch
    estimate: float
    lower: float
    upper: float


def no_change(plan: DetectorPlan) -> ChangeState:
    """State before the first window."""
    nothing = Stretch(log_sum=0.0, window=1, start_ms=0, requests=0, events=0, unassessed=0)
    return ChangeState(windows=0, stretches=(nothing,) * len(plan.alternatives))


def after_window(
    state: ChangeState, plan: DetectorPlan, start_ms: int, counts: tuple[int, int, int]
) -> ChangeState:
    """State after a window with `counts` requests, events and unassessed requests."""
    requests, events, unassessed = counts
    number = state.windows + 1
    base, against = plan.baseline, events + unassessed
    stretches = []
    for old, ratio in zip(state.stretches, plan.alternatives, strict=True):
        fresh = old.log_sum <= 0.0
        kept = Stretch(
            log_sum=0.0, window=number, start_ms=start_ms, requests=0, events=0, unassessed=0
        )
        kept = kept if fresh else old
        gain = against * math.log(ratio)
        gain += (requests - against) * math.log1p(-(ratio - 1.0) * base / (1.0 - base))
        stretches.append(
            replace(
                kept,
                log_sum=kept.log_sum + gain,
                requests=kept.requests + requests,
                events=kept.events + events,
                unassessed=kept.unassessed + unassessed,
            )
        )
    return ChangeState(windows=number, stretches=tuple(stretches))


def change_estimate(state: ChangeState, alpha: float) -> ChangeEstimate | None:
    """The most likely stretch and its rate; None before the first request.

    Raises:
        ValueError: for a level outside (0, 0.5).
    """
    require_alpha(alpha)
    stretch = max(state.stretches, key=lambda one: one.log_sum)
    if stretch.requests == 0:
        return None
    part = alpha * tail_share(stretch.window)
    against = stretch.events + stretch.unassessed
    return ChangeEstimate(
        stretch=stretch,
        estimate=against / stretch.requests,
        lower=rate_lower(stretch.events, stretch.requests, part),
        upper=rate_upper(against, stretch.requests, part),
    )
