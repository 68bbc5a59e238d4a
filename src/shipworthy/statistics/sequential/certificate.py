"""What a plan can promise before anything runs: error rates, power and expected cost.

Probabilities are decimal strings with six digits, moved by 1e-9 (far more than the rounding error
of the computation) and then rounded against the plan: errors up, power down.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from shipworthy.statistics.sequential.boundary import Boundaries, boundaries
from shipworthy.statistics.sequential.characteristics import (
    OperatingCharacteristics,
    fail_probability,
    operating_characteristics,
    pass_probability,
)
from shipworthy.statistics.sequential.design import SequentialDesign

COST_MULTIPLES = ("0", "0.1", "0.25", "0.5", "1", "2", "4", "10")
"""True rates of the cost table, as multiples of theta."""

_SLACK = 1e-9
_HIGHEST_RATE = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Exact operating characteristics of one design.

    `false_go`: largest probability, over all true rates of theta or more, to PASS; whatever makes
    people stop or go on, unless the design is `binding`, when futility must be obeyed.
    `false_go_as_planned`: the same when every rule is obeyed. `false_fail`: largest probability,
    over all true rates of `fail_theta` or less, to FAIL. `power`: probability to PASS at the design
    point. `earliest_pass`: fewest scenarios, none a success, that PASS; none within the cap.
    """

    false_go: str
    false_go_as_planned: str
    false_fail: str
    power: str
    binding: bool
    earliest_pass: int | None


@dataclass(frozen=True, slots=True)
class CostRow:
    """Cost at one true rate. Scenarios are expected numbers; `saving` is against `fixed`."""

    multiple: str
    rate: float
    scenarios: float
    fixed: int
    saving: float
    characteristics: OperatingCharacteristics


def certificate(design: SequentialDesign, table: Boundaries) -> Certificate:
    """Compute the certificate of a design, whose boundaries are `table`."""
    theta = float(Fraction(design.theta))
    point = float(Fraction(design.theta) * Fraction(design.alternative))
    # not by operating_characteristics: unassessed outcomes can take a campaign past FAIL
    worst = pass_probability(table, theta, futility=design.binding)
    return Certificate(
        false_go=_error(worst),
        false_go_as_planned=_error(operating_characteristics(table, theta).passed),
        false_fail=_error(fail_probability(table, float(Fraction(design.fail_theta)))),
        power=_digits(max(0.0, operating_characteristics(table, point).passed - _SLACK), up=False),
        binding=design.binding,
        earliest_pass=table.pass_at[0] if table.pass_at else None,
    )


def cost_table(
    design: SequentialDesign, table: Boundaries, multiples: Sequence[str] = COST_MULTIPLES
) -> tuple[CostRow, ...]:
    """Expected scenarios at multiples of theta (rates above 0.9 are taken as 0.9)."""
    return tuple(_cost(design, table, multiple) for multiple in multiples)


def calibrated(design: SequentialDesign) -> SequentialDesign:
    """Spend all of alpha: the largest level of PASS whose false GO stays within alpha.

    Saves scenarios, and makes futility and cap binding: such a campaign can neither be continued
    after NOT-SHOWN nor extended.
    """
    alpha, unit = Fraction(design.alpha), 10**6
    theta = float(Fraction(design.theta))
    lowest, highest = math.ceil(alpha * unit), unit // 2
    while lowest < highest:
        middle = (lowest + highest + 1) // 2
        table = boundaries(replace(design, pass_level=_level(middle, unit)))
        if pass_probability(table, theta, futility=True) + _SLACK <= alpha:
            lowest = middle
        else:
            highest = middle - 1
    if Fraction(lowest, unit) <= alpha:
        return design
    return replace(design, pass_level=_level(lowest, unit))


def _cost(design: SequentialDesign, table: Boundaries, multiple: str) -> CostRow:
    rate = float(min(Fraction(design.theta) * Fraction(multiple), _HIGHEST_RATE))
    ended = operating_characteristics(table, rate)
    fixed = design.fixed_scenarios
    return CostRow(multiple, rate, ended.expected, fixed, fixed / ended.expected, ended)


def _level(units: int, whole: int) -> str:
    return format(Decimal(units) / Decimal(whole), "f").rstrip("0")


def _error(value: float) -> str:
    return _digits(min(1.0, value + _SLACK), up=True)


def _digits(value: float, *, up: bool) -> str:
    scaled = Fraction(value) * 10**6
    return format(Decimal(math.ceil(scaled) if up else math.floor(scaled)).scaleb(-6), ".6f")
