"""Agreement of two readers: the share on which they agree, and Cohen's kappa.

Cohen, Educational and Psychological Measurement 20:37 (1960): kappa is (o - e) / (1 - e), where o
is the share agreed on and e the share on which two readers would agree who answer as often yes or
no as these did, but at random. It is undefined where e is 1: both gave one and the same answer to
everything, and nothing tells agreement from habit. It has no interval here: read it with its n.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_confidence
from shipworthy.statistics.exact import clopper_pearson
from shipworthy.statistics.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two readers agree on `items` items that both answered.

    `share` is the two-sided Clopper-Pearson interval of the share agreed on; `kappa` is in [-1, 1],
    or None where it is undefined.
    """

    items: int
    agreed: int
    share: Interval
    kappa: float | None


def agreement(pairs: Iterable[tuple[str, str]], confidence: float) -> Agreement:
    """Compare the answers of two readers, item by item; every answer is a category of its own.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: when no item was answered by both.
    """
    require_confidence(confidence)
    table = Counter(pairs)
    items = table.total()
    if not items:
        raise NoEvidence("no item was answered by both readers")
    agreed = sum(count for (first, second), count in table.items() if first == second)
    return Agreement(
        items=items,
        agreed=agreed,
        share=clopper_pearson(agreed, items, confidence),
        kappa=_kappa(table, items, agreed),
    )


def _kappa(table: Counter[tuple[str, str]], items: int, agreed: int) -> float | None:
    """Return kappa from whole numbers, divided once at the end."""
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (first, second), count in table.items():
        firsts[first] += count
        seconds[second] += count
    by_chance = sum(count * seconds[answer] for answer, count in firsts.items())
    if by_chance == items * items:
        return None
    return (items * agreed - by_chance) / (items * items - by_chance)
