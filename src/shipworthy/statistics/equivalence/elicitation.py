"""How much more a capability may turn out to be than what was elicited at the gate.

A model is below a threshold when the upper limit of its score under the best elicitation, plus a
margin, is. In simulation a confidence limit without a margin cleared 49 % of models just above the
threshold: what is missing is elicitation, not sample size. The margin is a prediction bound for the
next gap, from past ones (what was found later minus what the gate had measured), or declared.

With g exchangeable gaps the next one exceeds the r-th largest with probability r / (g + 1): 19 gaps
bound it at 95 %. With fewer, mean + t s sqrt(1 + 1/g) is exact for normal gaps only (it covered 90
to 92 % of log-normal ones where 95 % were asked for); the largest past gap is then taken where it
is larger. Below five gaps the data carry no margin.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from shipworthy.statistics.counts import NoEvidence, require_alpha, require_probability
from shipworthy.statistics.special import student_t_ppf

LEAST_GAPS = 5
"""Fewest past gaps from which a margin is computed."""


class MarginBasis(Enum):
    """Where an elicitation margin comes from."""

    RANK = "rank"
    """A large enough past gap; assumes that past and next gaps are exchangeable, no more."""
    NORMAL = "normal"
    """A prediction bound for normal gaps, or the largest past gap where that is larger."""
    DECLARED = "declared"
    """A policy, not data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElicitationMargin:
    """A margin in units of the score; `gaps` past gaps stand behind it, none for a policy.

    `added` is the part that sandbagging checks added.

    Raises:
        ValueError: for a margin outside [0, 1] or a negative addition.
    """

    points: float
    basis: MarginBasis
    gaps: int
    added: float = 0.0

    def __post_init__(self) -> None:
        require_probability("points", self.points)
        require_probability("added", self.added)

    @property
    def total(self) -> float:
        """What is added to the upper limit of a score."""
        return self.points + self.added


def margin_from_gaps(gaps: Sequence[float], alpha: float) -> ElicitationMargin:
    """Prediction bound at level `alpha` for the next elicitation gap, at least 0.

    Raises:
        ValueError: for a gap outside [-1, 1] or a level outside (0, 0.5).
        NoEvidence: for fewer than `LEAST_GAPS` gaps: declare a policy margin instead.
    """
    require_alpha(alpha)
    size = len(gaps)
    if size < LEAST_GAPS:
        raise NoEvidence(
            f"{size} past gaps carry no margin ({LEAST_GAPS} are needed): declare one as policy"
        )
    if not all(-1.0 <= gap <= 1.0 for gap in gaps):
        raise ValueError("every gap must lie between -1 and 1")
    ranked = sorted(gaps, reverse=True)
    # The next gap exceeds the r-th largest with probability r / (size + 1).
    rank = math.floor(alpha * (size + 1) + 1e-9)
    if rank >= 1:
        points, basis = ranked[rank - 1], MarginBasis.RANK
    else:
        mean = math.fsum(gaps) / size
        spread = math.sqrt(math.fsum((gap - mean) ** 2 for gap in gaps) / (size - 1))
        reach = student_t_ppf(1.0 - alpha, size - 1) * spread * math.sqrt(1.0 + 1.0 / size)
        points, basis = max(mean + reach, ranked[0]), MarginBasis.NORMAL
    return ElicitationMargin(points=min(1.0, max(0.0, points)), basis=basis, gaps=size)


def declared_margin(points: float) -> ElicitationMargin:
    """Margin set by policy, in units of the score.

    Raises:
        ValueError: outside [0, 1].
    """
    return ElicitationMargin(points=points, basis=MarginBasis.DECLARED, gaps=0)


def with_sandbagging_check(margin: ElicitationMargin, gap_upper: float) -> ElicitationMargin:
    """Widen a margin by what a sandbagging check could not rule out; nothing ever narrows it.

    `gap_upper` is the upper limit of the score elicited in the check minus the score at the gate.
    A check that found nothing has an upper limit too, so it adds that; several checks add the
    largest of theirs.

    Raises:
        ValueError: for a limit outside [-1, 1].
    """
    if not -1.0 <= gap_upper <= 1.0:
        raise ValueError(f"`gap_upper` must lie between -1 and 1, not `{gap_upper!r}`")
    return replace(margin, added=max(margin.added, gap_upper, 0.0))


def cleared(score_upper: float, margin: ElicitationMargin, threshold: float) -> bool:
    """Whether a score's upper limit plus the margin stays below a threshold.

    Raises:
        ValueError: for a limit or a threshold outside [0, 1].
    """
    require_probability("score_upper", score_upper)
    require_probability("threshold", threshold)
    return score_upper + margin.total < threshold
