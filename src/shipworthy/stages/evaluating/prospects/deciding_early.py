"""What a question that may end a campaign early can show, and what it costs: exact, beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy.kernel import decimal_string
from shipworthy.records import CalibrationCard, SequentialQuestion
from shipworthy.stages.evaluating.prospects.odds import power, rate_as_counted
from shipworthy.stages.evaluating.prospects.planned import PlannedRate
from shipworthy.stages.evaluating.stopping import boundaries_of, certificate_of
from shipworthy.statistics.sequential import Boundaries, operating_characteristics

MULTIPLES: Final = tuple(Fraction(part) for part in ("0.1", "0.25", "0.5", "1", "2", "4"))
"""True rates at which a question is looked at, as multiples of its limit."""

_HIGHEST: Final = Fraction(9, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyChance:
    """What becomes of a question at a true rate, when the judge makes no mistake.

    `scenarios` is the mean number, rounded up; `passed` and `failed` are probabilities. With the
    judges as wrong as on their cards, `passed_as_counted`; nothing without cards.
    """

    rate: str
    scenarios: int
    passed: str
    failed: str
    passed_as_counted: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyDecision:
    """A question before anything runs.

    `passes[s]` is the number of scenarios at which s breached ones pass, as far as the plan has so
    many. `false_go` and `false_fail` are the largest probabilities of a wrong PASS and FAIL.
    """

    question: SequentialQuestion
    passes: tuple[int, ...]
    false_go: str
    false_fail: str
    chances: tuple[EarlyChance, ...]


def early_decision(
    question: SequentialQuestion, rate: PlannedRate, cards: Mapping[str, CalibrationCard]
) -> EarlyDecision:
    """Work out the outlook of a question by dynamic programming; milliseconds for most limits."""
    table, promised = boundaries_of(question.design), certificate_of(question.design)
    limit = Fraction(question.limit)
    rates = dict.fromkeys(min(limit * multiple, _HIGHEST) for multiple in MULTIPLES)
    return EarlyDecision(
        question=question,
        passes=table.pass_at,
        false_go=promised.false_go,
        false_fail=promised.false_fail,
        chances=tuple(_chance(table, float(true), rate, cards) for true in rates),
    )


def _chance(
    table: Boundaries, true: float, rate: PlannedRate, cards: Mapping[str, CalibrationCard]
) -> EarlyChance:
    ended = operating_characteristics(table, true)
    judged = _judged_rate(true, rate, cards)
    counted = None if judged is None else operating_characteristics(table, judged).passed
    return EarlyChance(
        rate=decimal_string(true),
        scenarios=-int(-ended.expected // 1),
        passed=power(ended.passed),
        failed=power(ended.failed),
        passed_as_counted=None if counted is None else power(counted),
    )


def _judged_rate(
    true: float, rate: PlannedRate, cards: Mapping[str, CalibrationCard]
) -> float | None:
    """Rate that judges would report who err as on their cards: order is random, so one rate."""
    total = 0.0
    for judge, scenarios in rate.judges.items():
        counted = rate_as_counted(true, cards.get(judge))
        if counted is None:
            return None
        total += scenarios * counted
    return total / sum(rate.judges.values())
