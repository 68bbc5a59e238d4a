"""Limits of the true rate that hold at every moment of a campaign, however often one looks.

The upper limit is the smallest theta that E_pass would reject at level alpha, the lower limit the
largest that E_fail would reject at level beta. Both are exact to the sixth digit and rounded away
from each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shipworthy.statistics.counts import require_share
from shipworthy.statistics.sequential.design import SequentialDesign

_UNIT = 10**6


@dataclass(frozen=True, slots=True)
class AnytimeLimits:
    """Limits as proportions with six digits; `lower` is 0 and `upper` is 1 when nothing is shown.

    Each is one-sided: `upper` at the level of PASS, `lower` at beta.
    """

    lower: Decimal
    upper: Decimal


def anytime_limits(
    design: SequentialDesign, successes: int, scenarios: int, unassessed: int = 0
) -> AnytimeLimits:
    """Limits after `scenarios`, of which `unassessed` have no outcome.

    Unassessed scenarios count as successes in the upper limit, as failures in the lower one. A
    PASS of a design that is not calibrated and `upper <= theta` are the same event. The level is
    alpha even in a calibrated design, whose larger level holds for the one theta only.

    Raises:
        ValueError: for impossible counts.
    """
    most = successes + unassessed
    require_share(successes, scenarios)
    require_share(most, scenarios)
    enough, too_much = 1 / Fraction(design.alpha), 1 / Fraction(design.beta)
    highest = Fraction(design.fail_rate_cap)

    def refuted_from_below(units: int) -> bool:
        mixture = design.pass_grid.mixture(Fraction(units, _UNIT), Fraction(1))
        return mixture.compare(most, scenarios, enough) >= 0

    def not_refuted_from_above(units: int) -> bool:
        theta = Fraction(units, _UNIT)
        if theta * scenarios >= successes or theta >= highest:
            return True
        mixture = design.fail_grid.mixture(theta, highest)
        return mixture.compare(successes, scenarios, too_much) < 0

    upper = _first(refuted_from_below)
    lower = _first(not_refuted_from_above) - 1
    return AnytimeLimits(Decimal(lower) / _UNIT, Decimal(upper) / _UNIT)


def _first(holds: Callable[[int], bool]) -> int:
    """Smallest number of units at which a rule holds that goes on holding; all units if none."""
    low, high = 1, _UNIT
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
