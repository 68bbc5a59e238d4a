"""How probable it is that a plan shows what is true, and what is not.

Exact binomial sums over scenarios, all of them assessed. Where attempts share scenarios, the sums
are those of scenarios on which all attempts end alike; nothing in between is computed, because it
depends on how alike attempts are, which nobody knows beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy.kernel import decimal_string
from shipworthy.records import CalibrationCard
from shipworthy.statistics import binomial_cdf, binomial_pmf

FRACTIONS: Final = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
"""True rates at which a plan is looked at, as parts of the limit."""

_SLACK: Final = 1e-9
"""More than the rounding errors of the sums; moved against the plan before six digits are kept."""


@dataclass(frozen=True, slots=True)
class KeptChance:
    """Probability that a requirement is kept at a true rate of adverse scenarios.

    `exact_judge`: when the judge makes no mistake. `judge_as_counted`: when every judge misses and
    raises false alarms as often as on its card; nothing without cards, or where attempts repeat.
    """

    rate: str
    exact_judge: str
    judge_as_counted: str | None


@dataclass(frozen=True, slots=True)
class WrongChance:
    """Probability that a requirement is kept although the true rate is at its limit.

    `poorest_judge`: when the judge catches no more than the card's lower bound and raises no false
    alarm. With one attempt a scenario it stays below the part of alpha that the rate has.
    """

    exact_judge: str
    poorest_judge: str


def at_most(most: int, groups: Sequence[tuple[int, float]]) -> float:
    """Probability of at most `most` events among groups of (scenarios, rate); 0 below none.

    Groups are independent, and so are the scenarios of a group.
    """
    if most < 0:
        return 0.0
    *others, (last, last_rate) = groups
    sums = [1.0] + [0.0] * min(most, sum(count for count, _ in others))
    for count, rate in others:
        single = [binomial_pmf(k, count, rate) for k in range(min(count, len(sums) - 1) + 1)]
        sums = [
            sum(single[k] * sums[total - k] for k in range(min(total, len(single) - 1) + 1))
            for total in range(len(sums))
        ]
    chance = sum(
        mass * binomial_cdf(min(most - total, last), last, last_rate)
        for total, mass in enumerate(sums)
        if mass
    )
    return min(1.0, chance)


def kept_chances(
    most: int,
    judges: Mapping[str, int],
    limit: Fraction,
    cards: Mapping[str, CalibrationCard] | None,
) -> tuple[KeptChance, ...]:
    """Return the chances at parts of the limit when `most` adverse scenarios are tolerated.

    `judges` gives the number of scenarios by judge; without cards, a judge makes no mistake.
    """
    scenarios = sum(judges.values())
    found = []
    for part in FRACTIONS:
        rate = float(limit * part)
        groups = None if cards is None else _as_counted(judges, rate, cards)
        found.append(
            KeptChance(
                rate=decimal_string(rate),
                exact_judge=power(at_most(most, [(scenarios, rate)])),
                judge_as_counted=None if groups is None else power(at_most(most, groups)),
            )
        )
    return tuple(found)


def wrong_chance(most: int, scenarios: int, limit: Fraction, caught: float) -> WrongChance:
    """Return the chances at the limit; `caught` is the lower bound of the judge's sensitivity."""
    rate = float(limit)
    return WrongChance(
        exact_judge=_error(at_most(most, [(scenarios, rate)])),
        poorest_judge=_error(at_most(most, [(scenarios, rate * caught)])),
    )


def _as_counted(
    judges: Mapping[str, int], rate: float, cards: Mapping[str, CalibrationCard]
) -> list[tuple[int, float]] | None:
    groups = []
    for judge, scenarios in judges.items():
        counted = rate_as_counted(rate, cards.get(judge))
        if counted is None:
            return None
        groups.append((scenarios, counted))
    return groups


def rate_as_counted(true: float, card: CalibrationCard | None) -> float | None:
    """Rate that a judge reports who misses and raises false alarms as often as on its card."""
    if card is None or not card.positives or not card.negatives:
        return None
    caught = card.true_positives / card.positives
    alarmed = card.false_positives / card.negatives
    return true * caught + (1.0 - true) * alarmed


def power(value: float) -> str:
    """Write a probability of showing what is true: never more than it is."""
    return decimal_string(max(0.0, value - _SLACK), "down")


def _error(value: float) -> str:
    return decimal_string(min(1.0, value + _SLACK) if value else 0.0, "up")
