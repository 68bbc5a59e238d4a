"""Has a rare rate risen? A detector with a guaranteed mean time to a false alarm.

For each alternative rate q above the baseline p0 the Shiryaev-Roberts statistic follows
M <- (M + 1) L, where L is the likelihood ratio of the latest request. While every request, given
those before it, is an event with probability at most p0, M_n - n does not rise in the mean; so the
weighted mean of the statistics takes at least A requests on average to reach A (Shin, Ramdas and
Rinaldo 2024, "E-detectors"). A run of g requests without event has the closed form
M a^g + a (1 - a^g) / (1 - a) with a = (1 - q) / (1 - p0), so a state is updated once an event and
never once a request.

Of a window only counts are known, not the order in it. Of all orders the one with the events first
gives the least M at the end, because swapping an event with a request without one before it
replaces M r a + r by M r a + a. The window is taken so. The statistic is then never above that of
the requests one by one, so no alarm comes earlier than theirs and the promise holds however
windows were cut, at times that may depend on what was seen. Finer windows give a larger statistic:
they find a rise sooner. Alarms are raised only by windows with an event, which can only lengthen
the time to a false one; a quiet stretch may be cut anywhere without any difference.

The baseline has to be an upper limit of the rate, not its estimate: a detector told too low a
baseline raises false alarms sooner than it promises.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

from shipworthy.statistics.counts import NoEvidence, require_count, require_share
from shipworthy.statistics.exact import clopper_pearson_upper

RATIOS = (1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Alternative rates as multiples of the baseline, with equal weights."""
HIGHEST = 0.95
"""No alternative rate lies above it; with a common baseline the larger multiples fall away."""
_LARGEST = 1e300
_LOG_LARGEST = math.log(_LARGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorPlan:
    """What counts as normal, and how rarely a false alarm may come.

    `baseline`: upper limit of the rate of events per request. `run_length`: mean number of requests
    to a false alarm, at least. `ratios`: alternative rates as multiples of the baseline.

    Raises:
        ValueError: for a baseline that is not positive or of which no multiple is a rate up to
            `HIGHEST`, a run length below 1, or ratios that do not lie above 1.
    """

    baseline: float
    run_length: float
    ratios: tuple[float, ...] = RATIOS

    def __post_init__(self) -> None:
        if not self.ratios or not min(self.ratios) > 1.0:
            raise ValueError(f"`ratios` lie above 1, not `{self.ratios!r}`")
        if not 0.0 < self.baseline * min(self.ratios) <= HIGHEST:
            raise ValueError(
                f"`baseline` must lie between 0 and {HIGHEST / min(self.ratios):g}, "
                f"not `{self.baseline!r}`"
            )
        if not 1.0 <= self.run_length < _LARGEST:
            raise ValueError(f"`run_length` must be at least 1, not `{self.run_length!r}`")

    @property
    def alternatives(self) -> tuple[float, ...]:
        """The ratios whose rate is one that a detector can bet on."""
        return tuple(ratio for ratio in self.ratios if ratio * self.baseline <= HIGHEST)

    def start(self) -> "DetectorState":
        """State before the first request."""
        return DetectorState(plan=self, requests=0, events=0, parts=(0.0,) * len(self.alternatives))


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
        return self.window(require_count("requests", requests), 0)

    def event(self) -> Self:
        """State after one request with an event."""
        return self.window(1, 1)

    def unassessed(self) -> Self:
        """State after one request whose outcome is not known, which counts as an event."""
        return self.event()

    def window(self, requests: int, events: int) -> Self:
        """State after a window of requests, `events` of which had one or have no outcome.

        Raises:
            ValueError: for impossible counts.
        """
        require_share(events, requests)
        base, quiet = self.plan.baseline, requests - events
        parts = tuple(
            _after(part, ratio, (ratio - 1.0) * base / (1.0 - base), (events, quiet))
            for part, ratio in zip(self.parts, self.plan.alternatives, strict=True)
        )
        after = replace(
            self, requests=self.requests + requests, events=self.events + events, parts=parts
        )
        if events and after.alarm_at is None and after.level >= self.plan.run_length:
            return replace(after, alarm_at=after.requests)
        return after


def baseline_from(events: int, requests: int, unassessed: int, alpha: float) -> float:
    """Upper limit of the rate in a calibration period: what a detector may take for normal.

    Requests without an outcome count as events. One-sided Clopper-Pearson at `alpha`, for a period
    that was fixed beforehand.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: without a request.
    """
    if require_count("requests", requests) == 0:
        raise NoEvidence("the calibration period has no request, so there is no baseline")
    return clopper_pearson_upper(events + require_count("unassessed", unassessed), requests, alpha)


def _after(part: float, ratio: float, gap: float, counts: tuple[int, int]) -> float:
    """M after events and then a quiet run, both in closed form; `gap` is 1 - a.

    k events: M r^k + r (r^k - 1) / (r - 1) = (M + r (1 - r^-k) / (r - 1)) r^k. Growth and decay are
    put together before the exponential, so that neither overflows nor is cut off on its own.
    """
    events, quiet = counts
    growth = events * math.log(ratio)
    decay = quiet * math.log1p(-gap)
    started = -math.expm1(decay) * (1.0 - gap) / gap
    carried = part - math.expm1(-growth) * ratio / (ratio - 1.0)
    if carried <= 0.0:
        return started
    exponent = math.log(carried) + growth + decay
    return _LARGEST if exponent >= _LOG_LARGEST else math.exp(exponent) + started
