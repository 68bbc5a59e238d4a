"""Is the field the laboratory? Replaying frozen scenarios through the deployed path.

With d = 1 where a scenario succeeds only in the field, -1 where only in the laboratory and 0
otherwise, the claim "the field is worse by less than delta" rejects E[d] >= delta. The product of
1 + l (delta - d) over scenarios, with l = f / (1 - delta), has mean at most 1 under E[d] >= delta
for every stake f in [0, 1]; so has a mixture over stakes. It may be looked at after every scenario,
and reaches 1 / alpha with probability at most alpha if the field is worse by delta or more (Ville
1939; bets of Waudby-Smith and Ramdas 2024). The opposite claim, "worse by more than delta", bets
the other way. Neither being shown is inconclusive; it never means that there is no difference.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import NoReturn, Self

from shipworthy.statistics.counts import require_alpha, require_count

STAKES = (0.95, 0.8, 0.6, 0.4, 0.25, 0.1)
"""Stakes of the mixture, with equal weights."""


class FieldVerdict(Enum):
    """How the field compares with the laboratory. It has no truth value: compare it."""

    NOT_WORSE = "not-worse"
    """Shown: worse by less than the margin, if at all."""
    WORSE = "worse"
    """Shown: worse by more than the margin."""
    NOT_SHOWN = "not-shown"
    """Neither so far. This is inconclusive."""

    def __bool__(self) -> NoReturn:
        raise TypeError("FieldVerdict has three values: compare it, do not use it as a condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCounts:
    """Replayed scenarios by where they succeeded. The order does not matter to the evidence.

    `unassessed` lacks one of the two outcomes or both.

    Raises:
        ValueError: for a negative or fractional count.
    """

    field_only: int = 0
    lab_only: int = 0
    same: int = 0
    unassessed: int = 0

    def __post_init__(self) -> None:
        for name in ("field_only", "lab_only", "same", "unassessed"):
            require_count(name, getattr(self, name))

    @property
    def scenarios(self) -> int:
        """Scenarios replayed, assessed or not."""
        return self.field_only + self.lab_only + self.same + self.unassessed

    def add(self, *, lab: bool | None, field: bool | None) -> Self:
        """Counts after one more scenario; None is an outcome that was not assessed."""
        if lab is None or field is None:
            return replace(self, unassessed=self.unassessed + 1)
        if lab == field:
            return replace(self, same=self.same + 1)
        if field:
            return replace(self, field_only=self.field_only + 1)
        return replace(self, lab_only=self.lab_only + 1)


def log_evidence_not_worse(counts: FieldCounts, delta: float) -> float:
    """Natural logarithm of the e-value against "worse in the field by `delta` or more".

    An unassessed scenario counts as one that succeeded only in the field.

    Raises:
        ValueError: for a margin outside (0, 1).
    """
    _require_margin(delta)
    against = counts.field_only + counts.unassessed
    return _log_mixture(delta, 1.0 - delta, (against, counts.same, counts.lab_only))


def log_evidence_worse(counts: FieldCounts, delta: float) -> float:
    """Natural logarithm of the e-value against "worse in the field by `delta` or less".

    An unassessed scenario counts as one that succeeded only in the laboratory.

    Raises:
        ValueError: for a margin outside (0, 1).
    """
    _require_margin(delta)
    against = counts.lab_only + counts.unassessed
    return _log_mixture(-delta, 1.0 + delta, (against, counts.same, counts.field_only))


def field_verdict(counts: FieldCounts, delta: float, alpha: float) -> FieldVerdict:
    """What the replays show so far, each claim with error at most `alpha` at any stopping time.

    To stop at the first claim shown, call it after every scenario and keep the first verdict other
    than NOT_SHOWN.

    Raises:
        ValueError: for a margin outside (0, 1) or a level outside (0, 0.5).
    """
    require_alpha(alpha)
    needed = -math.log(alpha)
    if log_evidence_not_worse(counts, delta) >= needed:
        return FieldVerdict.NOT_WORSE
    if log_evidence_worse(counts, delta) >= needed:
        return FieldVerdict.WORSE
    return FieldVerdict.NOT_SHOWN


def _log_mixture(margin: float, room: float, counts: tuple[int, int, int]) -> float:
    """Mixture of bets on values 1, 0 and -1 with a mean below `margin`, seen `counts` times."""
    terms = []
    for stake in STAKES:
        rate = stake / room
        gains = (
            n * math.log1p(rate * (margin - d)) for n, d in zip(counts, (1, 0, -1), strict=True)
        )
        terms.append(math.fsum(gains))
    top = max(terms)
    return top + math.log(math.fsum(math.exp(term - top) for term in terms) / len(STAKES))


def _require_margin(delta: float) -> None:
    if not 0.0 < delta < 1.0:
        raise ValueError(f"`delta` must lie strictly between 0 and 1, not `{delta!r}`")
