"""A framework in words, for a terminal."""

from collections.abc import Iterator

from shipworthy.cli.frameworks.texts.condition_text import condition_text
from shipworthy.cli.frameworks.texts.framework_layers import (
    coverage_lines,
    governance_lines,
    head_lines,
    text_lines,
)
from shipworthy.frameworks import Clause, DeclaredField, DeclaredRule, FrameworkDocument
from shipworthy.records import (
    AllOf,
    Atom,
    LevelField,
    QuantityField,
    RateField,
    Rule,
)
from shipworthy.vocabulary import DeploymentType


def framework_lines(document: FrameworkDocument, deployment: str) -> Iterator[str]:
    """Yield all that decides: clauses, rules, fields, roles.

    With a deployment, only rules that name it or name none.
    """
    yield f"{document.title}, version {document.version} ({document.publisher})"
    for source in document.sources:
        yield f"  source {source.id}: {source.title}; {source.standing}"
    yield from head_lines(document)
    yield ""
    yield f"Clauses ({len(document.clauses)})"
    for clause in document.clauses:
        yield from _clause(clause)
    yield ""
    yield from coverage_lines(document)
    yield from text_lines(document)
    yield ""
    shown = [
        declared
        for declared in document.rules
        if not deployment or _may_concern(declared.rule, deployment)
    ]
    left_out = f" of {len(document.rules)}, those for {deployment}" if deployment else ""
    yield f"Rules ({len(shown)}{left_out})"
    for declared in shown:
        yield from _rule(declared)
    yield ""
    yield f"Fields ({len(document.fields)})"
    for entry in document.fields:
        yield from _field(entry)
    yield ""
    yield f"Decisions, with bounds at alpha {document.alpha}"
    for ladder in document.ladders:
        yield f"  {ladder.gate:<24} {' < '.join(ladder.levels)}; `{ladder.go}` is a go"
    yield ""
    yield f"Roles ({len(document.governance.roles)})"
    for role in document.governance.roles:
        signs = "signs; " if role.id in document.governance.quorum else ""
        unnamed = "" if role.named else " (described, not named)"
        yield f"  {role.id:<24} {signs}{role.duty}{unnamed}"
    yield from governance_lines(document.governance)


def _clause(clause: Clause) -> Iterator[str]:
    yield f"  {clause.id:<24} {clause.modality:<10} {clause.paraphrase}"
    if clause.hedges:
        yield f"  {'':<24} hedges: {'; '.join(clause.hedges)}"
    if not clause.executable:
        yield f"  {'':<24} not executable: {clause.not_executable}"


def _rule(declared: DeclaredRule) -> Iterator[str]:
    rule = declared.rule
    yield f"  {rule.id}  ({rule.gate})  {declared.title}"
    if rule.when:
        yield f"    when {condition_text(rule.when)}"
    for requirement in rule.requires:
        marks = [
            "illustrative" if requirement.illustrative else "",
            "bound not stated" if requirement.id in declared.bound_unstated else "",
            _unless(requirement.discretion),
        ]
        shown = "; ".join(mark for mark in marks if mark)
        noted = f" ({shown})" if shown else ""
        yield f"    requires {condition_text(requirement.condition)}{noted}"
    released = f", {_unless(rule.discretion)}" if rule.discretion else ""
    yield f"    {'else' if rule.requires else 'then'} at most `{rule.ceiling}`{released}"


def _unless(hedges: tuple[str, ...]) -> str:
    return f"unless hedge {' or '.join(hedges)} is used" if hedges else ""


def _field(entry: DeclaredField) -> Iterator[str]:
    """Yield where the value comes from, and how a level is computed."""
    field = entry.field
    about = f"; {entry.about}" if entry.about else ""
    match field:
        case RateField():
            yield f"  {field.name:<24} measured, `{field.finding}`{about}"
        case QuantityField():
            bound = "" if field.bound == "exact" else f" ({field.bound} of an estimate)"
            yield f"  {field.name:<24} {field.unit}{bound}, stated by {field.judged_by}{about}"
        case LevelField():
            source = "computed" if field.definitions else f"stated by {field.judged_by}"
            yield f"  {field.name:<24} {' < '.join(field.levels)}, {source}{about}"
            for definition in field.definitions:
                released = f", {_unless(definition.discretion)}" if definition.discretion else ""
                yield f"    `{definition.level}` when {condition_text(definition.when)}{released}"


def _may_concern(rule: Rule, deployment: str) -> bool:
    """Whether the deployment atoms at the top of the condition leave room for this deployment."""
    if rule.when is None:
        return True
    order = [member.value for member in DeploymentType]
    atoms = rule.when.of if isinstance(rule.when, AllOf) else (rule.when,)
    rank = order.index(deployment)
    tests = {
        "<": rank.__lt__,
        "<=": rank.__le__,
        ">": rank.__gt__,
        ">=": rank.__ge__,
        "==": rank.__eq__,
        "!=": rank.__ne__,
    }
    return all(
        tests[atom.operator](order.index(atom.value))
        for atom in atoms
        if isinstance(atom, Atom) and atom.field == "deployment"
    )
