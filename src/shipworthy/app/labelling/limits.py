"""How many judge negatives people read: what the limits of the framework ask for."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from shipworthy.app.foresight import foresee
from shipworthy.app.preparation import Design
from shipworthy.kernel import Clock
from shipworthy.stages.evaluating.labelling import ALL_NEGATIVES
from shipworthy.statistics.judged import negatives_to_read


def breach_limits(design: Design, clock: Clock) -> dict[str, Fraction]:
    """Return, by `<domain>.<arm>`, the strictest limit of breaches that is asked for here."""
    limits: dict[str, Fraction] = {}
    for question in foresee(design, clock).questions:
        for outlook in question.outlooks:
            goal = outlook.goal
            metric, _, stratum = goal.field.finding.partition(".")
            limit = goal.limit
            if metric == "asr" and goal.small and limit is not None and 0 < limit < 1:
                limits[stratum] = min(limit, limits.get(stratum, limit))
    return limits


def wanted_negatives(
    strata: Iterable[str], limits: Mapping[str, Fraction], alpha: str
) -> dict[str, int]:
    """Return how many judge negatives of each stratum are read for its limit.

    Where nothing is asked of an arm, the strictest limit of its domain stands in, then the
    strictest of all; without any, everything is read.
    """
    return {stratum: _wanted(stratum, limits, float(alpha)) for stratum in strata}


def _wanted(stratum: str, limits: Mapping[str, Fraction], alpha: float) -> int:
    domain = stratum.rpartition(".")[0]
    of_domain = [one for name, one in limits.items() if name.rpartition(".")[0] == domain]
    limit = limits.get(stratum) or min(of_domain or limits.values(), default=None)
    return negatives_to_read(float(limit), alpha) if limit else ALL_NEGATIVES
