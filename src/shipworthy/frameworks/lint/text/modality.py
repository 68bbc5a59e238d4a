"""How firmly clauses speak: weak verbs, two strengths for one rule, contradiction."""

from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.weight import ABOUT_WORDS, Weight, clause_about, weigh, weigh_all

_COUNTING: Final = ("halt", "threshold", "security", "disclosure")
_WEAK: Final[dict[str, Weight]] = {"aim": "middling", "may": "strong", "recommend": "strong"}
_WORDS: Final = {
    "must": "a duty",
    "aim": "an aim",
    "may": "a possibility",
    "recommend": "a recommendation",
}


class WeakModality:
    """Finds clauses about halting, thresholds, security or disclosure that bind nobody."""

    id: ClassVar[str] = "weak-modality"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a weak verb where it counts"
    why: ClassVar[str] = "what is only intended or possible can be left undone without a breach"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each such clause."""
        bounded = {one.hedge.clause for one in document.hedges if one.bounded_by}
        for clause in document.clauses:
            if clause.modality in _WEAK and clause_about(clause) in _COUNTING:
                about = ABOUT_WORDS[clause_about(clause)]
                yield LintFinding(
                    rule=self.id,
                    severity=weigh(_WEAK[clause.modality], clause, bounded=clause.id in bounded),
                    message=f"clause `{clause.id}` on {about} is {_WORDS[clause.modality]}",
                    subject=Subject("clause", clause.id),
                    clauses=(clause.id,),
                    advice="make it a duty: must, with an actor and a condition",
                )


class ModalityConflict:
    """Finds rules and requirements whose clauses speak with different strength."""

    id: ClassVar[str] = "modality-conflict"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "two strengths for one rule"
    why: ClassVar[str] = "whoever prefers the weaker wording can cite it"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each rule or requirement whose clauses differ."""
        clauses = {clause.id: clause for clause in document.clauses}
        for declared in document.rules:
            rule = declared.rule
            cited = [(Subject("rule", rule.id), rule.clauses)]
            cited += [
                (Subject("requirement", one.id), one.clauses)
                for one in rule.requires
                if one.clauses != rule.clauses
            ]
            for subject, names in cited:
                yield from self._compared(
                    subject, [clauses[name] for name in names if name in clauses]
                )

    def _compared(self, subject: Subject, clauses: list[Clause]) -> Iterator[LintFinding]:
        by_strength: dict[str, list[str]] = {}
        for clause in clauses:
            by_strength.setdefault(clause.modality, []).append(clause.id)
        if len(by_strength) < 2:
            return
        parts = [f"{_WORDS[word]} in {', '.join(names)}" for word, names in by_strength.items()]
        yield LintFinding(
            rule=self.id,
            severity=weigh_all("middling", clauses),
            message=f"{subject.kind} `{subject.id}` rests on {' and on '.join(parts)}",
            subject=subject,
            clauses=tuple(clause.id for clause in clauses),
            rules=(subject.id,),
            advice="say in the source which wording holds; until then the stricter one is encoded",
        )


class Contradiction:
    """Finds pairs of clauses that the encoder marked as impossible beside each other."""

    id: ClassVar[str] = "contradiction"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "two clauses that cannot both hold"
    why: ClassVar[str] = "a text that says both allows either"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each pair, at the clause that comes first."""
        order = {clause.id: index for index, clause in enumerate(document.clauses)}
        by_id = {clause.id: clause for clause in document.clauses}
        pairs = {
            tuple(sorted((clause.id, other), key=order.__getitem__))
            for clause in document.clauses
            for other in clause.contradicts
            if other in order
        }
        for first, second in sorted(pairs, key=lambda pair: [order[name] for name in pair]):
            yield LintFinding(
                rule=self.id,
                severity=weigh_all("strong", [by_id[first], by_id[second]]),
                message=f"clauses `{first}` and `{second}` cannot both hold",
                subject=Subject("clause", first),
                clauses=(first, second),
                advice="say in the source which one holds",
            )
