"""Numbers that a model has to reach: whether they bind, which bound they read, what they admit."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Final

from shipworthy.frameworks.document import Clause, DeclaredField, FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.text.hedged_phrases import hedged_phrases
from shipworthy.frameworks.lint.weight import weigh_all
from shipworthy.frameworks.semantics.atoms import decimal
from shipworthy.records import Atom, LevelField, QuantityField, RateField, Requirement, atoms_of

_WHOLE: Final = {
    "percent": Fraction(100),
    "per cent": Fraction(100),
    "%": Fraction(100),
    "percentage": Fraction(100),
    "share": Fraction(1),
    "fraction": Fraction(1),
    "proportion": Fraction(1),
    "probability": Fraction(1),
}
"""Units of shares, with what stands for all of them."""


class IllustrativeNumber:
    """Finds requirements and level tests that the source itself calls an example."""

    id: ClassVar[str] = "illustrative-number"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a number or test that is only an example"
    why: ClassVar[str] = "an example binds nobody: another number may be used in its place"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each requirement, and for each level whose clauses are examples."""
        clauses = {clause.id: clause for clause in document.clauses}
        examples = {one.clause.id for one in hedged_phrases(document) if one.kind == "illustration"}
        for declared in document.fields:
            yield from self._levels(declared, examples, clauses)
        for rule, requirement in _requirements(document):
            if requirement.illustrative:
                cited = [clauses[name] for name in requirement.clauses if name in clauses]
                yield LintFinding(
                    rule=self.id,
                    severity=weigh_all("middling", cited),
                    message=f"the number of requirement `{requirement.id}` is called an example",
                    subject=Subject("requirement", requirement.id),
                    clauses=requirement.clauses,
                    rules=(rule, requirement.id),
                    advice="ask for the number that binds; until then this one is only used",
                )

    def _levels(
        self, declared: DeclaredField, examples: set[str], clauses: dict[str, Clause]
    ) -> Iterator[LintFinding]:
        field = declared.field
        if not isinstance(field, LevelField):
            return
        for definition in field.definitions:
            hedged = tuple(name for name in definition.clauses if name in examples)
            if hedged:
                yield LintFinding(
                    rule=self.id,
                    severity=weigh_all("middling", [clauses[name] for name in hedged]),
                    message=f"the test for `{definition.level}` of `{field.name}` is called "
                    "an example",
                    subject=Subject("field", field.name),
                    clauses=hedged,
                    advice="ask for the test that binds; until then this one is only used",
                )


class NoBindingNumber:
    """Finds frameworks in which no acceptance number binds."""

    id: ClassVar[str] = "no-binding-number"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "no number that a model must reach"
    why: ClassVar[str] = "without a number that binds, every result can be called good enough"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding when every number is an example, or when there is none."""
        numeric = _numeric_fields(document)
        found = [
            (rule, one)
            for rule, one in _requirements(document)
            if any(atom.field in numeric for atom in atoms_of(one.condition))
        ]
        if any(not one.illustrative for _, one in found):
            return
        names = tuple(one.id for _, one in found)
        message = (
            f"every number that a model has to reach is called an example: {', '.join(names)}"
            if found
            else "no requirement states a number"
        )
        yield LintFinding(
            rule=self.id,
            severity="error" if found else "warning",
            message=message,
            subject=Subject("framework"),
            clauses=tuple(dict.fromkeys(name for _, one in found for name in one.clauses)),
            rules=names,
            advice="state for each gate at least one number, its bound, and that it binds",
        )


class UnstatedBound:
    """Finds limits that do not say which number of an estimate has to reach them."""

    id: ClassVar[str] = "unstated-bound"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a limit without its bound"
    why: ClassVar[str] = "a point estimate of few trials can pass where the upper bound fails"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each requirement that is marked so."""
        clauses = {clause.id: clause for clause in document.clauses}
        for declared in document.rules:
            for one in declared.rule.requires:
                if one.id not in declared.bound_unstated:
                    continue
                cited = [clauses[name] for name in one.clauses if name in clauses]
                yield LintFinding(
                    rule=self.id,
                    severity=weigh_all("middling", cited),
                    message=f"requirement `{one.id}` does not say whether its limit is for the "
                    "point estimate or for a bound",
                    subject=Subject("requirement", one.id),
                    clauses=one.clauses,
                    rules=(declared.rule.id, one.id),
                    advice="state the bound, its level, the number of samples and who judges",
                )


class ToleratesFailure:
    """Finds acceptance limits that half of all attempts or more may fail."""

    id: ClassVar[str] = "tolerates-failure"
    severity: ClassVar[LintSeverity] = "warning"
    title: ClassVar[str] = "a limit that tolerates much failure"
    why: ClassVar[str] = "a limit that half of all attempts may break does not show control"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each comparison that admits 50 % or more of failure."""
        fields = {declared.field.name: declared.field for declared in document.fields}
        for rule, requirement in _requirements(document):
            for atom in atoms_of(requirement.condition):
                field = fields.get(atom.field)
                if not isinstance(field, RateField | QuantityField):
                    continue
                share = tolerated(field, atom)
                if share is None or share < Fraction(1, 2):
                    continue
                yield LintFinding(
                    rule=self.id,
                    severity=self.severity,
                    message=f"requirement `{requirement.id}` is kept while {float(share):.0%} fail "
                    f"(`{atom.field} {atom.operator} {atom.value}`)",
                    subject=Subject("requirement", requirement.id),
                    clauses=requirement.clauses,
                    rules=(rule, requirement.id),
                    advice="tighten the limit, or say why so much failure is harmless",
                )


def tolerated(field: RateField | QuantityField, atom: Atom) -> Fraction | None:
    """Return the share of failure that a required comparison still admits.

    Nothing when the field is no share, or when the comparison bounds it from the safe side only.
    """
    whole = Fraction(1) if isinstance(field, RateField) else _WHOLE.get(field.unit.casefold())
    limit = decimal(atom.value)
    if whole is None or limit is None:
        return None
    share = limit / whole
    if field.riskier == "up" and atom.operator in {"<", "<="}:
        return share
    if field.riskier == "down" and atom.operator in {">", ">="}:
        return 1 - share
    return None


def _requirements(document: FrameworkDocument) -> Iterator[tuple[str, Requirement]]:
    for declared in document.rules:
        for one in declared.rule.requires:
            yield declared.rule.id, one


def _numeric_fields(document: FrameworkDocument) -> set[str]:
    """Return the fields that are numbers, and the derived ones that a number decides."""
    fields = [declared.field for declared in document.fields]
    numeric = {field.name for field in fields if not isinstance(field, LevelField)}
    derived = [field for field in fields if isinstance(field, LevelField) and field.definitions]
    grown = True
    while grown:
        grown = False
        for field in derived:
            read = {atom.field for one in field.definitions for atom in atoms_of(one.when)}
            if field.name not in numeric and read & numeric:
                numeric.add(field.name)
                grown = True
    return numeric
