"""A framework document as YAML text: reading what is printed gives the same document.

Only the digest differs, which is that of the text, and everything that is not a value: comments,
order of keys, line breaks. Keys that have their default are not written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import yaml

from shipworthy.frameworks.document import (
    Amendment,
    Clause,
    DeclaredField,
    DeclaredHedge,
    DeclaredRule,
    DeclaredScenario,
    FrameworkDocument,
    Governance,
    RiskOutcome,
)
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    ThreatModel,
)

Tree = str | Sequence["Tree"] | Mapping[str, "Tree"]

_WIDTH: Final = 96
_NO: Final = "no"
_YES: Final = "yes"


def print_framework(document: FrameworkDocument) -> str:
    """Return the document in the notation of `spec/language.md`."""
    text = yaml.dump(
        framework_tree(document), Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True
    )
    return str(text)


def framework_tree(document: FrameworkDocument) -> Mapping[str, Tree]:
    """Return the document as mappings, lists and texts, with the keys of the language."""
    period = {
        "from": document.in_force_from,
        "until": document.in_force_until,
        "review_by": document.review_by,
    }
    return {
        "framework": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "version": document.version,
        **_given(in_force=_given(**period), supersedes=document.supersedes, notes=document.notes),
        "sources": [_plain(source) for source in document.sources],
        "deployments": document.deployments,
        "alpha": document.alpha,
        "decisions": {
            ladder.gate: {"levels": ladder.levels, "go": ladder.go} for ladder in document.ladders
        },
        **_given(scope=_scope(document), summary=document.summary),
        "governance": _governance(document.governance),
        **_text_layer(document),
        "clauses": [_clause(clause) for clause in document.clauses],
        "fields": {entry.field.name: _field(entry) for entry in document.fields},
        "rules": [_rule(declared) for declared in document.rules],
    }


def condition_tree(condition: Condition) -> Tree:
    """Return a condition as people write it (language 4.5)."""
    match condition:
        case Atom():
            bound = f".{condition.bound}" if condition.bound else ""
            return f"{condition.field}{bound} {condition.operator} {condition.value}"
        case AllOf():
            return {"all": [condition_tree(one) for one in condition.of]}
        case AnyOf():
            return {"any": [condition_tree(one) for one in condition.of]}
        case _:
            members = [condition_tree(one) for one in condition.of]
            return {"at_least": str(condition.needed), "of": members}


def _text_layer(document: FrameworkDocument) -> dict[str, Tree]:
    return _given(
        hedges={declared.hedge.id: _hedge(declared) for declared in document.hedges},
        terms={term.id: _plain(term, "id") for term in document.terms},
        coverage={one.domain: _plain(one, "domain") for one in document.coverage},
        evaluations={one.id: _plain(one, "id", phase="unstated") for one in document.evaluations},
        outcomes={outcome.id: _outcome(outcome) for outcome in document.outcomes},
        change_log=[_plain(change) for change in document.announced],
        change_log_complete="yes" if document.announced_completely else "",
        lint=[_plain(exemption) for exemption in document.exemptions],
    )


def _outcome(outcome: RiskOutcome) -> Tree:
    return {
        **_plain(outcome, "id", "scenarios"),
        "scenarios": {
            declared.scenario.id.removeprefix(f"{outcome.id}."): _scenario(declared)
            for declared in outcome.scenarios
        },
    }


def _scenario(declared: DeclaredScenario) -> Tree:
    scenario, threat = declared.scenario, declared.threat
    when = condition_tree(scenario.when) if scenario.when else ""
    return {
        "about": scenario.about,
        "evidence": scenario.evidence,
        **_given(when=when, evaluations=declared.evaluations, clauses=declared.clauses),
        **_given(threat=_threat(threat) if threat else ""),
    }


def _threat(threat: ThreatModel) -> Tree:
    barriers = [_plain(barrier) for barrier in threat.barriers]
    return {**_plain(threat, "barriers"), **_given(barriers=barriers)}


def _scope(document: FrameworkDocument) -> Tree:
    scope = document.scope
    if scope is None:
        return {}
    return {"when": condition_tree(scope.when), **_given(clauses=scope.clauses)}


def _hedge(declared: DeclaredHedge) -> Tree:
    return {
        **_plain(declared.hedge, "id", controlled_by="developer"),
        **_given(about=declared.about, bounded_by=declared.bounded_by),
    }


def _clause(clause: Clause) -> Tree:
    return _plain(clause, provenance="unstated")


def _field(entry: DeclaredField) -> Tree:
    return {
        **_kind(entry),
        "riskier": entry.field.riskier,
        **_given(
            about=entry.about,
            concerns=entry.concerns,
            domains=entry.domains,
            measured_by=entry.measured_by,
            baseline=entry.baseline,
        ),
    }


def _kind(entry: DeclaredField) -> dict[str, Tree]:
    match entry.field:
        case RateField() as field:
            return {"rate": field.finding}
        case QuantityField() as field:
            bound = "" if field.bound == "exact" else field.bound
            return {"quantity": field.unit, **_given(bound=bound, judged_by=field.judged_by)}
        case LevelField() as field:
            definitions = [_definition(definition) for definition in field.definitions]
            return {
                "levels": field.levels,
                **_given(judged_by=field.judged_by, definitions=definitions),
            }


def _definition(definition: LevelDefinition) -> Tree:
    return {
        "level": definition.level,
        "when": condition_tree(definition.when),
        **_given(clauses=definition.clauses, unless_discretion=definition.discretion),
    }


def _rule(declared: DeclaredRule) -> Tree:
    rule = declared.rule
    when = {} if rule.when is None else {"when": condition_tree(rule.when)}
    requires = [
        _requirement(
            requirement, rule.clauses, stated=requirement.id not in declared.bound_unstated
        )
        for requirement in rule.requires
    ]
    return {
        "id": rule.id,
        "title": declared.title,
        "gate": rule.gate,
        "clauses": rule.clauses,
        **when,
        **_given(requires=requires),
        "ceiling": rule.ceiling,
        **_given(unless_discretion=rule.discretion),
    }


def _requirement(requirement: Requirement, inherited: tuple[str, ...], *, stated: bool) -> Tree:
    """Return a requirement; the clauses of its rule are its own unless it names others."""
    return {
        "id": requirement.id,
        "title": requirement.title,
        "condition": condition_tree(requirement.condition),
        **_given(
            clauses=() if requirement.clauses == inherited else requirement.clauses,
            illustrative=_YES if requirement.illustrative else "",
            bound_stated="" if stated else _NO,
            unless_discretion=requirement.discretion,
        ),
    }


def _governance(governance: Governance) -> Tree:
    return {
        "roles": {
            role.id: {"duty": role.duty, **_given(named="" if role.named else _NO)}
            for role in governance.roles
        },
        "quorum": governance.quorum,
        **_given(
            amendment=_amendment(governance.amendment),
            decides=[_plain(right) for right in governance.decides],
            elements={one.element: _plain(one, "element") for one in governance.elements},
            notes=governance.notes,
        ),
    }


def _amendment(amendment: Amendment) -> Tree:
    """Return a plain text when there is nothing but the text."""
    tree = _plain(amendment, change_log="unstated", justification="unstated")
    return amendment.text if set(tree) <= {"text"} else tree


def _plain(record: Any, *left_out: str, **defaults: str) -> dict[str, Tree]:
    """Return the fields of a record that are not blank, not left out and not at their default."""
    found: dict[str, Tree] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name in left_out or value == defaults.get(name) or not value:
            continue
        if value is True:
            value = _YES
        found[name] = str(value) if isinstance(value, int) else value
    return found


def _given(**values: Tree) -> dict[str, Tree]:
    return {key: value for key, value in values.items() if value}


class _Dumper(yaml.SafeDumper):
    """Block style, short lists on one line, no aliases.

    What other readers would take for a number, a date or a truth value is quoted, so that the text
    means the same to all of them.
    """

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True

    def represent_sequence(
        self,
        tag: str,
        sequence: Iterable[Any],
        flow_style: bool | None = None,  # noqa: FBT001 - PyYAML's
    ) -> yaml.SequenceNode:
        members = list(sequence)
        short = all(isinstance(one, str) for one in members)
        short = short and sum(len(one) + 2 for one in members) < _WIDTH - 24
        return super().represent_sequence(tag, members, flow_style=short or flow_style)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 - the signature is PyYAML's
        """Indent lists inside mappings, as the library's files do."""
        super().increase_indent(flow, indentless=False)
