"""A framework in words, for a terminal."""

from collections.abc import Iterator

from shipworthy.frameworks import Clause, DeclaredField, FrameworkDocument
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Condition,
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
    yield ""
    yield f"Clauses ({len(document.clauses)})"
    for clause in document.clauses:
        yield from _clause(clause)
    yield ""
    shown = [
        declared
        for declared in document.rules
        if not deployment or _may_concern(declared.rule, deployment)
    ]
    left_out = f" of {len(document.rules)}, those for {deployment}" if deployment else ""
    yield f"Rules ({len(shown)}{left_out})"
    for declared in shown:
        yield from _rule(declared.rule, declared.title)
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
        yield f"  {role.id:<24} {signs}{role.duty}"


def _clause(clause: Clause) -> Iterator[str]:
    yield f"  {clause.id:<24} {clause.modality:<10} {clause.paraphrase}"
    if clause.hedges:
        yield f"  {'':<24} hedges: {'; '.join(clause.hedges)}"
    if not clause.executable:
        yield f"  {'':<24} not executable: {clause.not_executable}"


def _rule(rule: Rule, title: str) -> Iterator[str]:
    yield f"  {rule.id}  ({rule.gate})  {title}"
    if rule.when:
        yield f"    when {condition_text(rule.when)}"
    for requirement in rule.requires:
        mark = " (illustrative)" if requirement.illustrative else ""
        yield f"    requires {condition_text(requirement.condition)}{mark}"
    yield f"    {'else' if rule.requires else 'then'} at most `{rule.ceiling}`"


def _field(entry: DeclaredField) -> Iterator[str]:
    """Yield where the value comes from, and how a level is computed."""
    field = entry.field
    about = f"; {entry.about}" if entry.about else ""
    match field:
        case RateField():
            yield f"  {field.name:<24} measured, `{field.finding}`{about}"
        case QuantityField():
            yield f"  {field.name:<24} {field.unit}, stated by {field.judged_by}{about}"
        case LevelField():
            source = "computed" if field.definitions else f"stated by {field.judged_by}"
            yield f"  {field.name:<24} {' < '.join(field.levels)}, {source}{about}"
            for definition in field.definitions:
                yield f"    `{definition.level}` when {condition_text(definition.when)}"


def condition_text(condition: Condition) -> str:
    """Return a condition as one line."""
    match condition:
        case Atom():
            bound = f".{condition.bound}" if condition.bound else ""
            return f"{condition.field}{bound} {condition.operator} {condition.value}"
        case AllOf():
            return " and ".join(_nested(one) for one in condition.of)
        case AnyOf():
            return " or ".join(_nested(one) for one in condition.of)
        case AtLeast():
            inner = ", ".join(condition_text(one) for one in condition.of)
            return f"at least {condition.needed} of ({inner})"


def _nested(condition: Condition) -> str:
    text = condition_text(condition)
    return text if isinstance(condition, Atom | AtLeast) else f"({text})"


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
