"""What the lint of prose finds, and what a rule for prose is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose, Sentence

Sureness = Literal["certain", "suspicion"]
"""`certain`: what is shown is wrong as it stands. `suspicion`: a person has to read the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseFinding:
    """One statement that cannot carry what it claims, or may not.

    Attributes:
        rule: id of the rule.
        sure: how sure the rule is.
        line: 1-based line of the phrase; 0 where the document has no lines.
        place: where it stands, in words, where there are no lines.
        phrase: the words that the rule met.
        table: number of the table in which it stands, or 0.
    """

    rule: str
    sure: Sureness
    line: int
    place: str
    phrase: str
    table: int = 0


class ProseRule(Protocol):
    """One check of prose, and what people read about it."""

    @property
    def id(self) -> str:
        """Stable id, lower case with hyphens."""

    @property
    def sure(self) -> Sureness:
        """How sure its findings are."""

    @property
    def title(self) -> str:
        """What it finds, in a few words."""

    @property
    def why(self) -> str:
        """One sentence, without a full stop: why it matters."""

    @property
    def advice(self) -> str:
        """What would be right."""

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield what is wrong, in the order of the document."""


def found(rule: ProseRule, sentence: Sentence, start: int, end: int) -> ProseFinding:
    """Return a finding about the words from `start` to `end` of a sentence."""
    passage = sentence.passage
    return ProseFinding(
        rule=rule.id,
        sure=rule.sure,
        line=passage.line_at(sentence.start + start),
        place=passage.place,
        phrase=" ".join(sentence.text[start:end].split()),
        table=passage.table,
    )
