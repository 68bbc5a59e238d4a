"""From the labels of several people to what is known of each item. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from shipworthy.records import Label, QueueItem
from shipworthy.statistics.judged import Agreement, agreement

CONFIDENCE = 0.95
"""Two-sided level of the intervals that are shown beside rates of agreement and of judges."""


class Consensus(Enum):
    """What people found; all but `YES` and `NO` count against us in both directions."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    DISPUTED = "disputed"
    UNREAD = "unread"

    @property
    def open(self) -> bool:
        """Whether people reached no verdict."""
        return self not in {Consensus.YES, Consensus.NO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An item on which readers differ, with the answer of each, by reader."""

    item: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPair:
    """Two readers and how far they agree on what both of them read."""

    first: str
    second: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All labels of a queue: `answers` by item and reader, `found` by item."""

    answers: Mapping[str, Mapping[str, str]]
    found: Mapping[str, Consensus]
    unread: tuple[str, ...]
    """Items without any label."""
    second_wanted: tuple[str, ...]
    """Items that were read once and are to be read by two people."""

    @property
    def complete(self) -> bool:
        """Whether every reading that the queue asks for was done."""
        return not (self.unread or self.second_wanted)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Items on which readers differ, in the order of the queue; `unsure` differs from both."""
        return tuple(
            Disagreement(item=item, answers=answers)
            for item, answers in self.answers.items()
            if len(set(answers.values())) > 1
        )


def gather(items: Sequence[QueueItem], labels: Iterable[Label]) -> Reading:
    """Put labels to their items.

    Raises:
        ValueError: for a label of no item of the queue, or two of one reader on one item.
    """
    answers: dict[str, dict[str, str]] = {item.id: {} for item in items}
    for label in labels:
        if label.item not in answers or label.reader in answers[label.item]:
            raise ValueError(f"`{label.reader}` cannot label `{label.item}` here, or not twice")
        answers[label.item][label.reader] = label.answer
    for given in answers.values():
        by_reader = sorted(given.items())
        given.clear()
        given.update(by_reader)
    return Reading(
        answers=answers,
        found={item: consensus_of(given.values()) for item, given in answers.items()},
        unread=tuple(item.id for item in items if not answers[item.id]),
        second_wanted=tuple(item.id for item in items if 0 < len(answers[item.id]) < item.readings),
    )


def consensus_of(answers: Iterable[str]) -> Consensus:
    """Return what follows from the answers about one item: two that differ settle nothing."""
    given = set(answers)
    if not given:
        return Consensus.UNREAD
    return Consensus(given.pop()) if len(given) == 1 else Consensus.DISPUTED


def compare_readers(reading: Reading) -> Iterator[ReaderPair]:
    """Yield how far each two readers agree on what both read, by name."""
    both: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for answers in reading.answers.values():
        for first, second in combinations(sorted(answers), 2):
            both[first, second].append((answers[first], answers[second]))
    for (first, second), pairs in sorted(both.items()):
        yield ReaderPair(first=first, second=second, agreement=agreement(pairs, CONFIDENCE))


def next_items(
    items: Sequence[QueueItem], answers: Mapping[str, Mapping[str, str]], reader: str
) -> Iterator[QueueItem]:
    """Yield the items that still need this reader, in the order of the queue."""
    for item in items:
        given = answers[item.id]
        if reader not in given and len(given) < item.readings:
            yield item
