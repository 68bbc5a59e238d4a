"""How far the counts behind a rate are from the other side of a limit.

Exact for one attempt per scenario (Clopper-Pearson). Where attempts share scenarios or the judge's
errors are allowed for, the real bound is wider: then a number of further scenarios is a least
number and a number of tolerable events a most.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from shipworthy.frameworks import decimal
from shipworthy.records import Finding
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
    `exact` says that the bound is a plain Clopper-Pearson limit of these counts.
    """

    events: int
    scenarios: int
    limit: float
    alpha: float
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
        one, many = _NOUNS[finding.metric]
        prefix = "" if below else "scenario without "
        return cls(
            events=min(events, bounds.scenarios),
            scenarios=bounds.scenarios,
            limit=share,
            alpha=float(alpha),
            exact=single and bounds.upper == bounds.upper_adjusted,
            unassessed=rate.unassessed,
            event=f"{prefix}{one}",
            event_plural=many if below else f"scenarios without {one}",
        )

    @property
    def tolerable(self) -> int:
        """Most events among these scenarios that show the rate below the limit; -1 for none."""
        uppers = range(self.scenarios + 1)
        return bisect_left(uppers, self.limit, key=self._upper) - 1

    @property
    def disputable(self) -> int:
        """Most events among these scenarios that do not show the rate at or above the limit."""
        lowers = range(self.scenarios + 1)
        return bisect_left(lowers, self.limit, key=self._lower) - 1

    @property
    def further(self) -> int:
        """Further scenarios without an event that would show the rate below the limit."""
        return attempts_needed(self.events, self.limit, self.alpha) - self.scenarios

    def several(self, number: int) -> str:
        """Return a number of events in words: `1 breach`, `2 breaches`."""
        words = f"{number} {self.event if number == 1 else self.event_plural}"
        return f"{words}, unassessed trials included," if self.unassessed else words

    def _upper(self, events: int) -> float:
        return clopper_pearson_upper(events, self.scenarios, self.alpha)

    def _lower(self, events: int) -> float:
        return clopper_pearson_lower(events, self.scenarios, self.alpha)
