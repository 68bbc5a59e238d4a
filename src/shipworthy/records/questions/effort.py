"""Would more attempts have shown more? What the second half of them added to the first."""

from typing import Final, Literal

from shipworthy.kernel import Digest, Record
from shipworthy.vocabulary import Arm

EFFORT_METHOD: Final = "clopper-pearson-late/1"
"""Clopper-Pearson limits of the share of scenarios that succeed late only."""


class EffortFinding(Record, frozen=True, kw_only=True):
    """What the last attempts added, where every scenario was tried `attempts` times.

    `id` is that of the finding for single attempts. Attempts are taken in the order of their seeds,
    which is chance. A scenario is `early` when one of its first `half` attempts succeeded, half
    rounded down; else `open` when one of those is unassessed, or a later one that would decide;
    else `late` when a later one succeeded, and `never`. `lower` and `upper` limit the share of late
    ones among all, one-sided at `alpha` each, open ones counted against either. `cut` counts
    attempts without success whose reply ended at the token limit: with more tokens they might have.
    The record explains; no requirement reads it.
    """

    id: str
    metric: Literal["asr", "capability"]
    domain: str
    arm: Arm
    attempts: int
    half: int
    early: int
    late: int
    never: int
    open: int
    cut: int
    lower: str
    upper: str
    alpha: str
    plan: Digest
    method: str = EFFORT_METHOD

    @property
    def still_rising(self) -> bool:
        """Whether scenarios succeeded only in the second half, and some are left that may yet."""
        return self.late > 0 and self.never + self.open > 0
