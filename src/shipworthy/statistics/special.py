"""Beta, gamma, Student t, normal and binomial distributions in the standard library alone.

Every tail is computed as itself, never as one minus the other tail, so that probabilities of 1e-200
keep their digits. Arguments near one arrive with their complement for the same reason.
"""

import math
from statistics import NormalDist

from shipworthy.statistics.counts import require_count, require_probability

_SMALLEST = 1e-300
_EPSILON = 1e-16
_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_STIRLING_FROM = 16.0


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b).

    Continued fraction of DLMF 8.17.22, with the power term in Loader's saddle-point form.

    Raises:
        ValueError: unless 0 <= x <= 1 and both shapes are positive and finite.
    """
    require_probability("x", x)
    _require_shapes(a, b)
    return _tails(a, b, x, 1.0 - x)[0]


def beta_ppf(q: float, a: float, b: float) -> float:
    """Quantile of the beta distribution: the x with I_x(a, b) = q.

    Safeguarded Newton steps on log I against log x, where both are nearly linear in the tail.
    A quantile below 1e-300 is returned as 0.

    Raises:
        ValueError: unless 0 <= q <= 1 and both shapes are positive and finite.
    """
    require_probability("q", q)
    _require_shapes(a, b)
    if q in {0.0, 1.0}:
        return q
    return _quantile(a, b, q, 1.0 - q)[0]


def beta_isf(q: float, a: float, b: float) -> float:
    """Upper quantile of the beta distribution: the x with 1 - I_x(a, b) = q.

    Equal to `beta_ppf(1 - q, a, b)` without rounding a tiny `q` away.

    Raises:
        ValueError: unless 0 <= q <= 1 and both shapes are positive and finite.
    """
    require_probability("q", q)
    _require_shapes(a, b)
    if q in {0.0, 1.0}:
        return 1.0 - q
    return _quantile(a, b, 1.0 - q, q)[0]


def normal_cdf(z: float) -> float:
    """Standard normal distribution function.

    Raises:
        ValueError: when `z` is not a number.
    """
    if math.isnan(z):
        raise ValueError("`z` must be a number, not `nan`")
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_ppf(q: float) -> float:
    """Standard normal quantile (Wichura 1988, AS 241).

    Raises:
        ValueError: unless 0 < q < 1.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"`q` must lie strictly between 0 and 1, not `{q!r}`")
    return NormalDist().inv_cdf(q)


def student_t_cdf(t: float, df: float) -> float:
    """Distribution function of Student's t with `df` degrees of freedom.

    Raises:
        ValueError: when `t` is not a number or `df` is not positive and finite.
    """
    if math.isnan(t):
        raise ValueError("`t` must be a number, not `nan`")
    _require_positive("df", df)
    scaled = abs(t) / math.sqrt(df)
    if scaled > 1.0:
        inverse = (1.0 / scaled) ** 2
        x, y = inverse / (1.0 + inverse), 1.0 / (1.0 + inverse)
    else:
        square = scaled * scaled
        x, y = 1.0 / (1.0 + square), square / (1.0 + square)
    beyond = 0.5 * _tails(0.5 * df, 0.5, x, y)[0]
    return beyond if t < 0.0 else 1.0 - beyond


def student_t_ppf(q: float, df: float) -> float:
    """Quantile of Student's t with `df` degrees of freedom.

    Raises:
        ValueError: unless 0 < q < 1 and `df` is positive and finite, and for a quantile beyond
            about 1e150.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"`q` must lie strictly between 0 and 1, not `{q!r}`")
    _require_positive("df", df)
    if q == 0.5:
        return 0.0
    tail = min(q, 1.0 - q)
    # One minus twice the tail, exact by Sterbenz's lemma where it cancels.
    x, y = _quantile(0.5 * df, 0.5, 2.0 * tail, 1.0 - 2.0 * tail)
    if x == 0.0:
        raise ValueError(f"the quantile of t at `q` = {q!r} with `df` = {df!r} is out of range")
    return math.copysign(math.sqrt(df * y / x), q - 0.5)


def gamma_cdf(x: float, shape: float) -> float:
    """Regularised lower incomplete gamma function P(shape, x).

    The series of DLMF 8.7.1 up to the mean, the continued fraction of DLMF 8.9.2 beyond.

    Raises:
        ValueError: for a negative or infinite `x`, or a shape that is not positive and finite.
    """
    _require_positive("shape", shape)
    if not 0.0 <= x < math.inf:
        raise ValueError(f"`x` must be at least 0 and finite, not `{x!r}`")
    if x == 0.0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        denominator = shape
        while term > _EPSILON * total:
            denominator += 1.0
            term *= x / denominator
            total += term
        return min(1.0, front * total)
    b = x + 1.0 - shape
    c, d = 1.0 / _SMALLEST, 1.0 / b
    value, step = d, 0.0
    count = 0
    while abs(step - 1.0) > _EPSILON * 4.0:
        count += 1
        a = -count * (count - shape)
        b += 2.0
        d = 1.0 / ((a * d + b) or _SMALLEST)
        c = (b + a / c) or _SMALLEST
        step = c * d
        value *= step
    return max(0.0, 1.0 - front * value)


def chi_square_ppf(q: float, df: float) -> float:
    """Quantile of the chi-square distribution with `df` degrees of freedom.

    Raises:
        ValueError: unless 0 < q < 1 and `df` is positive and finite.
    """
    if not 0.0 < q < 1.0:
        raise ValueError(f"`q` must lie strictly between 0 and 1, not `{q!r}`")
    _require_positive("df", df)
    low, high = 0.0, df + 1.0
    while gamma_cdf(0.5 * high, 0.5 * df) < q:
        high *= 2.0
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return high
        low, high = (middle, high) if gamma_cdf(0.5 * middle, 0.5 * df) < q else (low, middle)


def binomial_pmf(successes: int, attempts: int, rate: float) -> float:
    """Probability of exactly `successes` in `attempts` independent attempts at `rate`.

    Saddle-point expansion of Loader (2000), "Fast and accurate computation of binomial
    probabilities".

    Raises:
        ValueError: for counts that are negative or fractional, or a rate outside [0, 1].
    """
    require_count("successes", successes)
    require_count("attempts", attempts)
    require_probability("rate", rate)
    failures = attempts - successes
    if failures < 0:
        return 0.0
    if rate in {0.0, 1.0}:
        return float((failures if rate else successes) == 0)
    if successes == 0:
        return math.exp(attempts * math.log1p(-rate))
    if failures == 0:
        return math.exp(attempts * math.log(rate))
    return _power_term(successes, failures, rate, 1.0 - rate) * attempts / successes / failures


def binomial_cdf(successes: int, attempts: int, rate: float) -> float:
    """Probability of at most `successes` in `attempts` independent attempts at `rate`.

    Raises:
        ValueError: for counts that are negative or fractional, or a rate outside [0, 1].
    """
    require_count("successes", successes)
    require_count("attempts", attempts)
    require_probability("rate", rate)
    if successes >= attempts:
        return 1.0
    return _tails(attempts - successes, successes + 1.0, 1.0 - rate, rate)[0]


def _require_positive(name: str, value: float) -> None:
    if not 0.0 < value < math.inf:
        raise ValueError(f"`{name}` must be positive and finite, not `{value!r}`")


def _require_shapes(a: float, b: float) -> None:
    _require_positive("a", a)
    _require_positive("b", b)


def _stirling_error(z: float) -> float:
    """Return log Gamma(z + 1) minus Stirling's formula for it."""
    if z < _STIRLING_FROM:
        return math.lgamma(z + 1.0) - (z + 0.5) * math.log(z) + z - _HALF_LOG_TWO_PI
    w = 1.0 / (z * z)
    series = 1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * 691 / 360360))
    return (1 / 12 - w * (1 / 360 - w * series)) / z


def _deviance(count: float, mean: float, difference: float) -> float:
    """Return count * log(count / mean) - difference, where difference = count - mean."""
    if mean == 0.0:
        return math.inf
    if abs(difference) >= 0.1 * (count + mean):
        return count * math.log(count / mean) - difference
    v = difference / (count + mean)
    total, term, divisor = difference * v, 2.0 * count * v, 1
    while True:
        term *= v * v
        divisor += 2
        following = total + term / divisor
        if following == total:
            return total
        total = following


def _power_term(a: float, b: float, x: float, y: float) -> float:
    """Return x^a y^b / B(a, b) for y = 1 - x, without cancelling large logarithms."""
    n = a + b
    difference = a * y - b * x
    exponent = _stirling_error(n) - _stirling_error(a) - _stirling_error(b)
    exponent -= _deviance(a, n * x, difference) + _deviance(b, n * y, -difference)
    return math.sqrt(a / n * b / (2.0 * math.pi)) * math.exp(exponent)


def _fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function by the modified Lentz method."""
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d or _SMALLEST)
    c, value = 1.0, d
    # Needs of the order of sqrt(max(a, b)) steps (Press et al., Numerical Recipes, section 6.4).
    for m in range(1, 200 + int(20.0 * math.sqrt(max(a, b)))):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / ((1.0 + even * d) or _SMALLEST)
        c = (1.0 + even / c) or _SMALLEST
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / ((1.0 + odd * d) or _SMALLEST)
        c = (1.0 + odd / c) or _SMALLEST
        step = c * d
        value *= step
        if abs(step - 1.0) <= _EPSILON:
            return value
    raise ArithmeticError(f"the incomplete beta fraction did not settle at a={a}, b={b}, x={x}")


def _tails(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """Lower and upper tail of Beta(a, b) at x, where y = 1 - x."""
    if x <= 0.0:
        return 0.0, 1.0
    if y <= 0.0:
        return 1.0, 0.0
    if x * (a + b + 2.0) <= a + 1.0:
        lower = min(1.0, _power_term(a, b, x, y) * _fraction(a, b, x) / a)
        return lower, 1.0 - lower
    upper = min(1.0, _power_term(b, a, y, x) * _fraction(b, a, y) / b)
    return 1.0 - upper, upper


def _quantile(a: float, b: float, lower: float, upper: float) -> tuple[float, float]:
    """Return x and 1 - x where the tails of Beta(a, b) are `lower` and `upper`."""
    below, above = _tails(a, b, 0.5, 0.5)
    if (lower <= below) if lower <= upper else (upper >= above):
        return _left_quantile(a, b, lower, upper)
    y, x = _left_quantile(b, a, upper, lower)
    return x, y


def _left_quantile(a: float, b: float, lower: float, upper: float) -> tuple[float, float]:
    """Solve for a quantile known to be at most one half; returns it and its complement."""
    if _tails(a, b, _SMALLEST, 1.0)[0] > lower:
        return 0.0, 1.0
    low, high = math.log(_SMALLEST), math.log(0.5)
    u = min(high, math.log(a / (a + b)))
    sign, target = (1.0, lower) if lower <= upper else (-1.0, upper)
    for _ in range(200):
        x, y = math.exp(u), -math.expm1(u)
        below, above = _tails(a, b, x, y)
        mass = below if sign > 0.0 else above
        # Positive when x is too large; an underflown mass tells the side and nothing more.
        gap = sign * (math.log(mass) - math.log(target)) if mass > 0.0 else -sign * math.inf
        low, high = (low, u) if gap > 0.0 else (u, high)
        slope = _power_term(a, b, x, y) / y / mass if mass > 0.0 else 0.0
        following = u - gap / slope if slope > 0.0 else math.nan
        if not low <= following <= high:
            following = 0.5 * (low + high)
        moved, u = abs(following - u), following
        if moved <= 1e-14 * max(1.0, abs(u)):
            break
    return math.exp(u), -math.expm1(u)
