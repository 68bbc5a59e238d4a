"""What a lint rule is, and what it finds.

A rule reads a typed document and yields findings. It names the things that a finding is about by
kind and id; the engine adds where they stand in the files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.kernel import Location

LintSeverity = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[LintSeverity, ...]] = ("error", "warning", "note")
"""Most severe first."""

SubjectKind = Literal[
    "clause",
    "rule",
    "requirement",
    "field",
    "hedge",
    "term",
    "domain",
    "evaluation",
    "role",
    "element",
    "governance",
    "decisions",
    "exemption",
    "framework",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that a finding is about: what kind of thing, and its id.

    The kinds `governance`, `decisions` and `framework` have no id of their own; theirs is empty.
    An exemption has its index, from 0.
    """

    kind: SubjectKind
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """One thing that a rule found.

    Attributes:
        rule: id of the lint rule.
        severity: how much it matters here.
        message: one sentence, without the place.
        subject: what it is about; its place is the finding's place.
        clauses: ids of the clauses that show it.
        rules: ids of the rules and requirements of the framework that show it.
        advice: what would be right.
        location: where the subject stands; the engine fills it in.
    """

    rule: str
    severity: LintSeverity
    message: str
    subject: Subject
    clauses: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    advice: str = ""
    location: Location | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every id by which an exemption may point at the finding."""
        return frozenset({self.subject.id, *self.clauses, *self.rules} - {""})


class RuleCard(Protocol):
    """What people read about a lint rule."""

    @property
    def id(self) -> str:
        """Stable id, lower case with hyphens; also the name of its page in `docs/lint`."""

    @property
    def severity(self) -> LintSeverity:
        """The most severe that a finding of the rule can be."""

    @property
    def title(self) -> str:
        """What it finds, in a few words."""

    @property
    def why(self) -> str:
        """One line: why it matters."""


class LintRule(RuleCard, Protocol):
    """One check of a framework. It keeps no state: the same document, the same findings."""

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield what is wrong, in the document's order."""
