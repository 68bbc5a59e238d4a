"""Two-phase check of a judge: people read all its positives and a random part of its negatives.

A true success is either marked by the judge or missed. With N outputs judged, one a scenario, the
rate of true successes is P(marked and true) + P(not marked) * P(true | not marked), and each factor
has a Clopper-Pearson limit of its own: the confirmed hits among all N; the outputs not marked among
all N; the misses among the negatives that were drawn at random and read. The levels add up by
Bonferroni's inequality, so nothing is assumed about the judge. Misses dominate: with none found,
about 3.2 / (0.8 theta) negatives have to be read for a gate at theta, however good the judge is.

The narrower figure beside it (two Jeffreys posteriors added) covers about as often as it says on
average, is not guaranteed, and is an estimate only: the gate reads `upper`.
"""

import math
from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_count
from shipworthy.statistics.exact import (
    clopper_pearson_lower,
    clopper_pearson_upper,
    zero_success_attempts,
)
from shipworthy.statistics.special import beta_cdf, beta_ppf

HITS_SHARE = 0.16
NEGATIVES_SHARE = 0.04
MISSES_SHARE = 0.8
"""Parts of the error level: confirmed hits, share of negatives, misses. They sum to 1."""

MISSES_ROOM = 0.8
"""Part of the threshold that a plan leaves to misses not ruled out."""

_NODES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPhaseCounts:
    """Outcomes of a two-phase check, one judged output a scenario.

    `judged`: outputs that the judge answered or failed to answer; `positives`: those to be read by
    people, namely all that it marked and all that it failed to answer; `confirmed`: positives that
    people found to be true successes. `read`: judge negatives drawn at random and read; `misses`:
    those of them that are true successes. `undecided` and `undecided_read` are the positives and
    the read negatives on which people reached no verdict; upper limits count them as successes,
    lower ones as failures.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: when nothing was judged.
    """

    judged: int
    positives: int
    confirmed: int
    read: int
    misses: int
    undecided: int = 0
    undecided_read: int = 0

    def __post_init__(self) -> None:
        for name in (
            "judged",
            "positives",
            "confirmed",
            "read",
            "misses",
            "undecided",
            "undecided_read",
        ):
            require_count(name, getattr(self, name))
        for name, part, whole in (
            ("positives", self.positives, self.judged),
            ("confirmed + undecided", self.most_hits, self.positives),
            ("misses + undecided_read", self.most_misses, self.read),
        ):
            if part > whole:
                raise ValueError(f"`{name}` ({part}) cannot exceed {whole}")
        if self.read > self.negatives:
            raise ValueError(f"`read` ({self.read}) exceeds the {self.negatives} judge negatives")
        if self.judged == 0:
            raise NoEvidence("no output was judged, so the rate has no limit")

    @property
    def negatives(self) -> int:
        """Outputs that the judge took for no success."""
        return self.judged - self.positives

    @property
    def most_hits(self) -> int:
        """Positives that are, or may be, true successes."""
        return self.confirmed + self.undecided

    @property
    def most_misses(self) -> int:
        """Read negatives that are, or may be, true successes."""
        return self.misses + self.undecided_read


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPhaseBound:
    """Limits of the rate of true successes, each one-sided at `confidence`.

    `upper` and `lower` are guaranteed. `estimate` (undecided outputs counted as successes) and
    `typical_upper`, the narrower figure that is right on average, are for display. `misses_upper`
    is the limit of the share of true successes among judge negatives that `upper` contains; 0
    without negatives.
    """

    estimate: float
    lower: float
    upper: float
    typical_upper: float
    misses_upper: float
    confidence: float


def two_phase_bound(counts: TwoPhaseCounts, alpha: float) -> TwoPhaseBound:
    """Bound the rate of true successes after a two-phase check, each side at level `alpha`.

    When every negative was read, nothing was sampled and the limits are those of the true count.
    When negatives remain and none was read, the judge's misses are unknown and the limit is 1.

    Raises:
        ValueError: for a level outside (0, 0.5).
    """
    require_alpha(alpha)
    n, read = counts.judged, counts.read
    if counts.negatives == read:
        return _census(counts, alpha)
    misses, upper, typical = _misses_upper(counts, alpha), 1.0, 1.0
    share, found = counts.negatives / n, 0.0
    if read:
        upper = _sum_of_limits(counts, misses, alpha)
        typical = _sum_upper(counts, share, alpha)
        found = counts.most_misses / read
    return TwoPhaseBound(
        estimate=counts.most_hits / n + share * found,
        lower=clopper_pearson_lower(counts.confirmed, n, alpha),
        upper=upper,
        typical_upper=typical,
        misses_upper=misses,
        confidence=1.0 - alpha,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredLimits:
    """Limits of the rate of true successes, each one-sided and guaranteed at its level."""

    lower: float
    upper: float


def declared_limits(counts: TwoPhaseCounts, alpha: float, *, every: bool) -> DeclaredLimits:
    """Bound the rate by a reading that was declared before anything was judged.

    `every` says that the declaration was to read all negatives: then the true count is known, and
    the limits are Clopper-Pearson's. Otherwise the upper limit is the sum of three, even where no
    more negatives turned up than were to be read: taking the better of two limits after the fact
    would spend the level twice. What people found is never more than there is, so that the lower
    limit may count the misses that were met.

    Raises:
        ValueError: for a level outside (0, 0.5), and with `every` when negatives were left out.
    """
    require_alpha(alpha)
    n, found = counts.judged, counts.confirmed + counts.misses
    lower = clopper_pearson_lower(found, n, alpha)
    if every:
        if counts.read != counts.negatives:
            raise ValueError(f"{counts.read} of {counts.negatives} negatives were drawn, not all")
        most = counts.most_hits + counts.most_misses
        return DeclaredLimits(lower=lower, upper=clopper_pearson_upper(most, n, alpha))
    misses = _misses_upper(counts, alpha)
    return DeclaredLimits(lower=lower, upper=_sum_of_limits(counts, misses, alpha))


def _misses_upper(counts: TwoPhaseCounts, alpha: float) -> float:
    """Limit of the share of true successes among judge negatives; 1 when none was read."""
    if not counts.read:
        return 1.0
    return clopper_pearson_upper(counts.most_misses, counts.read, MISSES_SHARE * alpha)


def _sum_of_limits(counts: TwoPhaseCounts, misses: float, alpha: float) -> float:
    """Limit of all true successes: confirmed hits, and misses among the judge's negatives."""
    negatives = clopper_pearson_upper(counts.negatives, counts.judged, NEGATIVES_SHARE * alpha)
    hits = clopper_pearson_upper(counts.most_hits, counts.judged, HITS_SHARE * alpha)
    return min(1.0, hits + negatives * misses)


def negatives_to_read(theta: float, alpha: float) -> int:
    """Fewest judge negatives that, without a miss, leave a fifth of `theta` to confirmed hits.

    ln(0.8 alpha) / ln(1 - 0.8 theta), rounded up: 401 at 1 % and `alpha` 0.05, whatever the judge.

    Raises:
        ValueError: for a threshold outside (0, 1) or a level outside (0, 0.5).
    """
    require_alpha(alpha)
    if not 0.0 < theta < 1.0:
        raise ValueError(f"`theta` must lie strictly between 0 and 1, not `{theta!r}`")
    return zero_success_attempts(MISSES_ROOM * theta, MISSES_SHARE * alpha)


def _census(counts: TwoPhaseCounts, alpha: float) -> TwoPhaseBound:
    """Limits when people read everything: Clopper-Pearson for the true count."""
    n, most = counts.judged, counts.most_hits + counts.most_misses
    misses = 0.0
    if counts.read:
        misses = clopper_pearson_upper(counts.most_misses, counts.read, MISSES_SHARE * alpha)
    return TwoPhaseBound(
        estimate=most / n,
        lower=clopper_pearson_lower(counts.confirmed + counts.misses, n, alpha),
        upper=clopper_pearson_upper(most, n, alpha),
        typical_upper=_jeffreys_upper(most, n, alpha),
        misses_upper=misses,
        confidence=1.0 - alpha,
    )


def _jeffreys_upper(successes: int, attempts: int, alpha: float) -> float:
    if successes == attempts:
        return 1.0
    return beta_ppf(1.0 - alpha, successes + 0.5, attempts - successes + 0.5)


def _sum_upper(counts: TwoPhaseCounts, share: float, alpha: float) -> float:
    """Quantile 1 - alpha of hits plus share times misses, both with Jeffreys posteriors.

    The hits' posterior is cut into slices of equal probability, each at its middle.
    """
    n, hits = counts.judged, counts.most_hits
    read, misses = counts.read, counts.most_misses
    nodes = [beta_ppf((step + 0.5) / _NODES, hits + 0.5, n - hits + 0.5) for step in range(_NODES)]

    def mass(limit: float) -> float:
        parts = (
            beta_cdf(min(1.0, (limit - node) / share), misses + 0.5, read - misses + 0.5)
            for node in nodes
            if node < limit
        )
        return math.fsum(parts) / _NODES

    # Regula falsi with the Illinois step: a few evaluations where bisection takes twenty.
    goal = 1.0 - alpha
    low, high, below, above = 0.0, 1.0, -goal, alpha
    while high - low > 1e-6 * high:
        middle = low - below * (high - low) / (above - below)
        gap = mass(middle) - goal
        if abs(gap) < 1e-7:
            return middle
        if gap < 0.0:
            low, below, above = middle, gap, 0.5 * above
        else:
            high, above, below = middle, gap, 0.5 * below
    return high
