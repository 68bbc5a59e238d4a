"""How many scenarios a margin needs: known before anything is sent."""

import math
from typing import Final

from shipworthy.kernel import Stream
from shipworthy.statistics.counts import NoEvidence
from shipworthy.statistics.paired import FieldCounts, log_evidence_not_worse

LARGEST: Final = 1_000_000
_RUNS: Final = 200
_PARTS: Final = 10**6


def least_scenarios(margin: float, alpha: float) -> int:
    """Return the fewest scenarios of a group that show "not worse", if none of them differs.

    Raises:
        NoEvidence: when a million are not enough.
    """
    low, high = 0, 1
    needed = -math.log(alpha)
    while log_evidence_not_worse(FieldCounts(same=high), margin) < needed:
        low, high = high, high * 2
        if high > LARGEST:
            raise NoEvidence("no number of scenarios in reach shows this margin")
    while high - low > 1:
        middle = (low + high) // 2
        enough = log_evidence_not_worse(FieldCounts(same=middle), margin) >= needed
        low, high = (low, middle) if enough else (middle, high)
    return high


def likely_scenarios(
    margin: float, alpha: float, swapped: float, *, power: float = 0.8, seed: int = 0
) -> int | None:
    """Return a number that shows "not worse" with the chance `power`, by simulation.

    `swapped` is the share of scenarios that come out otherwise by chance alone, half of them for
    the better, as an answer that is drawn anew may. None when twenty times the least are not
    enough: then the margin is too narrow for how much the answers vary.
    """
    most = 20 * least_scenarios(margin, alpha)
    needed = -math.log(alpha)
    draws = Stream("confirm-size", seed)
    ends = sorted(_crossing(margin, needed, swapped, most, draws) for _ in range(_RUNS))
    found = ends[math.ceil(power * _RUNS) - 1]
    return found if found <= most else None


def _crossing(margin: float, needed: float, swapped: float, most: int, draws: Stream) -> int:
    better = worse = 0
    chance = round(swapped * _PARTS)
    step = max(1, most // 200)
    for number in range(1, most + 1):
        drawn = draws.below(_PARTS)
        worse += 2 * drawn < chance
        better += chance <= 2 * drawn < 2 * chance
        if number % step == 0 or number == most:
            counts = FieldCounts(field_only=worse, lab_only=better, same=number - worse - better)
            if log_evidence_not_worse(counts, margin) >= needed:
                return number
    return most + 1


def spent_alpha(alpha: float, number: int) -> float:
    """Return the error of the try with this number: alpha / (number * (number + 1)).

    Over all tries since the last confirmation these add up to alpha.
    """
    return alpha / (number * (number + 1))
