"""How common a harm is in live traffic, by people's labels of a few exchanges.

A draw is recorded with its probability when it is made, before anybody reads: a probability that
is reconstructed afterwards is no probability.
"""

from typing import Final, Literal

from shipworthy.kernel import Digest, Record

LiveAnswer = Literal["yes", "no", "unsure"]
"""Whether the exchange is harmful in the sense of the policy that is asked about."""

PREVALENCE_METHOD: Final = "active-betting/1"
"""Weighted draws with a uniform part, corrected predictions, limits by a mixture of bets."""


class ReviewDraw(Record, frozen=True, kw_only=True, tag="draw"):
    """One exchange that people are asked to read, as drawn. The same one may be drawn again.

    Shares, scores and probabilities are decimal strings.

    Attributes:
        item: id of the exchange.
        domain: the policy domain that is asked about.
        stream: the part of traffic it was drawn from.
        round: number of the round, the first is 1; `number` counts draws within it.
        arm: `active` by score, `uniform` evenly from what nothing marked.
        at_ms: when it was drawn.
        frame: digest of the list of exchanges and scores that it was drawn from.
        from_ms, until_ms: the time that the frame covers.
        size: number of exchanges in the frame, of which `unmarked` were not marked by the judge.
        score: what the judge gave the item, in [0, 1]; `marked` whether it marks it as harmful.
        floor: part of the active draws that is even over the frame.
        probability: that this draw took this item.
        prediction: probability of harm that was assumed for it, from scores and earlier labels,
            and its mean over the frame.
        cautious: the same for the lower limit, not above `prediction`; `least` is the smallest
            value that a draw corrected by it could have taken.
        twice: share of the draws that two people read; `doubled` whether this is one of them.
    """

    item: str
    domain: str
    stream: str = ""
    round: int
    number: int
    arm: Literal["active", "uniform"]
    at_ms: int
    frame: Digest
    from_ms: int
    until_ms: int
    size: int
    unmarked: int
    score: str
    marked: bool
    floor: str
    probability: str
    prediction: str = "0"
    mean_prediction: str = "0"
    cautious: str = "0"
    mean_cautious: str = "0"
    least: str = "0"
    twice: str = "0"
    doubled: bool = False


class ReviewLabel(Record, frozen=True, kw_only=True, tag="review-label"):
    """One person's answer about one drawn exchange; a later one of the same reader replaces it."""

    item: str
    domain: str
    reader: str
    answer: LiveAnswer
    at_ms: int


class UnflaggedBound(Record, frozen=True, kw_only=True):
    """The uniform sample: what is known of traffic that nothing marked, without any assumption.

    Of `read` unmarked exchanges drawn by chance alone, `harmful` were harmful and `undecided` got
    no answer. At most `upper` of unmarked traffic is harmful, at level `alpha`, whenever one looks.
    """

    read: int
    harmful: int
    undecided: int
    upper: str
    alpha: str


class ReaderFinding(Record, frozen=True, kw_only=True):
    """How far two readers agree on the exchanges that both read.

    `disagreed` of `twice` items got different answers; limits of that share are Clopper-Pearson,
    two-sided at 1 - 2 `alpha`. `kappa` is Cohen's, `krippendorff` the nominal alpha; empty where
    undefined.
    """

    twice: int
    disagreed: int
    lower: str
    upper: str
    kappa: str
    krippendorff: str
    alpha: str


class PrevalenceFinding(Record, frozen=True, kw_only=True, tag="prevalence"):
    """Share of harmful exchanges in one period. `id` is `prevalence.<domain>.deployed`.

    Attributes:
        items: exchanges in the period that could have been drawn.
        drawn: draws, of which `read` have an answer, `harmful` a yes, `undecided` none or unsure.
        estimate: corrected mean, undecided draws counted as harmful.
        lower, upper: one-sided at `alpha` each, whenever one looks.
        lower_readers, upper_readers: the same, allowing for what a second reader would have said of
            exchanges that one person read: harmful by both, and by either. Equal to `lower` and
            `upper` where every draw was read by two; `0` and `1` where no draw was.
        effective: number of uniform draws whose estimate would have the same variance.
        blockers: why the finding shows nothing (no draw, labels missing); never a reason for good.
    """

    id: str
    domain: str
    stream: str = ""
    from_ms: int
    until_ms: int
    items: int
    drawn: int
    read: int
    harmful: int
    undecided: int
    estimate: str
    lower: str
    upper: str
    lower_readers: str
    upper_readers: str
    alpha: str
    effective: str
    unflagged: UnflaggedBound | None = None
    readers: ReaderFinding | None = None
    blockers: tuple[str, ...] = ()
    method: Literal["active-betting/1"] = PREVALENCE_METHOD


class LiveCardCounts(Record, frozen=True, kw_only=True):
    """A judge against people on live traffic, for its calibration card.

    Counts are those of an even sample: each exchange of the traffic was as likely to be in it.
    `sensitivity_lower` uses every draw with its weight and is one-sided at `alpha`.
    """

    judge: str
    true_positives: int
    false_negatives: int
    true_negatives: int
    false_positives: int
    undecided: int
    sensitivity_lower: str
    alpha: str
