"""A rulebook as it binds when some of its hedges are used (`spec/semantics.md`, 11).

A reading is a set of used hedges. Applying it gives a plain rulebook, so that everything which
can be asked of a rulebook can be asked of a reading. Clause numbers are those of the semantics.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import (
    AnyOf,
    Field,
    LevelDefinition,
    LevelField,
    Requirement,
    Rule,
    Rulebook,
)

CHARITABLE: Final[frozenset[str]] = frozenset()
"""The reading that uses no hedge: the one under which decisions are drafted (11.1, 11.3)."""

_RELEASED: Final = AnyOf(of=())
"""The condition of a released definition: never true (1.3), so that its field stays derived."""


@dataclass(frozen=True, slots=True)
class Hedged:
    """A rule, requirement or definition that hedges can release.

    `name` is the id of the rule or requirement; of a definition, the field and the level.
    """

    kind: Literal["rule", "requirement", "definition"]
    name: str
    clauses: tuple[str, ...]
    discretion: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BothReadings:
    """One rulebook without and with every hedge that the developer controls (11.1)."""

    charitable: Rulebook
    hostile: Rulebook


def hostile_hedges(rulebook: Rulebook) -> frozenset[str]:
    """Return the hedges that the hostile reading uses: those in the developer's control (11.1)."""
    return frozenset(hedge.id for hedge in rulebook.hedges if hedge.controlled_by == "developer")


def both_readings(rulebook: Rulebook) -> BothReadings:
    """Return the charitable and the hostile reading of a rulebook."""
    return BothReadings(rulebook, read_as(rulebook, hostile_hedges(rulebook)))


def read_as(rulebook: Rulebook, used: Collection[str]) -> Rulebook:
    """Return the rulebook without what the used hedges release (11.2).

    Without hedges it is the rulebook itself. Readings add up: reading a reading under further
    hedges is reading the rulebook under all of them.

    Raises:
        Problem: `hedge-unknown` for an id that the rulebook does not declare.
    """
    known = {hedge.id for hedge in rulebook.hedges}
    for name in sorted(used):
        if name not in known:
            raise Problem.of(
                "hedge-unknown",
                f"framework `{rulebook.id}` declares no hedge `{name}`",
                help=did_you_mean(name, known) or "it declares none",
            )
    if not used:
        return rulebook
    taken = frozenset(used)
    return msgspec.structs.replace(
        rulebook,
        fields=tuple(_field(field, taken) for field in rulebook.fields),
        rules=tuple(_rules(rulebook.rules, taken)),
    )


def hedged(rulebook: Rulebook) -> Iterator[Hedged]:
    """Yield what hedges can release: definitions, then rules with their requirements, in order."""
    for field in rulebook.fields:
        if not isinstance(field, LevelField):
            continue
        for one in field.definitions:
            if one.discretion:
                name = f"{field.name} {one.level}"
                yield Hedged("definition", name, one.clauses, one.discretion)
    for rule in rulebook.rules:
        if rule.discretion:
            yield Hedged("rule", rule.id, rule.clauses, rule.discretion)
        for requirement in rule.requires:
            if requirement.discretion:
                clauses = requirement.clauses
                yield Hedged("requirement", requirement.id, clauses, requirement.discretion)


def _rules(rules: tuple[Rule, ...], used: frozenset[str]) -> Iterator[Rule]:
    """Yield the rules that take part; one whose requirements are all released does not."""
    for rule in rules:
        if _released(rule, used):
            continue
        left = tuple(one for one in rule.requires if not _released(one, used))
        # without this, a rule that asks for nothing any more would always apply its ceiling
        if rule.requires and not left:
            continue
        yield msgspec.structs.replace(rule, requires=left)


def _field(field: Field, used: frozenset[str]) -> Field:
    if not isinstance(field, LevelField):
        return field
    definitions = tuple(
        msgspec.structs.replace(one, when=_RELEASED) if _released(one, used) else one
        for one in field.definitions
    )
    return msgspec.structs.replace(field, definitions=definitions)


def _released(carrier: Rule | Requirement | LevelDefinition, used: frozenset[str]) -> bool:
    return not used.isdisjoint(carrier.discretion)
