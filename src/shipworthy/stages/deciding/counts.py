"""How far the counts behind a rate are from the other side of a limit.

Exact for one attempt per scenario (Clopper-Pearson), with the allowance for the judge's misses
undone: the bound that a gate reads is U / Se at a part of alpha, so U has to stay below limit * Se.
Where attempts share scenarios the real bound is wider: then a number of further scenarios is a
least number and a number of tolerable events a most.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from shipworthy.frameworks import decimal
from shipworthy.records import JUDGE_SHARE, Finding
from shipworthy.statistics import attempts_needed, clopper_pearson_lower, clopper_pearson_upper

_NOUNS = {
    "asr": ("breach", "breaches"),
    "control-breach": ("breach", "breaches"),
    "over-refusal": ("refusal", "refusals"),
    "usefulness": ("useful answer", "useful answers"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """Events among scenarios, against a limit that the events' rate has to stay below.

    For a limit from below the events are the complement (`without`), so that one sum serves both.
    `limit` and `alpha` belong to the lower bound, `reach` and `reach_alpha` to the upper one, where
    the judge's allowance is part of them; a `reach` of 0 means that no count would do. `exact` says
    that the bounds are Clopper-Pearson limits of these counts.
    """

    events: int
    scenarios: int
    limit: float
    alpha: float
    reach: float
    reach_alpha: float
    exact: bool
    unassessed: int
    event: str
    event_plural: str

    @classmethod
    def of(cls, finding: Finding, limit: Fraction, *, below: bool) -> Self | None:
        """Return the count behind a finding, or nothing when it cannot be told from the record.

        Unassessed scenarios count as events: that is how the gate reads them.
        """
        bounds, rate = finding.bounds, finding.rate
        share = float(limit if below else 1 - limit)
        alpha = None if bounds is None else decimal(bounds.alpha)
        if bounds is None or alpha is None or bounds.scenarios <= 0:
            return None
        if not (0.0 < share < 1.0 and 0.0 < alpha < 0.5):
            return None
        single = rate.started == bounds.scenarios
        if not (below or single):
            return None
        events = rate.started - rate.successes
        if below:
            events = bounds.scenarios_with_success + rate.unassessed
        events = min(events, bounds.scenarios)
        reach, reach_alpha = share, float(alpha)
        adjusted = decimal(bounds.upper_adjusted)
        if below and single and adjusted and bounds.upper != bounds.upper_adjusted:
            reach_alpha *= 1.0 - JUDGE_SHARE
            inner = clopper_pearson_upper(events, bounds.scenarios, reach_alpha)
            reach = min(share * inner / float(adjusted), share) if adjusted < 1 else 0.0
        one, many = _NOUNS[finding.metric]
        prefix = "" if below else "scenario without "
        return cls(
            events=events,
            scenarios=bounds.scenarios,
            limit=share,
            alpha=float(alpha),
            reach=reach,
            reach_alpha=reach_alpha,
            exact=single,
            unassessed=rate.unassessed,
            event=f"{prefix}{one}",
            event_plural=many if below else f"scenarios without {one}",
        )

    @property
    def tolerable(self) -> int:
        """Most events among these scenarios that show the rate below the limit; -1 for none."""
        uppers = range(self.scenarios + 1)
        return bisect_left(uppers, self.reach, key=self._upper) - 1

    @property
    def disputable(self) -> int:
        """Most events among these scenarios that do not show the rate at or above the limit."""
        lowers = range(self.scenarios + 1)
        return bisect_left(lowers, self.limit, key=self._lower) - 1

    @property
    def further(self) -> int:
        """Further scenarios without an event that would show the rate below the limit; 0: none."""
        if self.reach <= 0.0:
            return 0
        return attempts_needed(self.events, self.reach, self.reach_alpha) - self.scenarios

    def several(self, number: int) -> str:
        """Return a number of events in words: `1 breach`, `2 breaches`."""
        words = f"{number} {self.event if number == 1 else self.event_plural}"
        return f"{words}, unassessed trials included," if self.unassessed else words

    def _upper(self, events: int) -> float:
        return clopper_pearson_upper(events, self.scenarios, self.reach_alpha)

    def _lower(self, events: int) -> float:
        return clopper_pearson_lower(events, self.scenarios, self.alpha)
