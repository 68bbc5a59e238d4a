"""A framework under one reading, and the views in which two such standpoints are compared.

A view has two decision levels, refused and accepted, and the rules of one gate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from shipworthy.frameworks.common.applying import (
    ALWAYS,
    NEVER,
    Translation,
    apply_mapping,
    own_name,
)
from shipworthy.frameworks.common.mappings import FrameworkMapping
from shipworthy.frameworks.common.reads import fields_read
from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.semantics.atoms import by_risk
from shipworthy.frameworks.semantics.evaluation import Case, Evidence, Gate
from shipworthy.records import (
    Atom,
    Condition,
    Field,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
    conditions_of,
)
from shipworthy.vocabulary import DeploymentType, Truth

REFUSED: Final = "refused"
ACCEPTED: Final = "accepted"
_SCOPE: Final = "scope"


@dataclass(frozen=True, slots=True)
class Standpoint:
    """One framework under one reading; `scope` says, in the same fields, which models it is for."""

    framework: str
    reading: str
    rulebook: Rulebook
    scope: Condition | None

    @property
    def findings(self) -> frozenset[str]:
        """Ids of the findings that its rules read."""
        return frozenset(
            field.finding
            for field in fields_read(self.rulebook, conditions_of(*self.rulebook.rules))
            if isinstance(field, RateField)
        )


def standpoint(
    document: FrameworkDocument,
    rulebook: Rulebook,
    mapping: FrameworkMapping,
    vocabulary: Vocabulary,
) -> Standpoint:
    """Return a framework as one mapping reads it; `rulebook` is the compiled document."""
    scope = document.scope.when if document.scope else None
    return Standpoint(
        framework=document.id,
        reading=mapping.id,
        rulebook=apply_mapping(rulebook, mapping, vocabulary),
        scope=Translation(rulebook, mapping).condition(scope) if scope else None,
    )


def views(
    sides: tuple[Standpoint, Standpoint], gate: Gate, *, own: bool
) -> tuple[Rulebook, Rulebook]:
    """Return both sides for one gate.

    With `own`, everything counts that either side reads. Without, on common ground: models that
    both are for, with what only one framework speaks of at its least risky, so that nothing but
    common fields, shared findings and what a scope reads can tell the two apart.
    """
    scopes = () if own else tuple(_scope_rule(side, gate) for side in sides if side.scope)
    first, second = (_view(side, sides, gate, scopes) for side in sides)
    if own:
        return _lean(first), _lean(second)
    kept = _free(sides)
    return _lean(_without_own(first, kept)), _lean(_without_own(second, kept))


def meeting(sides: tuple[Standpoint, Standpoint], gate: Gate) -> tuple[Rulebook, Rulebook]:
    """Return two views; the second accepts what the first refuses where the scopes meet.

    Where it accepts nothing, no model is in the scope of both frameworks.
    """
    never = Rule(id="nothing", gate=gate, when=ALWAYS, requires=(), ceiling=REFUSED, clauses=())
    scopes = tuple(_scope_rule(side, gate) for side in sides if side.scope)
    book = _view(sides[0], sides, gate, ())
    return (
        _lean(msgspec.structs.replace(book, rules=(never,))),
        _lean(msgspec.structs.replace(book, rules=scopes)),
    )


def outside(side: Standpoint, readings: Mapping[str, str], deployment: DeploymentType) -> bool:
    """Whether a situation, least risky but for level fields named, is one it is not for."""
    if not side.scope:
        return False
    facts = {
        field.name: readings.get(field.name, by_risk(field)[0])
        for field in side.rulebook.fields
        if isinstance(field, LevelField) and not field.definitions
    }
    return Case(side.rulebook, Evidence({}, facts, deployment)).truth(side.scope) is Truth.FALSE


def _view(
    side: Standpoint,
    sides: tuple[Standpoint, Standpoint],
    gate: Gate,
    scopes: tuple[Rule, ...],
) -> Rulebook:
    every = {field.name: field for one in sides for field in one.rulebook.fields}
    return msgspec.structs.replace(
        side.rulebook,
        decisions={gate: (REFUSED, ACCEPTED)},
        go={gate: ACCEPTED},
        fields=tuple(every.values()),
        rules=(*_refusals(side.rulebook, gate), *scopes),
        roles=(),
    )


def _refusals(rulebook: Rulebook, gate: Gate) -> tuple[Rule, ...]:
    """Return the rules that can keep a model below go, with the ceiling of every view."""
    ladder = rulebook.decisions[gate]
    go = ladder.index(rulebook.go[gate])
    return tuple(
        msgspec.structs.replace(rule, ceiling=REFUSED)
        for rule in rulebook.rules
        if rule.gate == gate and ladder.index(rule.ceiling) < go
    )


def _scope_rule(side: Standpoint, gate: Gate) -> Rule:
    """Refuse, on both sides alike, the models that a framework is not for."""
    assert side.scope is not None
    name = own_name(side.framework, _SCOPE)
    held = Requirement(id=name, title=_SCOPE, condition=side.scope, clauses=())
    return Rule(id=name, gate=gate, when=None, requires=(held,), ceiling=REFUSED, clauses=())


def _free(sides: tuple[Standpoint, Standpoint]) -> frozenset[str]:
    """Return what stays free on common ground: findings of both, and what the scopes read."""
    shared = sides[0].findings & sides[1].findings
    read = {
        field.name
        for side in sides
        if side.scope
        for field in fields_read(side.rulebook, [side.scope])
    }
    return frozenset(read | shared)


def _without_own(view: Rulebook, free: frozenset[str]) -> Rulebook:
    """Fix what is a framework's own at its least risky."""
    ground = _Ground(view, free)
    return msgspec.structs.replace(
        view,
        fields=tuple(ground.field(field) for field in view.fields),
        rules=tuple(
            msgspec.structs.replace(
                rule,
                when=ground.condition(rule.when) if rule.when else None,
                requires=tuple(
                    msgspec.structs.replace(one, condition=ground.condition(one.condition))
                    for one in rule.requires
                ),
            )
            for rule in view.rules
        ),
    )


class _Ground:
    """Fields and conditions with a framework's own facts at their least risky."""

    def __init__(self, view: Rulebook, free: frozenset[str]) -> None:
        own = [field for field in view.fields if is_own(field.name) and field.name not in free]
        self._levels = {
            field.name for field in own if isinstance(field, LevelField) and not field.definitions
        }
        self._numbers = {
            field.name: field
            for field in own
            if isinstance(field, QuantityField)
            or (isinstance(field, RateField) and field.finding not in free)
        }

    def field(self, field: Field) -> Field:
        if not isinstance(field, LevelField):
            return field
        if field.name in self._levels:
            fixed = (LevelDefinition(level=by_risk(field)[-1], when=NEVER),)
            return msgspec.structs.replace(field, definitions=fixed)
        definitions = tuple(
            msgspec.structs.replace(one, when=self.condition(one.when)) for one in field.definitions
        )
        return msgspec.structs.replace(field, definitions=definitions)

    def condition(self, condition: Condition) -> Condition:
        if not isinstance(condition, Atom):
            members = tuple(self.condition(member) for member in condition.of)
            return msgspec.structs.replace(condition, of=members)
        field = self._numbers.get(condition.field)
        if field is None:
            return condition
        holds = {"up": ("<", "<=", "!="), "down": (">", ">=", "!=")}[field.riskier]
        return ALWAYS if condition.operator in holds else NEVER


def is_own(name: str) -> bool:
    """Whether a field belongs to one framework, by its name."""
    return "/" in name


def _lean(view: Rulebook) -> Rulebook:
    """Leave out the fields that nothing reads: they change no answer and cost time."""
    read = {field.name for field in fields_read(view, conditions_of(*view.rules))}
    fields = tuple(field for field in view.fields if field.name in read)
    return msgspec.structs.replace(view, fields=fields)
