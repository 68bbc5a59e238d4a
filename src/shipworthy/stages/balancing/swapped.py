"""Preferences of a judge that hold in both orders, counted and tested for balance.

A preference that depends on the order is none, so it never makes a skew. It may hide one: balance
is therefore shown only where it would be with every such pair at its worst.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from shipworthy.instruments.balance.swapping import Choice
from shipworthy.stages.balancing.analysis import MeasureBalance, analyse_balance
from shipworthy.stages.balancing.design import BalanceDesign, BalanceVerdict
from shipworthy.stages.balancing.scoring import ScoredPair
from shipworthy.statistics.exact import clopper_pearson
from shipworthy.statistics.interval import Interval

_PREFERENCE: Final = "preference"
_HIDDEN: Final = "pairs on which the two orders disagree could hide a skew"


class Ruling(Enum):
    """What both orders together say of a pair."""

    A = "a"
    """Both orders prefer the answer for view `a`."""
    B = "b"
    """Both orders prefer the answer for view `b`."""
    SAME = "same"
    """Both orders call them the same."""
    POSITION = "position"
    """Both orders prefer what stands first, or both what stands second."""
    WAVERING = "wavering"
    """One order prefers an answer, the other calls them the same."""
    UNDECIDED = "undecided"
    """A reply did not end with one of the three words."""
    FAILED = "failed"
    """A reply is missing."""
    UNANSWERED = "unanswered"
    """An answer to judge is missing; nothing was asked."""


_READ: Final = (Ruling.A, Ruling.B, Ruling.SAME, Ruling.POSITION, Ruling.WAVERING)
"""Rulings on pairs of which both orders were read."""

_AGREED: Final[Mapping[Ruling, float]] = {Ruling.A: 1.0, Ruling.B: -1.0, Ruling.SAME: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """What a judge said of a pair with `a` shown first, and with `b`; None where not asked."""

    topic: str
    task: str
    repeat: int
    choices: tuple[Choice, Choice] | None

    @property
    def id(self) -> str:
        """Topic, task and repeat."""
        return f"{self.topic}/{self.task}/{self.repeat}"

    @property
    def ruling(self) -> Ruling:
        """What both orders together say."""
        return Ruling.UNANSWERED if self.choices is None else ruling_of(*self.choices)

    def swapped(self) -> "JudgedPair":
        """The same pair with its sides exchanged."""
        choices = self.choices and (self.choices[1], self.choices[0])
        return JudgedPair(topic=self.topic, task=self.task, repeat=self.repeat, choices=choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPreference:
    """Mean preference of the pairs of a topic that were read, from -1 (`b`) to 1 (`a`)."""

    topic: str
    pairs: int
    read: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwappedAnalysis:
    """What a judge prefers; `preference` takes a pair on which orders disagree as 0.

    `worst` takes such a pair as open: at its worst, as one that was not read.
    `read` counts pairs of which both orders were read. `position` has two-sided limits, at
    1 - alpha, of the share of them with a preference for a place; it takes pairs as independent,
    and is None where none was read. `reasons` say why the verdict is not BALANCED.
    """

    design: BalanceDesign
    pairs: int
    counts: Mapping[Ruling, int]
    read: int
    position: Interval | None
    preference: MeasureBalance
    worst: MeasureBalance
    topics: tuple[TopicPreference, ...]
    verdict: BalanceVerdict
    reasons: tuple[str, ...]


def ruling_of(a_leading: Choice, b_leading: Choice) -> Ruling:
    """Return what a word with `a` shown first and one with `b` shown first say together."""
    both = (a_leading, b_leading)
    if Choice.FAILED in both:
        return Ruling.FAILED
    if Choice.UNDECIDED in both:
        return Ruling.UNDECIDED
    match both:
        case (Choice.FIRST, Choice.SECOND):
            return Ruling.A
        case (Choice.SECOND, Choice.FIRST):
            return Ruling.B
        case (Choice.SAME, Choice.SAME):
            return Ruling.SAME
        case (Choice.FIRST, Choice.FIRST) | (Choice.SECOND, Choice.SECOND):
            return Ruling.POSITION
        case _:
            return Ruling.WAVERING


def analyse_swapped(judged: Sequence[JudgedPair], design: BalanceDesign) -> SwappedAnalysis:
    """Count what both orders say and test the preferences for balance and for skew.

    Pairs that are undecided, failed or unanswered stand at their worst. `refusal_margin` of the
    design is not used.

    Raises:
        Problem: `balance-topics` for fewer than two topics.
    """
    counts = dict.fromkeys(Ruling, 0)
    for pair in judged:
        counts[pair.ruling] += 1
    read = sum(counts[ruling] for ruling in _READ)
    preference = _tested(judged, design, doubtful=0.0)
    worst = _tested(judged, design, doubtful=None)
    verdict, reasons = preference.verdict, preference.reasons
    if verdict is BalanceVerdict.BALANCED and worst.verdict is not BalanceVerdict.BALANCED:
        verdict, reasons = BalanceVerdict.NOT_SHOWN, (_HIDDEN,)
    position = counts[Ruling.POSITION]
    return SwappedAnalysis(
        design=design,
        pairs=len(judged),
        counts=counts,
        read=read,
        position=clopper_pearson(position, read, 1.0 - design.alpha) if read else None,
        preference=preference,
        worst=worst,
        topics=tuple(_by_topic(judged)),
        verdict=verdict,
        reasons=reasons,
    )


def _tested(
    judged: Sequence[JudgedPair], design: BalanceDesign, *, doubtful: float | None
) -> MeasureBalance:
    scored = [
        ScoredPair(
            topic=pair.topic,
            task=pair.task,
            repeat=pair.repeat,
            differences=None if value is None else {_PREFERENCE: value},
            refused=None,
        )
        for pair in judged
        for value in [_value(pair.ruling, doubtful)]
    ]
    return analyse_balance(scored, design, [_PREFERENCE]).measures[0]


def _value(ruling: Ruling, doubtful: float | None) -> float | None:
    if ruling in _AGREED:
        return _AGREED[ruling]
    return doubtful if ruling in _READ else None


def _by_topic(judged: Sequence[JudgedPair]) -> list[TopicPreference]:
    grouped: dict[str, list[float | None]] = {}
    for pair in judged:
        grouped.setdefault(pair.topic, []).append(_value(pair.ruling, 0.0))
    found = []
    for topic, values in sorted(grouped.items()):
        kept = [value for value in values if value is not None]
        mean = sum(kept) / len(kept) if kept else None
        found.append(TopicPreference(topic=topic, pairs=len(values), read=len(kept), mean=mean))
    return found
