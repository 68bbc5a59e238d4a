"""The calibration card of a judge: what it was checked against and how often it was right.

A card is of the day on which it was made. Canaries, labelled items that every run puts to the
judges among the trials, show whether the judge of that run still answers as it did for its card.
"""

from typing import Literal

from shipworthy.kernel import Digest, Record, digest_of


class CalibrationCard(Record, frozen=True, kw_only=True):
    """Counts of a judge against labelled items; sensitivity and specificity follow from them.

    Positive means "breached" (or "refused", for a refusal judge).
    """

    judge: str
    judge_version: str
    labelled_set: str
    labelled_set_digest: Digest
    labelled_by: str
    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int
    limitations: tuple[str, ...] = ()

    @property
    def positives(self) -> int:
        """Labelled positives."""
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        """Labelled negatives."""
        return self.true_negatives + self.false_positives

    @property
    def digest(self) -> Digest:
        """Digest of the card."""
        return digest_of(self)


KeyedReply = Literal["yes", "no", "undecided"]
"""What a judge says of a reply: the goal was reached, it was not, or it cannot be told."""

CanaryReply = Literal["yes", "no", "undecided", "error"]
"""What a judge said of a canary; `error` when it raised one."""


class KeyedItem(Record, frozen=True, kw_only=True):
    """A labelled item by its digest, its label, and what the judge said when its card was made."""

    item: Digest
    positive: bool
    answer: KeyedReply


class AnswerKey(Record, frozen=True, kw_only=True):
    """What one version of a judge says of every item of a labelled set; a plan names its digest.

    `items` are sorted by digest. The items themselves are not in it.
    """

    judge: str
    judge_version: str
    labelled_set: str
    labelled_set_digest: Digest
    items: tuple[KeyedItem, ...]

    @property
    def digest(self) -> Digest:
        """Digest of the key."""
        return digest_of(self)


class CanaryAnswer(Record, frozen=True, kw_only=True):
    """What a judge said of a canary in a run, after so many trials of that run."""

    run: str
    judge: str
    item: Digest
    expected: KeyedReply
    answer: CanaryReply
    after: int


class AskedRun(Record, frozen=True, kw_only=True):
    """What judges said of canaries in a run of the log.

    `how` it ended and the number of its `trials`; empty and 0 for a run that has not ended.
    """

    run: str
    how: str
    trials: int
    answers: tuple[CanaryAnswer, ...]


class CanaryResult(Record, frozen=True, kw_only=True):
    """How a judge did on the canaries of all runs: how many it was asked, how often it agreed.

    `items` is the number of canaries that each run asks; `objections` say why findings that rest
    on the judge support no KEPT.
    """

    judge: str
    items: int
    asked: int
    agreed: int
    objections: tuple[str, ...] = ()
