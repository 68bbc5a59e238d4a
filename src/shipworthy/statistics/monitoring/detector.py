"""Has a rare rate risen? A detector with a guaranteed mean time to a false alarm.

For each alternative rate q above the baseline p0 the Shiryaev-Roberts statistic follows
M <- (M + 1) L, where L is the likelihood ratio of the latest request. While every request, given
those before it, is an event with probability at most p0, M_n - n does not rise in the mean; so the
weighted mean of the statistics takes at least A requests on average to reach A (Shin, Ramdas and
Rinaldo 2024, "E-detectors"). A run of g requests without event has the closed form
M a^g + a (1 - a^g) / (1 - a) with a = (1 - q) / (1 - p0), so a state is updated once an event and
never once a request. Alarms are raised at events only, which can only lengthen the time to a false
one and makes the result independent of where a quiet run was cut.

The baseline has to be an upper limit of the rate, not its estimate: a detector told too low a
baseline raises false alarms sooner than it promises.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

from shipworthy.statistics.counts import require_count

RATIOS = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Alternative rates as multiples of the baseline, with equal weights."""
_LARGEST = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorPlan:
    """What counts as normal, and how rarely a false alarm may come.

    `baseline`: upper limit of the rate of events per request. `run_length`: mean number of requests
    to a false alarm, at least.

    Raises:
        ValueError: for a baseline that is not positive or so large that 30 times it is no rate, or
            a run length below 1.
    """

    baseline: float
    run_length: float

    def __post_init__(self) -> None:
        if not 0.0 < self.baseline * max(RATIOS) < 1.0:
            raise ValueError(
                f"`baseline` must lie strictly between 0 and 1/{max(RATIOS):g}, "
                f"not `{self.baseline!r}`"
            )
        if not 1.0 <= self.run_length < _LARGEST:
            raise ValueError(f"`run_length` must be at least 1, not `{self.run_length!r}`")

    def start(self) -> "DetectorState":
        """State before the first request."""
        return DetectorState(plan=self, requests=0, events=0, parts=(0.0,) * len(RATIOS))


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorState:
    """Where a detector stands after some requests; `alarm_at` is the request that raised it.

    Raised alarms stay. After one is dealt with, start again.
    """

    plan: DetectorPlan
    requests: int
    events: int
    parts: tuple[float, ...]
    alarm_at: int | None = None

    @property
    def level(self) -> float:
        """Weighted mean of the statistics; an alarm is raised when it reaches the run length."""
        return math.fsum(self.parts) / len(self.parts)

    def quiet(self, requests: int) -> Self:
        """State after a run of requests without an event.

        Raises:
            ValueError: for a negative or fractional number.
        """
        run = require_count("requests", requests)
        return replace(
            self,
            requests=self.requests + run,
            parts=tuple(
                self._rest(part, ratio, run) for part, ratio in zip(self.parts, RATIOS, strict=True)
            ),
        )

    def event(self) -> Self:
        """State after one request with an event."""
        after = replace(
            self,
            requests=self.requests + 1,
            events=self.events + 1,
            parts=tuple(
                min(_LARGEST, (part + 1.0) * ratio)
                for part, ratio in zip(self.parts, RATIOS, strict=True)
            ),
        )
        if after.alarm_at is None and after.level >= self.plan.run_length:
            return replace(after, alarm_at=after.requests)
        return after

    def unassessed(self) -> Self:
        """State after one request whose outcome is not known, which counts as an event."""
        return self.event()

    def _rest(self, part: float, ratio: float, run: int) -> float:
        base = self.plan.baseline
        # The factor a = 1 - gap of one quiet request, near 1: gap keeps the digits.
        gap = (ratio - 1.0) * base / (1.0 - base)
        decay = run * math.log1p(-gap)
        return part * math.exp(decay) - math.expm1(decay) * (1.0 - gap) / gap
