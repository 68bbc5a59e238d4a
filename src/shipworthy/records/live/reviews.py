"""Lines of the files that a review of live traffic keeps: each names the one before it."""

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.records.live.exchanges import ExchangeContent
from shipworthy.records.live.prevalence import ReviewDraw, ReviewLabel


class DrawLine(Record, frozen=True, kw_only=True, tag="draw-line"):
    """One draw, as it was kept before anybody read; `previous` is empty for the first."""

    previous: Digest
    draw: ReviewDraw

    @property
    def digest(self) -> Digest:
        """Digest of the line: what the next one names."""
        return digest_of(self)


class LabelLine(Record, frozen=True, kw_only=True, tag="label-line"):
    """One answer of a reader, and the digest of what the reader was shown."""

    previous: Digest
    shown: Digest
    label: ReviewLabel

    @property
    def digest(self) -> Digest:
        """Digest of the line: what the next one names."""
        return digest_of(self)


class ReviewItem(Record, frozen=True, kw_only=True, tag="review-item"):
    """What a reader is shown of an exchange: what was asked and answered, and nothing else.

    Neither score nor verdict, account, model or time are in it: a reader who knew them would follow
    them.
    """

    item: str
    content: ExchangeContent

    @property
    def digest(self) -> Digest:
        """Digest of what is shown."""
        return digest_of(self)
