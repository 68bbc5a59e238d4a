"""The numbers of a finding, computed another way than Shipworthy computes them.

The incomplete beta function by its power series (DLMF 8.17.8, all terms positive), quantiles by
bisection, McNemar's tests in whole numbers, Tango's interval by bisection on the score itself.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Final

Row = tuple[int, int, int]
"""Successes, assessed attempts and unassessed attempts of one scenario."""

ICC_FLOOR: Final = 0.15
FEW: Final = 2
_SEARCH: Final = 100_000
_LARGE: Final = 1e200


def bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function crosses zero."""
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)


def beta_below(x: float, a: float, b: float) -> float:
    """Return the probability that a Beta(a, b) variable is below x."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    return _series(x, a, b) if x < 0.5 else 1 - _series(1 - x, b, a)


def _series(x: float, a: float, b: float) -> float:
    """I_x(a, b) = x^a (1-x)^b / (a B(a,b)) * sum of (a+b)_n / (a+1)_n x^n."""
    log_scale = a * math.log(x) + b * math.log1p(-x) - math.log(a)
    log_scale += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    term = total = 1.0
    n = 0
    while term > total * 1e-17:
        term *= x * (a + b + n) / (a + 1 + n)
        total += term
        n += 1
        if total > _LARGE:
            term, total, log_scale = term / _LARGE, total / _LARGE, log_scale + math.log(_LARGE)
    return min(1.0, math.exp(min(0.0, log_scale + math.log(total))))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the p-quantile of Beta(a, b)."""
    return bisect(lambda x: beta_below(x, a, b) - p, 0.0, 1.0)


def exact_lower(successes: int, attempts: int, alpha: float) -> float:
    """Return the one-sided Clopper-Pearson lower bound."""
    if successes == 0:
        return 0.0
    return beta_quantile(alpha, successes, attempts - successes + 1)


def student_quantile(alpha: float, df: float) -> float:
    """Return the upper alpha-quantile of Student's t: df / (df + t^2) is Beta(df/2, 1/2)."""
    x = beta_quantile(2 * alpha, df / 2, 0.5)
    return math.sqrt(df * (1 - x) / x)


def clustered_bounds(rows: Sequence[Row], alpha: float) -> tuple[float, float, float]:
    """Return lower bound, upper bound and design effect (method `korn-graubard-floor/2`).

    The lower bound is computed as what an upper bound on failures leaves.
    """
    sizes = [attempts + unassessed for _, attempts, unassessed in rows]
    size, ceiling = sum(sizes), sum(n * n for n in sizes) / sum(sizes)
    independent = float(size)
    if len(rows) < size:
        if len(rows) == 1:
            return 0.0, 1.0, ceiling
        ratio = student_quantile(alpha, size - 1) / student_quantile(alpha, len(rows) - 1)
        independent *= ratio**2
    estimate = design_effect(rows)
    ends: list[tuple[float, float]] = []
    for mirrored in (True, False):
        bad = [a - s + u if mirrored else s + u for s, a, u in rows]
        # Scenarios known not to be bad throughout: two of them, or their likeness is unknown.
        spared = sum(count < n for count, n in zip(bad, sizes, strict=True))
        effect = estimate if spared >= FEW else ceiling
        limits = (
            _rate_limit(sum(bad), size, independent / effect, alpha),
            _rate_limit(max(bad), size, independent / ceiling, alpha),
        )
        ends.append((max(limits), effect))
    (failing, lower_effect), (succeeding, upper_effect) = ends
    return 1 - failing, succeeding, max(lower_effect, upper_effect)


def _rate_limit(bad: int, size: int, effective: float, alpha: float) -> float:
    if bad == size:
        return 1.0
    share = bad / size
    return beta_quantile(1 - alpha, share * effective + 1, (1 - share) * effective)


def design_effect(rows: Sequence[Row]) -> float:
    """Return the largest design effect that any outcome of the unassessed attempts allows.

    Kept between 1 + (m - 1) * 0.15 and m. For each possible number of successes among the
    unassessed, the squared residuals grow at most as when they are dealt by slope.
    """
    sizes = [attempts + unassessed for _, attempts, unassessed in rows]
    size, scenarios = sum(sizes), len(rows)
    ceiling = sum(n * n for n in sizes) / size
    floor = 1 + (ceiling - 1) * ICC_FLOOR
    loose = [index for index, row in enumerate(rows) if row[2]]
    free = sum(row[2] for row in rows)
    if scenarios == 1 or free * len(loose) > _SEARCH:
        return ceiling
    known = sum(row[0] for row in rows)
    largest = Fraction(0)
    for successes in range(known, known + free + 1):
        if successes in {0, size}:
            continue
        # Residuals times `size`, so that all of this is whole numbers.
        residuals = [row[0] * size - successes * n for row, n in zip(rows, sizes, strict=True)]
        squares = sum(r * r for r in residuals)
        left = successes - known
        by_slope = sorted((rows[i][2] * size + 2 * residuals[i], rows[i][2]) for i in loose)
        for slope, room in reversed(by_slope):
            dealt = min(room, left)
            squares += dealt * slope * size
            left -= dealt
        largest = max(largest, Fraction(squares, size * successes * (size - successes)))
    return min(max(floor, float(largest * scenarios / (scenarios - 1))), ceiling)


def mcnemar(before_only: int, after_only: int) -> tuple[Fraction, Fraction]:
    """Return the two-sided exact and mid-p values."""
    discordant, fewer = before_only + after_only, min(before_only, after_only)
    ways = [math.comb(discordant, k) for k in range(fewer + 1)]
    doubled, whole = 2 * sum(ways), 2**discordant
    exact = min(Fraction(1), Fraction(doubled, whole))
    return exact, min(Fraction(1), Fraction(doubled - ways[-1], whole))


def tango_upper(before_only: int, after_only: int, pairs: int, confidence: float) -> float:
    """Return the upper limit for (rate before) - (rate after); swap the arms for the lower."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    observed = (before_only - after_only) / pairs
    if observed == 1:
        return 1.0

    def excess(d: float) -> float:
        # Score test of difference d with the restricted estimate q of the rate `after only`.
        linear = (2 * pairs - before_only + after_only) * d - before_only - after_only
        root = math.sqrt(max(0.0, linear**2 + 8 * pairs * after_only * d * (1 - d)))
        q = (root - linear) / (4 * pairs)
        spread = math.sqrt(max(0.0, pairs * (2 * q + d * (1 - d))))
        return pairs * d - (before_only - after_only) - z * spread

    return bisect(excess, observed, 1.0)
