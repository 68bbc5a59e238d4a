"""How far the counts behind a rate are from the other side of a limit.

The method of a finding's bounds says which limits count. Those of Clopper and Pearson are exact for
one attempt per scenario; where attempts share scenarios the real bound is wider: then a number of
further scenarios is a least number and a number of tolerable events a most. Limits that hold at
any moment are exact too. For another method there is no count.

The allowance for the judge's misses is undone: the bound that a gate reads is U / Se at a part of
alpha, so U has to stay below limit * Se.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, Self

from shipworthy.frameworks import decimal
from shipworthy.records import (
    JUDGE_SHARE,
    METHOD,
    SCENARIO_METHOD,
    SEQUENTIAL_METHOD,
    TESTED_CONTROLS,
    Bounds,
    Finding,
    Metric,
    SequentialFinding,
    level_of_rate,
)
from shipworthy.stages.deciding.limits import AnytimeLimits, FixedLimits, Limits
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.statistics.sequential import Tally, anytime_upper
from shipworthy.statistics.sequential.decimals import floor_decimal
from shipworthy.vocabulary import NOT_USEFUL

_NOUNS: Final[dict[Metric, tuple[str, str]]] = {
    "asr": ("breach", "breaches"),
    "asr-at-k": ("breached scenario", "breached scenarios"),
    "control-breach": ("breach", "breaches"),
    "over-refusal": ("refusal", "refusals"),
    "usefulness": ("useful answer", "useful answers"),
    "capability": ("solved task", "solved tasks"),
    "capability-at-k": ("solved task", "solved tasks"),
    "contamination": ("completed string", "completed strings"),
    "unsanctioned": ("unsanctioned episode", "unsanctioned episodes"),
    "completion": ("finished task", "finished tasks"),
    "control-miss": ("miss", "misses"),
    "control-unseen": ("unseen attack", "unseen attacks"),
    "control-alarm": ("false alarm", "false alarms"),
    "control-done": ("finished task", "finished tasks"),
}
_EVENT: Final = ("event", "events")
"""Of a comparison, whose rate counts scenarios that changed."""
_FIXED = METHOD.partition("/")[0]
"""Every version of the method is Clopper-Pearson where scenarios have one attempt each."""
_SCENARIOS = SCENARIO_METHOD.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Count:
    """Events among scenarios, against a limit that the events' rate has to stay below.

    For a limit from below the events are the complement (`without`), so that one sum serves both.
    `exact` says that the finding's bounds are these limits of these counts. `not_useful` counts the
    unassessed trials that are answers without the expected content. `judge_known` is false when the
    judge's part of the bound cannot be told from the record.
    """

    events: int
    scenarios: int
    limits: Limits
    exact: bool
    unassessed: int
    event: str
    event_plural: str
    spared: str
    """What is said of a scenario without an event: `without a breach`, `with a useful answer`."""
    not_useful: int = 0
    judge_known: bool = True
    unit: str = "scenarios"

    @classmethod
    def of(
        cls,
        finding: Finding,
        limit: Fraction,
        *,
        below: bool,
        questions: Iterable[SequentialFinding] = (),
    ) -> Self | None:
        """Return the count behind a finding, or nothing when it cannot be told from the record.

        Unassessed scenarios count as events: that is how the gate reads them. `questions` are
        those that could end the finding's arm early; its limits were taken when they were decided.
        """
        bounds = finding.bounds
        share = limit if below else 1 - limit
        alpha = None if bounds is None else decimal(bounds.alpha)
        if bounds is None or alpha is None or bounds.scenarios <= 0:
            return None
        if not (0 < share < 1 and 0 < alpha < Fraction(1, 2)):
            return None
        if bounds.method == SEQUENTIAL_METHOD:
            return cls._at_any_time(finding, bounds, share, questions) if below else None
        if bounds.method.partition("/")[0] in {_FIXED, _SCENARIOS}:
            return cls._fixed(finding, bounds, share, below=below)
        return None

    @classmethod
    def _fixed(
        cls, finding: Finding, bounds: Bounds, share: Fraction, *, below: bool
    ) -> Self | None:
        rate = finding.rate
        single = rate.started == bounds.scenarios
        if not (below or single):
            return None
        events = rate.started - rate.successes
        if below:
            events = bounds.scenarios_with_success + rate.unassessed
        events = min(events, bounds.scenarios)
        limit, alpha = float(share), float(bounds.alpha)
        reach, reach_alpha = limit, alpha
        adjusted = decimal(bounds.upper_adjusted)
        if below and single and adjusted and bounds.upper != bounds.upper_adjusted:
            reach_alpha *= 1.0 - JUDGE_SHARE
            inner = clopper_pearson_upper(events, bounds.scenarios, reach_alpha)
            reach = min(limit * inner / float(adjusted), limit) if adjusted < 1 else 0.0
        one, many = _NOUNS.get(finding.metric, _EVENT)
        return cls(
            events=events,
            scenarios=bounds.scenarios,
            limits=FixedLimits(limit, alpha, reach, reach_alpha),
            exact=single,
            unassessed=rate.unassessed,
            event=one if below else f"scenario without {one}",
            event_plural=many if below else f"scenarios without {one}",
            spared=_spared(finding, below=below),
            not_useful=finding.unassessed.get(NOT_USEFUL, 0),
            unit="families" if finding.metric in TESTED_CONTROLS else "scenarios",
        )

    @classmethod
    def _at_any_time(
        cls,
        finding: Finding,
        bounds: Bounds,
        share: Fraction,
        questions: Iterable[SequentialFinding],
    ) -> Self | None:
        """Return the count of an arm that could end early (`spec/sequential.md`, 9.7)."""
        rate, adjusted = finding.rate, decimal(bounds.upper_adjusted)
        if rate.started != bounds.scenarios or adjusted is None or adjusted <= 0:
            return None
        level = floor_decimal(Fraction(bounds.alpha))
        reach_level = level_of_rate(bounds.alpha)
        looks = _looks(finding, bounds, questions)
        if min(_upper(look, level) for look in looks) != Fraction(bounds.upper):
            return None
        inner = min(_upper(look, reach_level) for look in looks)
        known = adjusted < 1
        reach = min(share * inner / adjusted, share) if known else Fraction(0)
        one, many = _NOUNS.get(finding.metric, _EVENT)
        return cls(
            events=bounds.scenarios_with_success + rate.unassessed,
            scenarios=bounds.scenarios,
            limits=AnytimeLimits(share, level, reach, reach_level),
            exact=True,
            unassessed=rate.unassessed,
            event=one,
            event_plural=many,
            spared=_spared(finding, below=True),
            judge_known=known,
        )

    @property
    def tolerable(self) -> int:
        """Most events among these scenarios that show the rate below the limit; -1 for none."""
        numbers = range(self.scenarios + 1)
        return bisect_left(numbers, True, key=self._not_below) - 1  # noqa: FBT003 - a sort key

    @property
    def disputable(self) -> int:
        """Most events among these scenarios that do not show the rate at or above the limit."""
        numbers = range(self.scenarios + 1)
        return bisect_left(numbers, True, key=self._above) - 1  # noqa: FBT003 - a sort key

    @property
    def further(self) -> int:
        """Further scenarios without an event that would show the rate below the limit; 0: none."""
        return max(self.limits.needed(self.events) - self.scenarios, 0)

    def several(self, number: int) -> str:
        """Return a number of events in words: `1 breach`, `2 breaches`."""
        words = f"{number} {self.event if number == 1 else self.event_plural}"
        return f"{words}, unassessed trials included," if self.unassessed else words

    def _not_below(self, events: int) -> bool:
        return not self.limits.below(events, self.scenarios)

    def _above(self, events: int) -> bool:
        return self.limits.above(events, self.scenarios)


def _spared(finding: Finding, *, below: bool) -> str:
    one = "breach" if finding.metric == "asr-at-k" else _NOUNS.get(finding.metric, _EVENT)[0]
    one = f"n {one}" if one.startswith(("un", "ev")) else f" {one}"
    return f"without a{one}" if below else f"with a{one}"


@lru_cache(maxsize=256)
def _upper(look: Tally, level: str) -> Fraction:
    return Fraction(anytime_upper(look, level))


def _looks(
    finding: Finding, bounds: Bounds, questions: Iterable[SequentialFinding]
) -> tuple[Tally, ...]:
    """Return the moments at which the limits of an arm were taken: decisions, and its end."""
    end = Tally(
        scenarios=bounds.scenarios,
        successes=bounds.scenarios_with_success,
        unassessed=finding.rate.unassessed,
    )
    decided = (
        Tally(scenarios=one.scenarios, successes=one.successes, unassessed=one.unassessed)
        for one in questions
        if one.finding == finding.id and one.verdict != "continue"
    )
    return tuple(dict.fromkeys((end, *decided)))
