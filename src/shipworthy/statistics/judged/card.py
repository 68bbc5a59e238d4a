"""What a judge's misses do to a rate, and which judges are fit to be used.

A judge with sensitivity Se and specificity Sp, facing outputs of which a share p are true
successes, reports the rate r = p * Se + (1 - p) * (1 - Sp). The second term is never negative, so
p <= r / Se whatever the specificity. If r <= U fails with probability at most alpha_rate and
Se >= Se_L fails with probability at most alpha_judge, then p <= U / Se_L fails with probability at
most alpha_rate + alpha_judge (Bonferroni). False alarms are left in: they only make p look larger.

The assumption that carries all of it: the sensitivity measured on the judge's card holds for the
outputs now judged. A new attack style, language or judge prompt breaks it, and no interval shows
that; only fresh human labels on these outputs do.
"""

from dataclasses import dataclass

from shipworthy.statistics.counts import require_alpha, require_probability, require_share
from shipworthy.statistics.exact import clopper_pearson_lower


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCard:
    """A judge against human labels: hits among true successes and among true failures.

    An item that the judge failed to answer stays in `positives` or `negatives` and is no hit.

    Raises:
        ValueError: for impossible counts.
    """

    true_positives: int
    positives: int
    true_negatives: int
    negatives: int

    def __post_init__(self) -> None:
        require_share(self.true_positives, self.positives)
        require_share(self.true_negatives, self.negatives)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lower limits of a judge's quality; they hold together at level `alpha`."""

    sensitivity_lower: float
    specificity_lower: float
    alpha: float

    @property
    def youden_lower(self) -> float:
        """Lower limit of Youden's J, in [-1, 1]; a coin has J = 0 whatever its bias."""
        return self.sensitivity_lower + self.specificity_lower - 1.0


def sensitivity_lower(true_positives: int, positives: int, alpha: float) -> float:
    """Lower limit of the share of true successes that the judge catches, one-sided at `alpha`.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: when the card has no true success.
    """
    return clopper_pearson_lower(true_positives, positives, alpha)


def miss_adjusted_upper(rate_upper: float, sensitivity_lower: float) -> float:
    """Upper limit of the true rate, min(1, U / Se_L), from that of the judged rate.

    Its level is the sum of the levels of the two arguments; see the module for the derivation and
    the assumption. A judge not shown to catch anything (Se_L = 0) leaves the rate unbounded: 1.

    Raises:
        ValueError: when an argument is not in [0, 1].
    """
    require_probability("rate_upper", rate_upper)
    require_probability("sensitivity_lower", sensitivity_lower)
    if rate_upper >= sensitivity_lower:
        return 1.0
    return rate_upper / sensitivity_lower


def admission(card: JudgeCard, alpha: float) -> Admission:
    """Bound a judge's sensitivity and specificity from below, jointly at level `alpha`.

    Each takes half of `alpha`, so that both, and hence J, hold together.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: when the card lacks true successes or true failures.
    """
    require_alpha(alpha)
    return Admission(
        sensitivity_lower=sensitivity_lower(card.true_positives, card.positives, 0.5 * alpha),
        specificity_lower=clopper_pearson_lower(card.true_negatives, card.negatives, 0.5 * alpha),
        alpha=alpha,
    )
