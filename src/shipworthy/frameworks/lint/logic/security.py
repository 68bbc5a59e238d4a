"""Security that gets weaker where the risk gets higher."""

from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from shipworthy.frameworks.document import Clause, FrameworkDocument
from shipworthy.frameworks.lint.finding import SEVERITIES, LintFinding, LintSeverity, Subject
from shipworthy.frameworks.semantics.atoms import by_risk
from shipworthy.records import LevelField, Rule

_COSTLY: Final = frozenset({"feasibility", "competitors", "substitution", "benefits"})
"""Classes of hedges by which a protection is not put in place."""

_RUNGS: Final = {"must": 2, "aim": 1, "may": 0, "recommend": 0}


class _Reason(NamedTuple):
    """One way in which a clause is weaker, with the rules that show it."""

    severity: LintSeverity
    words: str
    rules: tuple[str, ...] = ()


class SecurityInversion:
    """Finds security clauses of a higher level that bind less than those of a lower one."""

    id: ClassVar[str] = "security-inversion"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "weaker security at the higher level"
    why: ClassVar[str] = "the weights that are most worth stealing are then the least protected"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each clause that is weaker than one of a lower level of its scale.

        Of several such lower levels, the nearest is named.
        """
        clauses = [one for one in document.clauses if one.level and _is_security(one)]
        for higher in clauses:
            below = [(_steps(document, one, higher), one) for one in clauses]
            ranked = sorted(
                ((steps, one) for steps, one in below if steps > 0), key=lambda pair: pair[0]
            )
            for _, lower in ranked:
                reasons = list(_reasons(document, lower, higher))
                if reasons:
                    yield self._finding(lower, higher, reasons)
                    break

    def _finding(self, lower: Clause, higher: Clause, reasons: list[_Reason]) -> LintFinding:
        return LintFinding(
            rule=self.id,
            severity=min((one.severity for one in reasons), key=SEVERITIES.index),
            message=f"security at `{higher.level}` binds less than at `{lower.level}`: "
            + "; ".join(one.words for one in reasons),
            subject=Subject("clause", higher.id),
            clauses=(lower.id, higher.id),
            rules=tuple(dict.fromkeys(name for one in reasons for name in one.rules)),
            advice="give the higher level the wording of the lower one, or a stronger one",
        )


def _is_security(clause: Clause) -> bool:
    return clause.category == "S" or "security" in clause.topics


def _steps(document: FrameworkDocument, lower: Clause, higher: Clause) -> int:
    """Return how many levels the second clause's lies above the first's; 0 where no scale says."""
    pair = {lower.level, higher.level}
    for declared in document.fields:
        field = declared.field
        if isinstance(field, LevelField) and len(pair) == 2 and pair <= set(field.levels):
            order = by_risk(field)
            return order.index(higher.level) - order.index(lower.level)
    return 0


def _reasons(document: FrameworkDocument, lower: Clause, higher: Clause) -> Iterator[_Reason]:
    """Yield how the clause of the higher level is weaker."""
    if _RUNGS[higher.modality] < _RUNGS[lower.modality]:
        yield _Reason("warning", f"`{higher.modality}` instead of `{lower.modality}`")
    costly = [_phrases(document, clause) for clause in (lower, higher)]
    if costly[1] and not costly[0]:
        phrases = ", ".join(f"`{one}`" for one in costly[1])
        yield _Reason("error", f"it alone has a hedge of cost, {phrases}")
    loose = [_releasable(document, clause) for clause in (lower, higher)]
    if loose[1] and not loose[0] and _rules(document, lower):
        names = ", ".join(f"`{one}`" for one in loose[1])
        words = f"its rule {names} can be released by the developer, and that of the lower not"
        yield _Reason("error", words, tuple(loose[1]))


def _phrases(document: FrameworkDocument, clause: Clause) -> list[str]:
    """Return the declared hedges of a clause by which a protection is not put in place."""
    return [
        one.hedge.phrase
        for one in document.hedges
        if one.hedge.clause == clause.id and one.hedge.kind in _COSTLY
    ]


def _rules(document: FrameworkDocument, clause: Clause) -> list[Rule]:
    return [
        one.rule
        for one in document.rules
        if clause.id in one.rule.clauses
        or any(clause.id in asked.clauses for asked in one.rule.requires)
    ]


def _releasable(document: FrameworkDocument, clause: Clause) -> list[str]:
    """Return the rules for a clause, or for a part of it, that the developer can release."""
    own = {one.hedge.id for one in document.hedges if one.hedge.controlled_by == "developer"}
    found = []
    for rule in _rules(document, clause):
        carried = [rule.discretion, *(one.discretion for one in rule.requires)]
        if any(own.intersection(one) for one in carried):
            found.append(rule.id)
    return found
