"""Hedges that undo a duty as a whole: overrides without conditions, and rating again."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.text.hedged_phrases import HedgedPhrase, hedged_phrases
from shipworthy.frameworks.lint.weight import clause_about

_OVERRIDES: Final = {"competitors": "what others do", "benefits": "benefits"}
_GRAVE: Final = ("halt", "threshold", "security")
_AGAIN: Final = re.compile(
    r"\bre-?(?:rat|assess|evaluat)|\b(?:add|new) (?:threat )?(?:scenarios?|outcomes?)"
    r"|\bbarriers?\b",
    re.IGNORECASE,
)
"""What a phrase without a declared class must say: `subject to revision` alone is too little."""


class UnboundedOverride:
    """Finds hedges by which others, or benefits, undo a duty under no stated condition."""

    id: ClassVar[str] = "unbounded-override"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "an override without conditions"
    why: ClassVar[str] = "without conditions nobody can tell a use of the override from a breach"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each clause and class, by a declared phrase where there is one."""
        chosen: dict[tuple[str, str], HedgedPhrase] = {}
        for one in hedged_phrases(document):
            key = (one.clause.id, one.kind)
            open_ended = one.kind in _OVERRIDES and not one.bounded_by
            if open_ended and (key not in chosen or one.declared):
                chosen[key] = one
        for one in chosen.values():
            grave = clause_about(one.clause) in _GRAVE
            cause = _OVERRIDES[one.kind]
            yield LintFinding(
                rule=self.id,
                severity="error" if grave and one.declared else "warning",
                message=f"{cause} may override clause `{one.clause.id}`, on no stated condition",
                subject=Subject("clause", one.clause.id),
                clauses=(one.clause.id,),
                advice="state who must find what before it is used, and encode it as `bounded_by`",
            )


class ReRating:
    """Finds duties to stop that end when the scope is changed and the risk is rated again."""

    id: ClassVar[str] = "re-rating"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a stop that ends by rating again"
    why: ClassVar[str] = "whoever may change what counts can lift every stop without less risk"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each re-scoping hedge on a halt or on the worst level."""
        for one in hedged_phrases(document):
            worst = one.clause.level.casefold() == "critical"
            grave = worst or clause_about(one.clause) == "halt"
            sure = one.declared or _AGAIN.search(one.phrase)
            if one.kind == "rescoping" and grave and sure:
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"clause `{one.clause.id}` lets the scope change after the rating, "
                    "and rates again",
                    subject=Subject("clause", one.clause.id),
                    clauses=(one.clause.id,),
                    advice="let a change of scope count only for later models",
                )
