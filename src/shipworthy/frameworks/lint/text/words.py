"""Words on which something turns: defined or not; dates and offices that are missing."""

from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, FrameworkDocument, Term
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.text.defined import defines, undefined_below
from shipworthy.frameworks.lint.text.lexicon import PATTERNS, kinds_of
from shipworthy.frameworks.lint.weight import clause_about, weigh
from shipworthy.records import LevelField, QuantityField

_DATED_TOPICS: Final = frozenset({"cadence", "incidents", "report", "authorities"})
_GRAVE: Final = ("halt", "threshold", "security")


class UndefinedTerm:
    """Finds words on which something turns and that nobody defines."""

    id: ClassVar[str] = "undefined-term"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a word without a definition"
    why: ClassVar[str] = "whoever applies the clause decides what it means"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each term, then for each word of measure in a grave clause."""
        terms = {term.id: term for term in document.terms}
        for term in document.terms:
            yield from self._term(term, terms)
        for clause in document.clauses:
            yield from self._clause(clause, document)

    def _term(self, term: Term, terms: dict[str, Term]) -> Iterator[LintFinding]:
        if not term.definition:
            message = f"`{term.phrase}` is not defined"
        elif missing := undefined_below(term, terms):
            shown = ", ".join(f"`{phrase}`" for phrase in missing)
            message = f"`{term.phrase}` is defined by {shown}, which is not defined"
        else:
            return
        yield LintFinding(
            rule=self.id,
            severity=self.severity,
            message=message,
            subject=Subject("term", term.id),
            advice="define it by something that can be observed",
        )

    def _clause(self, clause: Clause, document: FrameworkDocument) -> Iterator[LintFinding]:
        found = PATTERNS["adequacy"].search(clause.paraphrase)
        if found is None or clause_about(clause) not in _GRAVE:
            return
        if any(PATTERNS["adequacy"].search(text) for text in (*clause.hedges, clause.anchor)):
            return  # the source's own words are reported by `hedge-adequacy`
        if defines(document.terms, clause.paraphrase):
            return
        yield LintFinding(
            rule=self.id,
            severity=weigh("mild", clause),
            message=f"clause `{clause.id}` turns on `{found.group().casefold()}`, which no term "
            "defines",
            subject=Subject("clause", clause.id),
            clauses=(clause.id,),
            advice="add the source's definition under `terms`, or the term without one",
        )


class NoDeadline:
    """Finds duties to report, to repeat or to react that say no time."""

    id: ClassVar[str] = "no-deadline"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a duty without a date"
    why: ClassVar[str] = "a report, a repetition or a reaction that is never due is never late"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each duty of disclosure, cadence or incidents without a time."""
        for clause in document.clauses:
            due = clause.category == "EC5" or _DATED_TOPICS & set(clause.topics)
            text = " ".join((clause.paraphrase, clause.anchor, *clause.hedges))
            if "secrecy" in kinds_of(text):
                continue
            if due and clause.modality in {"must", "aim"} and not clause.deadline:
                yield LintFinding(
                    rule=self.id,
                    severity=weigh("middling", clause),
                    message=f"clause `{clause.id}` does not say when its duty is due",
                    subject=Subject("clause", clause.id),
                    clauses=(clause.id,),
                    advice="give a number of days or an event, and encode it as `deadline`",
                )


class UnnamedRole:
    """Finds roles that the source describes without naming them."""

    id: ClassVar[str] = "unnamed-role"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a role that nobody is named for"
    why: ClassVar[str] = "a body that is only described can be any body, or none"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each; a note where nothing rests on the role."""
        governance = document.governance
        deciding = {role for right in governance.decides for role in right.roles}
        deciding.update(governance.quorum, _judges(document))
        rights = {right.clause: right.roles for right in governance.decides}
        for role in governance.roles:
            if role.named:
                continue
            yield LintFinding(
                rule=self.id,
                severity="warning" if role.id in deciding else "note",
                message=f"role `{role.id}` is described and not named",
                subject=Subject("role", role.id),
                clauses=tuple(clause for clause, roles in rights.items() if role.id in roles),
                advice="name the office, so that somebody holds it",
            )


def _judges(document: FrameworkDocument) -> Iterator[str]:
    for declared in document.fields:
        if isinstance(declared.field, LevelField | QuantityField) and declared.field.judged_by:
            yield declared.field.judged_by
