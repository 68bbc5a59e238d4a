"""By what measure a level is entered: one standard a level, and a baseline for every uplift."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, DeclaredField, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.weight import weigh_all
from shipworthy.records import LevelField, Requirement, atoms_of

_UPLIFT: Final = re.compile(
    r"\buplift|\bcontribut|\bunique(?:ly)?\b|\benabl(?:e|es|ing) |\bassist(?:s|ed|ing|ance)?\b"
    r"|\baccelerat|\bspeed-?up|\bspeeds? up|\bcheaper\b|\blower(?:s|ing)? (?:the )?(?:barrier|cost)"
    r"|\border of magnitude|\breduc(?:e|es|ing|tion)\b.*\bcost|\bcost reduction",
    re.IGNORECASE,
)
_UNRECORDED: Final = frozenset({"", "not recorded", "unknown", "not stated", "unstated", "none"})
_SILENT: Final = " and does not say compared with what"
_MOVING: Final = re.compile(
    r"\b(?:existing|available|current|today|state of the art|other models)\b", re.IGNORECASE
)
_FIXED: Final = re.compile(r"\b20\d\d\b|\bwithout\b|\bno (?:\w+ )?ai\b", re.IGNORECASE)


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
        """Yield one finding for each such field; a note where only the record has a gap."""
        for declared in document.fields:
            if declared.baseline.casefold() not in _UNRECORDED or not _is_uplift(declared):
                continue
            name = declared.field.name
            recorded = f", and its baseline is `{declared.baseline}`" if declared.baseline else ""
            yield LintFinding(
                rule=self.id,
                severity="note" if recorded else "warning",
                message=f"field `{name}` is about uplift{recorded or _SILENT}",
                subject=Subject("field", name),
                advice="give its `baseline`: which people, with which tools of which year",
            )


class MovingBaseline:
    """Finds baselines that move with whatever else is on offer."""

    id: ClassVar[str] = "moving-baseline"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a baseline that moves"
    why: ClassVar[str] = "each release, by anybody, makes the next one look harmless"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each field compared with what exists, without a year."""
        for declared in document.fields:
            baseline = declared.baseline
            if _MOVING.search(baseline) and not _FIXED.search(baseline):
                name = declared.field.name
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"field `{name}` is compared with `{baseline}`, which moves with what "
                    "others release",
                    subject=Subject("field", name),
                    advice="fix the year of the tools, or compare with people without such models",
                )


class UntestedTarget:
    """Finds levels that safeguards have to reach and that no method measures."""

    id: ClassVar[str] = "untested-target"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a target for safeguards without a test"
    why: ClassVar[str] = "reduced to the level and called reduced to the level look the same"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each residual level that is required, judged and not measured."""
        for declared in document.fields:
            name = declared.field.name
            asking = list(_asking_for(document, name)) if _is_judged_residual(declared) else []
            if not asking:
                continue
            ids = dict.fromkeys(requirement.id for _, requirement in asking)
            shown = ", ".join(f"`{one}`" for one in ids)
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message=f"a level of `{name}` is required by {shown} and judged without a test",
                subject=Subject("field", name),
                clauses=tuple(dict.fromkeys(one for _, asked in asking for one in asked.clauses)),
                rules=tuple(dict.fromkeys([*(rule for rule, _ in asking), *ids])),
                advice="say how the level is measured with safeguards in place, and encode it as "
                "`measured_by`",
            )


def _is_judged_residual(declared: DeclaredField) -> bool:
    field = declared.field
    judged = isinstance(field, LevelField) and not field.definitions
    return judged and declared.concerns == "residual" and not declared.measured_by


def _asking_for(document: FrameworkDocument, name: str) -> Iterator[tuple[str, Requirement]]:
    """Yield the requirements whose condition reads a field, each with its rule."""
    for declared in document.rules:
        for one in declared.rule.requires:
            if any(atom.field == name for atom in atoms_of(one.condition)):
                yield declared.rule.id, one


def _is_uplift(declared: DeclaredField) -> bool:
    if declared.concerns not in {"", "capability", "residual"}:
        return False
    derived = isinstance(declared.field, LevelField) and bool(declared.field.definitions)
    return not derived and _UPLIFT.search(declared.about) is not None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
