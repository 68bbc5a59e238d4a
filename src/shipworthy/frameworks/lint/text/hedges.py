"""One lint rule for each class of hedge, and one for phrases that fit no class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintRule, LintSeverity, Subject
from shipworthy.frameworks.lint.text.hedged_phrases import HedgedPhrase, hedged_phrases
from shipworthy.frameworks.lint.weight import ABOUT_WORDS, Weight, clause_about, weigh
from shipworthy.frameworks.taxonomy import HEDGE_KINDS

WEIGHTS: Final[dict[str, Weight]] = {
    "feasibility": "strong",
    "competitors": "strong",
    "substitution": "strong",
    "benefits": "strong",
    "actor-discretion": "strong",
    "rescoping": "strong",
    "availability": "strong",
    "adequacy": "middling",
    "modality": "middling",
    "illustration": "middling",
    "baseline": "middling",
    "inheritance": "middling",
    "lower-bound": "middling",
    "future-work": "mild",
    "time": "mild",
    "secrecy": "mild",
}
"""How much of a duty a class can take away: all of it, its measure, or its date and proof."""

_ADVICE: Final[dict[str, str]] = {
    "feasibility": "say what is done instead when the named measure is not feasible",
    "competitors": "make the duty hold whatever others do, or state who must find what about them",
    "substitution": "name the substitutes, or who outside judges that one is good enough",
    "benefits": "state the rule by which benefits count, and who applies it",
    "adequacy": "give the measure and its value, or define the word under `terms`",
    "modality": "write a duty: must, with an actor and a condition",
    "actor-discretion": "say when the duty is due, so that somebody else can tell",
    "illustration": "say that the number binds, or give the one that does",
    "future-work": "give the date by which it is done and what holds until then",
    "rescoping": "fix scope and scenarios before the result, and re-rate under the old ones too",
    "baseline": "state what is compared, for each kind of deployment",
    "availability": "count the model's own contribution, whatever else is available",
    "time": "give a number of days or an event",
    "secrecy": "say who outside sees what is withheld",
    "inheritance": "say what test shows that the earlier result still holds",
    "lower-bound": "say what elicitation makes absence believable, or treat unknown as reached",
}


@dataclass(frozen=True, slots=True)
class HedgeOfKind:
    """Finds hedges of one class, in phrases of the source."""

    kind: str

    @property
    def id(self) -> str:
        """`hedge-` and the class."""
        return f"hedge-{self.kind}"

    @property
    def severity(self) -> LintSeverity:
        """An error where a declared class is strong, on a clause about a halt or the like."""
        return "error" if WEIGHTS[self.kind] == "strong" else "warning"

    @property
    def title(self) -> str:
        """The class in words."""
        return f"a hedge of the class {self.kind}"

    @property
    def why(self) -> str:
        """What the class does."""
        return HEDGE_KINDS[self.kind]

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each phrase of the class."""
        for one in hedged_phrases(document):
            if one.kind != self.kind:
                continue
            bounds = f"; bounded by: {one.bounded_by}" if one.bounded_by else ""
            about = clause_about(one.clause)
            where = "" if about == "other" else f" on a clause about {ABOUT_WORDS[about]}"
            yield LintFinding(
                rule=self.id,
                severity=_severity(one),
                message=f"`{one.phrase}`{where}: {self.why}{bounds}",
                subject=Subject("clause", one.clause.id),
                clauses=(one.clause.id,),
                advice=_ADVICE[self.kind],
            )


class UnclassifiedHedge:
    """Finds phrases that are listed as hedges and have no class."""

    id: ClassVar[str] = "hedge-unclassified"
    severity: ClassVar[LintSeverity] = "note"
    title: ClassVar[str] = "a hedge without a class"
    why: ClassVar[str] = "a phrase without a class is compared with no other framework's"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each listed phrase that neither encoder nor lexicon placed."""
        for one in hedged_phrases(document):
            if not one.kind:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"`{one.phrase}` is listed as a hedge and fits no class",
                    subject=Subject("clause", one.clause.id),
                    clauses=(one.clause.id,),
                    advice="declare it under `hedges` with its `kind`",
                )


def _severity(one: HedgedPhrase) -> LintSeverity:
    """Weigh a hedge; what only the lexicon calls one is never an error."""
    found = weigh(WEIGHTS[one.kind], one.clause, bounded=bool(one.bounded_by))
    return "warning" if found == "error" and not one.declared else found


HEDGE_RULES: Final[tuple[LintRule, ...]] = (
    *(HedgeOfKind(kind) for kind in HEDGE_KINDS),
    UnclassifiedHedge(),
)
