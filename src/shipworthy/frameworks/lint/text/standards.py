"""By what measure a level is entered: one standard a level, and a baseline for every uplift."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, DeclaredField, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.weight import weigh_all
from shipworthy.records import LevelField

_UPLIFT: Final = re.compile(
    r"\buplift|\bcontribut|\bunique(?:ly)?\b|\benabl(?:e|es|ing) |\bassist(?:s|ed|ing|ance)?\b"
    r"|\baccelerat|\bspeed-?up|\bspeeds? up|\bcheaper\b|\blower(?:s|ing)? (?:the )?(?:barrier|cost)"
    r"|\border of magnitude",
    re.IGNORECASE,
)


class MixedStandard:
    """Finds levels that several clauses enter by different causal standards."""

    id: ClassVar[str] = "mixed-standard"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "two standards for one level"
    why: ClassVar[str] = "the same model is at the level by one clause and below it by another"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each level with more than one standard."""
        by_level: dict[str, list[Clause]] = {}
        for clause in document.clauses:
            if clause.level and clause.standard:
                by_level.setdefault(_folded(clause.level), []).append(clause)
        for clauses in by_level.values():
            standards = list({_folded(one.standard): one.standard for one in clauses}.values())
            if len(standards) < 2:
                continue
            shown = " and by ".join(f"`{standard}`" for standard in standards)
            yield LintFinding(
                rule=self.id,
                severity=weigh_all("middling", clauses),
                message=f"level `{clauses[0].level}` is entered by {shown}",
                subject=Subject("clause", clauses[0].id),
                clauses=tuple(clause.id for clause in clauses),
                advice="enter one level by one standard, or give the weaker one a level of its own",
            )


class NoBaseline:
    """Finds fields about uplift that do not say what is compared."""

    id: ClassVar[str] = "no-baseline"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "uplift without a baseline"
    why: ClassVar[str] = "the choice of what is compared decides how much uplift there is"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each field that is read from outside and says no baseline."""
        for declared in document.fields:
            if declared.baseline or not _is_uplift(declared):
                continue
            name = declared.field.name
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"field `{name}` is about uplift and does not say compared with what",
                subject=Subject("field", name),
                advice="give its `baseline`: which people, with which tools of which year",
            )


def _is_uplift(declared: DeclaredField) -> bool:
    if declared.concerns not in {"", "capability", "residual"}:
        return False
    derived = isinstance(declared.field, LevelField) and bool(declared.field.definitions)
    return not derived and _UPLIFT.search(declared.about) is not None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
