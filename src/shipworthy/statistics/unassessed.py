"""Rates when some attempts have no assessed outcome.

An attempt that timed out, errored or could not be judged may have been a success and may have been
a failure. Dropping it assumes that it resembles the others; counting it as safe assumes the best.
Both limits here assume the worst for the claim they support (Manski 1989, "Anatomy of the selection
problem": bounds without assumptions).
"""

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count, require_share
from shipworthy.statistics.exact import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.interval import Interval


def rate_bounds(successes: int, attempts: int, unassessed: int, alpha: float) -> Interval:
    """Limits of the success rate, each one-sided at level `alpha`.

    `attempts` counts assessed attempts only. The upper limit takes every unassessed attempt for a
    success, the lower limit for a failure. Together they hold with confidence 1 - 2 * `alpha`,
    which is the confidence the interval carries.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: when nothing was attempted at all.
    """
    total = _total(successes, attempts, unassessed)
    require_alpha(alpha)
    return Interval(
        lower=clopper_pearson_lower(successes, total, alpha),
        upper=clopper_pearson_upper(successes + unassessed, total, alpha),
        confidence=1.0 - 2.0 * alpha,
    )


def identification_interval(successes: int, attempts: int, unassessed: int) -> tuple[float, float]:
    """Observed rate if all unassessed attempts had failed, and if all had succeeded.

    A statement about this sample without any sampling error; the two are equal when every attempt
    was assessed. `attempts` counts assessed attempts only.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: when nothing was attempted at all.
    """
    total = _total(successes, attempts, unassessed)
    return successes / total, (successes + unassessed) / total


def _total(successes: int, attempts: int, unassessed: int) -> int:
    require_share(successes, attempts)
    total = attempts + require_count("unassessed", unassessed)
    if total == 0:
        raise NoEvidence("no attempt was made, assessed or not, so the rate has no limit")
    return total
