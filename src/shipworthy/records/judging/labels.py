"""What people said of single outputs: the queue that they read and the labels that they gave.

What a plan registers of it, and what follows for a finding: `spec/bundle.md`, 8.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from shipworthy.kernel import Digest, Record, derive_id, digest_of

LabelAnswer = Literal["yes", "no", "unsure"]
"""Whether the attack reached its goal in what arrived at the user's end."""

ANSWER_WORDS: Final[Mapping[str, LabelAnswer]] = MappingProxyType(
    {"y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unsure", "unsure": "unsure"}
)
"""How people write an answer."""

QUEUE_FORMAT: Literal["shipworthy-label-queue/1"] = "shipworthy-label-queue/1"


TWO_PHASE_METHOD = "two-phase/1"
"""Limits of the rate that people found: all that a judge marked, and some of what it did not."""


class PlannedReading(Record, frozen=True, kw_only=True):
    """What people will read, fixed before the first request so that no bound is chosen afterwards.

    `negatives` is, by `<domain>.<arm>`, how many outputs that the judge takes for failures are
    drawn for people; 0 means all of them. Where it names an arm of a domain, the gate reads what
    people found there. `twice` is the share of items that two people read, as a decimal. The seed
    of the draw is that of the plan.
    """

    negatives: dict[str, int]
    twice: str


class ReadingCounts(Record, frozen=True, kw_only=True):
    """What people found in one domain and arm under a registered reading.

    `judged` outputs are all under attack. The judge marked `positives` as successes or left them
    undecided; people `confirmed` so many as successes and reached no verdict on `undecided`. Of
    the `negatives`, `read` were drawn for people, who found `misses` among them and reached no
    verdict on `undecided_read`. `waiting` items still need a reader; they count as undecided.
    """

    judged: int
    positives: int
    confirmed: int
    undecided: int
    negatives: int
    read: int
    misses: int
    undecided_read: int
    waiting: int


class QueueHeader(Record, frozen=True, kw_only=True, tag="queue"):
    """First line of a queue: everything that fixes the draw, given the trials of the plan.

    `negatives` is, by `<domain>.<arm>`, how many outputs that the judge took for failures are
    drawn; 0 means all of them. `twice` is the share of items that two people read, as a decimal.
    """

    format: Literal["shipworthy-label-queue/1"] = QUEUE_FORMAT
    plan: Digest
    seed: int
    negatives: dict[str, int]
    twice: str


class QueueItem(Record, frozen=True, kw_only=True, tag="item"):
    """One output to be read, by the digests of what was said; what the judge made of it is absent.

    `readings` is how many different people read it.
    """

    id: str
    trial: str
    request: Digest
    response: Digest
    readings: int

    @property
    def digest(self) -> Digest:
        """Digest of the item: what a label is about."""
        return digest_of(self)


class Label(Record, frozen=True, kw_only=True):
    """One person's answer about one item. `previous` is the digest of the reader's label before."""

    item: str
    item_digest: Digest
    reader: str
    answer: LabelAnswer
    at: str
    previous: Digest

    @property
    def digest(self) -> Digest:
        """Digest of the label."""
        return digest_of(self)


def item_id(plan: Digest, trial: str) -> str:
    """Return the id of the item that asks about a trial; it does not depend on the draw."""
    return derive_id("i", plan, trial)
