"""Agreement of readers beyond two answers: Krippendorff's alpha for nominal answers.

Krippendorff, Content Analysis (2004), chapter 11: alpha = 1 - observed / expected disagreement,
over all pairs of answers to the same item; items with one answer only are left out. Any number of
readers may have read an item. Undefined where all pairable answers are the same.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction


def krippendorff_alpha(items: Iterable[Sequence[str]]) -> float | None:
    """Return alpha of the answers given to each item, in at most 1; None where undefined."""
    observed = Fraction(0)
    totals: Counter[str] = Counter()
    for answers in items:
        if len(answers) < 2:
            continue
        counts = Counter(answers)
        totals.update(counts)
        size = len(answers)
        unlike = size * size - sum(n * n for n in counts.values())
        observed += Fraction(unlike, size - 1)
    number = totals.total()
    unlike = number * number - sum(n * n for n in totals.values())
    if unlike == 0:
        return None
    return float(1 - observed * (number - 1) / unlike)
