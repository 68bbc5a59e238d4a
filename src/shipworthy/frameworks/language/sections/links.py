"""What holds between the parts: clauses and rules cite each other, definitions end somewhere."""

from collections.abc import Iterator, Mapping

from shipworthy.frameworks.document import Clause, Governance, ModelScope
from shipworthy.frameworks.language.compiler import within
from shipworthy.frameworks.language.reader import Faults, known
from shipworthy.frameworks.language.sections.fields import ReadFields
from shipworthy.frameworks.language.sections.header import ReadScope
from shipworthy.frameworks.language.sections.rules import ReadRules
from shipworthy.frameworks.language.yaml_positions import TextNode
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, level_truth, satisfying
from shipworthy.kernel import did_you_mean
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Condition,
    Field,
    atoms_of,
    definitions_of,
)
from shipworthy.vocabulary import Truth, at_least, conjunction, disjunction


def check_links(
    clauses: tuple[tuple[Clause, TextNode], ...],
    fields: ReadFields,
    rules: ReadRules,
    scope: ReadScope,
    faults: Faults,
) -> None:
    """Check citations both ways, circular definitions, and what requirements rest on."""
    cited = [*fields.cited, *rules.cited, *scope.cited]
    names = set(known(cited, [clause.id for clause, _ in clauses], "clause", faults))
    for clause, node in clauses:
        if clause.executable and clause.id not in names:
            message = f"clause `{clause.id}` is carried out by no rule"
            advice = "cite it in a rule or definition, or say why in `not_executable`"
            faults.add("unused-clause", message, node.location, advice)
        if not clause.executable and clause.id in names:
            message = f"clause `{clause.id}` is said to be not executable, but a rule cites it"
            advice = "remove `not_executable`, or the citation"
            faults.add("unused-clause", message, node.location, advice)
    declared = {entry.field.name: entry.field for entry in fields.declared}
    for name, node in fields.places.items():
        if _circular(name, declared):
            message = f"field `{name}` is defined by itself"
            advice = "a definition may only read fields that do not lead back to it"
            faults.add("circular", message, node.location, advice)
            return
    _check_requirements(rules, declared, faults)


def check_judges(fields: ReadFields, governance: Governance, faults: Faults) -> None:
    """Refuse facts for which no role of the framework answers."""
    roles = [role.id for role in governance.roles]
    for node in fields.judges:
        if roles and node.text and node.text not in roles:
            advice = did_you_mean(node.text, roles)
            faults.add("unknown-role", f"no role `{node.text}`", node.location, advice)


def check_reach(
    rules: ReadRules, scope: ModelScope | None, deployments: tuple[str, ...], faults: Faults
) -> None:
    """Refuse rules that can apply to none of the deployments that the framework covers."""
    for declared, node in zip(rules.declared, rules.named, strict=True):
        when = within(scope, declared.rule.when)
        if when is None or not deployments:
            continue
        if all(_reach(when, deployment) is Truth.FALSE for deployment in deployments):
            message = f"rule `{declared.rule.id}` can never apply"
            advice = f"the framework covers {', '.join(f'`{name}`' for name in deployments)}"
            faults.add("impossible-threshold", message, node.location, advice)


def _reach(condition: Condition, deployment: str) -> Truth:
    """Return the truth of a condition of which only the deployment type is known."""
    match condition:
        case Atom():
            if condition.field != DEPLOYMENT.name:
                return Truth.UNKNOWN
            return level_truth(
                (deployment,), satisfying(DEPLOYMENT, condition.operator, condition.value)
            )
        case AllOf():
            return conjunction(_reach(member, deployment) for member in condition.of)
        case AnyOf():
            return disjunction(_reach(member, deployment) for member in condition.of)
        case AtLeast():
            return at_least(
                condition.needed, (_reach(member, deployment) for member in condition.of)
            )


def _check_requirements(rules: ReadRules, fields: Mapping[str, Field], faults: Faults) -> None:
    for declared in rules.declared:
        for requirement in declared.rule.requires:
            node = rules.requirements[requirement.id]
            if DEPLOYMENT.name in set(_all_read(requirement.condition, fields)):
                message = f"requirement `{requirement.id}` rests on the deployment type"
                advice = "where the model goes belongs in `when`; a requirement reads evidence"
                faults.add("deployment-required", message, node.location, advice)


def _circular(name: str, fields: Mapping[str, Field]) -> bool:
    seen: set[str] = set()
    waiting = list(_direct(fields[name]))
    while waiting:
        current = waiting.pop()
        if current == name:
            return True
        if current not in seen and current in fields:
            seen.add(current)
            waiting.extend(_direct(fields[current]))
    return False


def _all_read(condition: Condition, fields: Mapping[str, Field]) -> Iterator[str]:
    for atom in atoms_of(condition):
        yield atom.field
        if atom.field in fields:
            for definition in definitions_of(fields[atom.field]):
                yield from _all_read(definition.when, fields)


def _direct(field: Field) -> Iterator[str]:
    for definition in definitions_of(field):
        yield from (atom.field for atom in atoms_of(definition.when))
