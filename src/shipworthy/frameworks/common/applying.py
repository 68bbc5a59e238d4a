"""Applying a mapping: the same rulebook over common fields (`spec/language.md`, 7.4 and 7.5)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from shipworthy.frameworks.common.mappings import FrameworkMapping, MappedField
from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk, quantity_truth
from shipworthy.kernel import Problem, digest_of
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Field,
    LevelDefinition,
    LevelField,
    QuantityField,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import Truth

ALWAYS: Final = AllOf(of=())
NEVER: Final = AnyOf(of=())


def own_name(framework: str, name: str) -> str:
    """Return what a thing of one framework is called beside those of others.

    No name in a framework file can hold the slash, so nothing else is ever called that.
    """
    return f"{framework}/{name}"


def apply_mapping(
    rulebook: Rulebook, mapping: FrameworkMapping, vocabulary: Vocabulary
) -> Rulebook:
    """Return the rulebook over the common fields and its own ones; it decides the same.

    A mapped fact becomes a field that is computed from common ones, an assumed one a constant.
    Every field and rule of the framework is renamed by `own_name`; findings keep their ids, so
    that frameworks which read one finding share it.

    Raises:
        Problem: `framework-mapping-name` when the mapping is of another framework.
    """
    if mapping.framework != rulebook.id:
        raise Problem.of(
            "framework-mapping-name",
            f"mapping `{mapping.id}` is for `{mapping.framework}`, not for `{rulebook.id}`",
        )
    words = Translation(rulebook, mapping)
    ladders = mapping.decisions
    return msgspec.structs.replace(
        rulebook,
        id=f"{rulebook.id}@{mapping.id}",
        source_digest=digest_of([rulebook.digest, mapping.digest, vocabulary.digest]),
        decisions={gate: vocabulary.decisions[gate] for gate in rulebook.decisions},
        go={gate: ladders[gate][level] for gate, level in rulebook.go.items()},
        fields=(
            *(one.field for one in vocabulary.fields),
            *(words.field(field) for field in rulebook.fields),
        ),
        rules=tuple(words.rule(rule, ladders[rule.gate]) for rule in rulebook.rules),
    )


class Translation:
    """Fields, rules and conditions of one rulebook in the terms of one mapping."""

    def __init__(self, rulebook: Rulebook, mapping: FrameworkMapping) -> None:
        self._framework = rulebook.id
        self._mapped = {one.native: one for one in mapping.fields}
        self._fixed = {
            field.name: self._mapped[field.name].assumed
            for field in rulebook.fields
            if isinstance(field, QuantityField) and field.name in self._mapped
        }

    def field(self, field: Field) -> Field:
        """Return a native field under its own name, computed where the mapping says how."""
        name = own_name(self._framework, field.name)
        if not isinstance(field, LevelField):
            return msgspec.structs.replace(field, name=name)
        mapped = self._mapped.get(field.name)
        if mapped:
            definitions = mapped.levels or _constant(field, mapped)
            return msgspec.structs.replace(field, name=name, definitions=definitions, judged_by="")
        definitions = tuple(
            msgspec.structs.replace(one, when=self.condition(one.when)) for one in field.definitions
        )
        return msgspec.structs.replace(field, name=name, definitions=definitions)

    def rule(self, rule: Rule, ladder: Mapping[str, str]) -> Rule:
        """Return a rule over the translated fields, with its ceiling on the common ladder."""
        return msgspec.structs.replace(
            rule,
            id=own_name(self._framework, rule.id),
            when=self.condition(rule.when) if rule.when else None,
            requires=tuple(
                msgspec.structs.replace(one, condition=self.condition(one.condition))
                for one in rule.requires
            ),
            ceiling=ladder[rule.ceiling],
        )

    def condition(self, condition: Condition) -> Condition:
        """Return a condition of the framework over the translated fields."""
        if not isinstance(condition, Atom):
            members = tuple(self.condition(member) for member in condition.of)
            return msgspec.structs.replace(condition, of=members)
        if condition.field == DEPLOYMENT.name:
            return condition
        if condition.field in self._fixed:
            truth = quantity_truth(condition, self._fixed[condition.field])
            return ALWAYS if truth is Truth.TRUE else NEVER
        return msgspec.structs.replace(condition, field=own_name(self._framework, condition.field))


def _constant(field: LevelField, mapped: MappedField) -> tuple[LevelDefinition, ...]:
    """Return definitions that give the assumed level whatever else holds.

    Without any definition the field would be a fact again, so even the least risky level, which
    holds when nothing else does, needs one that never holds.
    """
    least, *_, most = by_risk(field)
    if mapped.assumed == least:
        return (LevelDefinition(level=most, when=NEVER),)
    return (LevelDefinition(level=mapped.assumed, when=ALWAYS),)
