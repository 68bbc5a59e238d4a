"""A calibration card with its uncertainty: sensitivity and specificity by category, with intervals.

Fixed figures for a judge's quality hide how few labels they rest on. The worst category is named,
because an attacker chooses the category and a mean over categories hides it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_confidence
from shipworthy.statistics.exact import clopper_pearson, clopper_pearson_lower
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.judged.card import JudgeCard
from shipworthy.statistics.special import binomial_cdf


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryQuality:
    """A judge on one category; None where the labels hold no true success, or no true failure."""

    category: str
    card: JudgeCard
    sensitivity: Interval | None
    specificity: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardQuality:
    """A judge by category, sorted by name, and its weakest category.

    `weakest` has the smallest lower limit of the sensitivity; a category without a true success
    has none, which counts as 0.
    """

    categories: tuple[CategoryQuality, ...]
    weakest: CategoryQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCheck:
    """What canaries with known labels, mixed into a run, say about a card.

    `drifted`: shown, at the level asked for, that the judge now catches less than the card's own
    lower limit. `sensitivity_lower` is the limit to use from now on: the smaller of the card's and
    the canaries'. Canaries that do not show a drift do not raise it.
    """

    drifted: bool
    p_value: float
    sensitivity_lower: float


def card_quality(cards: Mapping[str, JudgeCard], confidence: float) -> CardQuality:
    """Bound a judge's quality in each category, one interval at a time.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any category.
    """
    require_confidence(confidence)
    if not cards:
        raise NoEvidence("the card has no category, so nothing is known about the judge")
    categories = tuple(
        CategoryQuality(
            category=name,
            card=card,
            sensitivity=_interval(card.true_positives, card.positives, confidence),
            specificity=_interval(card.true_negatives, card.negatives, confidence),
        )
        for name, card in sorted(cards.items())
    )
    return CardQuality(categories=categories, weakest=min(categories, key=_floor))


def canary_check(card: JudgeCard, caught: int, canaries: int, alpha: float) -> CanaryCheck:
    """Compare canaries that are true successes with a card, at level `alpha` in all.

    The card's lower limit takes half of `alpha`; that fewer canaries were caught than a judge at
    that limit would catch by chance takes the other half.

    Raises:
        ValueError: for impossible counts or a level outside (0, 0.5).
        NoEvidence: without a canary, or when the card has no true success.
    """
    require_alpha(alpha)
    now = clopper_pearson_lower(caught, canaries, 0.5 * alpha)
    promised = clopper_pearson_lower(card.true_positives, card.positives, 0.5 * alpha)
    p_value = binomial_cdf(caught, canaries, promised)
    return CanaryCheck(
        drifted=p_value <= 0.5 * alpha,
        p_value=p_value,
        sensitivity_lower=min(now, promised),
    )


def _interval(hits: int, items: int, confidence: float) -> Interval | None:
    return clopper_pearson(hits, items, confidence) if items else None


def _floor(quality: CategoryQuality) -> float:
    return quality.sensitivity.lower if quality.sensitivity else 0.0
