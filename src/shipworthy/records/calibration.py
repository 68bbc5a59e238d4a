"""The calibration card of a judge: what it was checked against and how often it was right."""

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
