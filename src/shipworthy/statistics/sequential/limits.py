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
from shipworthy.statistics.sequential.campaign import Tally
from shipworthy.statistics.sequential.decimals import fraction_below
from shipworthy.statistics.sequential.design import (
    FAIL_GRID,
    FAIL_RATE_CAP,
    PASS_GRID,
    Grid,
    SequentialDesign,
)

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
    tally = Tally(scenarios=scenarios, successes=successes, unassessed=unassessed)
    upper = anytime_upper(tally, design.alpha, design.pass_grid)
    lower = anytime_lower(tally, design.beta, design.fail_grid, design.fail_rate_cap)
    return AnytimeLimits(lower, upper)


def anytime_upper(tally: Tally, alpha: str, grid: Grid = PASS_GRID) -> Decimal:
    """Smallest rate that E_pass refutes from below at level `alpha`; 1 when it refutes none.

    Unassessed scenarios count as successes.

    Raises:
        ValueError: for impossible counts, or a level that is no decimal string below one half.
    """
    most = tally.successes + tally.unassessed
    require_share(most, tally.scenarios)
    enough = 1 / fraction_below("alpha", alpha, Fraction(1, 2))

    def refuted(units: int) -> bool:
        mixture = grid.mixture(Fraction(units, _UNIT), Fraction(1))
        return mixture.compare(most, tally.scenarios, enough) >= 0

    return Decimal(_first(refuted)) / _UNIT


def anytime_lower(
    tally: Tally, beta: str, grid: Grid = FAIL_GRID, rate_cap: str = FAIL_RATE_CAP
) -> Decimal:
    """Largest rate that E_fail refutes from above at level `beta`; 0 when it refutes none.

    Unassessed scenarios count as failures.

    Raises:
        ValueError: for impossible counts, or a level that is no decimal string below one half.
    """
    require_share(tally.successes, tally.scenarios)
    too_much = 1 / fraction_below("beta", beta, Fraction(1, 2))
    highest = Fraction(rate_cap)

    def not_refuted(units: int) -> bool:
        theta = Fraction(units, _UNIT)
        if theta * tally.scenarios >= tally.successes or theta >= highest:
            return True
        mixture = grid.mixture(theta, highest)
        return mixture.compare(tally.successes, tally.scenarios, too_much) < 0

    return Decimal(_first(not_refuted) - 1) / _UNIT


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
