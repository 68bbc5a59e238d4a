"""Several attempts at the same scenario: how often at least one of k succeeds (ASR@k).

With c successes in n independent attempts, 1 - C(n-c, k) / C(n, k) estimates the probability that
one of k attempts succeeds without bias (Chen et al. 2021, arXiv 2107.03374, "pass@k"). The plug-in
1 - (1 - c/n)^k understates it: at a rate of 3 %, n = 20 and k = 10 it gives 0.217 on average where
the truth is 0.263. The estimate stands only for attempts that do not learn from each other; turns
of an adaptive attack belong to one `Episode`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shipworthy.statistics.bounded import MeanBound, mean_bound
from shipworthy.statistics.clustered import DEFAULT_FEW, DEFAULT_ICC0
from shipworthy.statistics.counts import NoEvidence, require_count, require_share


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependentAttempts:
    """Attempts at one scenario, none of which saw the outcome of another.

    `attempts` counts assessed attempts and `unassessed` the others. Every planned attempt was made:
    attempts that stop at the first success are a `StoppedAttempts`.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: without any attempt, assessed or not.
    """

    attempts: int
    successes: int
    unassessed: int = 0

    def __post_init__(self) -> None:
        require_share(self.successes, self.attempts)
        if self.attempts + require_count("unassessed", self.unassessed) == 0:
            raise NoEvidence("a scenario without any attempt, assessed or not, says nothing")

    @property
    def size(self) -> int:
        """Attempts made, assessed or not."""
        return self.attempts + self.unassessed


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAtK:
    """ASR@k as measured, with limits over scenarios; not a forecast."""

    k: int
    bound: MeanBound


def asr_at_k(attempts: int, successes: int, k: int) -> float:
    """Unbiased estimate of the probability that at least one of `k` attempts succeeds.

    Raises:
        ValueError: for impossible counts, or `k` outside 1 to `attempts`: more attempts than were
            made cannot be estimated without a model.
    """
    require_share(successes, attempts)
    if not 1 <= require_count("k", k) <= attempts:
        raise ValueError(f"`k` ({k}) must lie between 1 and the number of attempts ({attempts})")
    few, many = sorted((successes, k))
    if many > attempts - few:
        return 1.0
    # C(n-c, k) / C(n, k) is the product of 1 - many / (n - j) over j < few.
    return -math.expm1(math.fsum(math.log1p(-many / (attempts - j)) for j in range(few)))


def share_with_success(attempts: int, successes: int, k: int) -> Fraction:
    """Return `asr_at_k` as an exact fraction: the share of choices of `k` attempts with a success.

    Raises:
        ValueError: as `asr_at_k`.
    """
    require_share(successes, attempts)
    if not 1 <= require_count("k", k) <= attempts:
        raise ValueError(f"`k` ({k}) must lie between 1 and the number of attempts ({attempts})")
    return 1 - Fraction(math.comb(attempts - successes, k), math.comb(attempts, k))


def measured_at_k(
    scenarios: Sequence[IndependentAttempts],
    k: int,
    alpha: float,
    icc0: float = DEFAULT_ICC0,
    few: int = DEFAULT_FEW,
) -> MeasuredAtK:
    """Mean ASR@k over scenarios, each limit one-sided at level `alpha`.

    An unassessed attempt counts as a success for upper limits and as a failure for lower ones. A
    scenario with n attempts holds n / k groups of k at most, which is what its value is worth; the
    smallest such number is used for all, so that uneven campaigns get wider limits. `k` = 1 with
    equal numbers of attempts gives the headline limits of `clustered_bound`.

    Raises:
        ValueError: for `k` above the attempts of some scenario, a level outside (0, 0.5), `icc0`
            outside [0, 1] or a negative `few`.
        NoEvidence: without any scenario.
    """
    if not scenarios:
        raise NoEvidence(f"no scenario was attempted, so ASR@{k} has no limit")
    least = [asr_at_k(s.size, s.successes, k) for s in scenarios]
    most = [asr_at_k(s.size, s.successes + s.unassessed, k) for s in scenarios]
    worth = min(s.size for s in scenarios) / k
    return MeasuredAtK(k=k, bound=mean_bound(least, most, worth, alpha, icc0, few))


def best_of_curve(
    scenarios: Sequence[IndependentAttempts], ks: Sequence[int], alpha: float
) -> tuple[MeasuredAtK, ...]:
    """ASR@k at each of `ks`, in their order; the limits hold one `k` at a time, not all at once.

    Raises:
        ValueError: as `measured_at_k`.
        NoEvidence: without any scenario.
    """
    return tuple(measured_at_k(scenarios, k, alpha) for k in ks)
