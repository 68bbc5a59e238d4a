"""Traffic that no longer looks like the traffic on which thresholds were set: recalibrate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.windows import Histogram
from shipworthy.stages.monitoring.figures import figure
from shipworthy.statistics.monitoring import DriftState, after_block, log_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPlan:
    """A feature, the windows of its calibration period, and what counts as a drift.

    Each live window is put against one window of `reference`; when these are used up, the period of
    the test is over and the next one begins with the rest of the level. `tolerance`: drifts with a
    smaller distance (total variation) raise nothing, however certain they are.
    """

    feature: str
    key: str = ""
    reference: tuple[Histogram, ...]
    alpha: float = 0.01
    tolerance: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftWatch:
    """Where the test of one feature stands: its period (the first is 1) and the sums in it."""

    period: int = 1
    raised: bool = False
    sums: DriftState = field(default_factory=DriftState)


def watch_drift(
    plan: DriftPlan, state: DriftWatch, windows: Sequence[Histogram]
) -> tuple[DriftWatch, tuple[Alarm, ...]]:
    """Count live windows in, in order; at most one alarm a period.

    Without a reference nothing can be compared, and nothing is raised: that is a silence of its
    own, which the caller has to say.
    """
    alarms = []
    for window in windows:
        if not plan.reference:
            break
        if state.sums.blocks >= len(plan.reference):
            state = DriftWatch(period=state.period + 1)
        sums = after_block(state.sums, plan.reference[state.sums.blocks].counts, window.counts)
        state = replace(state, sums=sums)
        needed = log_needed(plan.alpha, state.period)
        if state.raised or sums.highest < needed or sums.distance < plan.tolerance:
            continue
        state = replace(state, raised=True)
        alarms.append(
            Alarm(
                kind="recalibrate",
                metric=plan.feature,
                key=plan.key,
                at_ms=window.end_ms,
                evidence=_log10(sums.highest),
                needed=_log10(needed),
                why=f"shares of `{plan.feature}` differ from the calibration period by "
                f"{figure(sums.distance, 'nearest')[:5]} (total variation): thresholds and cards "
                "were made for other traffic",
            )
        )
    return state, tuple(alarms)


def _log10(natural: float) -> str:
    return f"10^{math.floor(10.0 * natural / math.log(10.0)) / 10.0:.1f}"
