"""The rulebook: the executable layer of a framework, in a form that any program can evaluate.

The framework document is YAML for people; this is what it compiles to, canonical JSON, and what
an independent verifier evaluates again. `spec/semantics.md` gives the meaning.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from shipworthy.kernel import Digest, Record, digest_of

Operator = Literal["<", "<=", ">", ">=", "==", "!="]
Bound = Literal["upper", "lower", "point"]


class Atom(Record, frozen=True, kw_only=True, tag="atom"):
    """`field op value`; for a rate, `bound` says which number is read."""

    field: str
    operator: Operator
    value: str
    bound: Bound | None = None


class AllOf(Record, frozen=True, kw_only=True, tag="all"):
    """Every condition holds."""

    of: tuple["Condition", ...]


class AnyOf(Record, frozen=True, kw_only=True, tag="any"):
    """Some condition holds."""

    of: tuple["Condition", ...]


class AtLeast(Record, frozen=True, kw_only=True, tag="at-least"):
    """At least `needed` of the conditions hold."""

    needed: int
    of: tuple["Condition", ...]


Condition = Atom | AllOf | AnyOf | AtLeast


def atoms_of(condition: Condition) -> Iterator[Atom]:
    """Yield the comparisons that a condition is built from, depth first, as written."""
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Atom):
            yield one
        else:
            waiting.extend(reversed(one.of))


class Hedge(Record, frozen=True, kw_only=True):
    """A phrase of the source by which a duty can be left undone (`spec/semantics.md`, 11).

    `kind` is its class in the lexicon, `controlled_by` who may use it. Decisions never use it.
    """

    id: str
    phrase: str
    kind: str
    clause: str
    controlled_by: str


class LevelDefinition(Record, frozen=True, kw_only=True):
    """A level that a field has when the condition holds; unknown counts as crossed.

    `discretion` names hedges, each of which alone releases the definition.
    """

    level: str
    when: Condition
    clauses: tuple[str, ...] = ()
    discretion: tuple[str, ...] = ()


class LevelField(Record, frozen=True, kw_only=True, tag="levels"):
    """An ordered scale, first level first; `riskier` says which end is dangerous.

    A field with definitions is derived; one without is a fact that a named person supplies.
    """

    name: str
    levels: tuple[str, ...]
    riskier: Literal["up", "down"]
    definitions: tuple[LevelDefinition, ...] = ()
    judged_by: str = ""


class RateField(Record, frozen=True, kw_only=True, tag="rate"):
    """A measured rate: the finding with this id."""

    name: str
    finding: str
    riskier: Literal["up", "down"]


class QuantityField(Record, frozen=True, kw_only=True, tag="quantity"):
    """A number that a named person or an outside evaluation supplies, as a decimal string.

    `bound` says which number of an estimate it is; `exact` where nothing was estimated.
    """

    name: str
    unit: str
    riskier: Literal["up", "down"]
    judged_by: str = ""
    bound: Literal["exact", "point", "upper", "lower"] = "exact"


Field = LevelField | RateField | QuantityField


def definitions_of(field: Field) -> tuple[LevelDefinition, ...]:
    """Return the definitions of a derived field; a field of any other kind has none."""
    return field.definitions if isinstance(field, LevelField) else ()


class Requirement(Record, frozen=True, kw_only=True):
    """A condition that must be shown; `illustrative` when the source calls its number so.

    `discretion` names hedges, each of which alone releases the requirement.
    """

    id: str
    title: str
    condition: Condition
    clauses: tuple[str, ...]
    illustrative: bool = False
    discretion: tuple[str, ...] = ()


class Rule(Record, frozen=True, kw_only=True):
    """When `when` holds (none: always) and the requirements are not all kept, `ceiling` applies.

    Without requirements the ceiling applies as soon as `when` holds. `discretion` names hedges,
    each of which alone releases the rule.
    """

    id: str
    gate: Literal["deploy", "develop"]
    when: Condition | None
    requires: tuple[Requirement, ...]
    ceiling: str
    clauses: tuple[str, ...]
    discretion: tuple[str, ...] = ()


def conditions_of(*rules: Rule) -> Iterator[Condition]:
    """Yield the conditions of rules: when each applies, then what it requires.

    Derived fields are not followed into their definitions.
    """
    for rule in rules:
        if rule.when is not None:
            yield rule.when
        for requirement in rule.requires:
            yield requirement.condition


class ThreatScenario(Record, frozen=True, kw_only=True):
    """A way in which an outcome that the framework fears could come about.

    It matters unless `when` is false (none: always), and is mapped when there is evidence for every
    field of `evidence`, which are fields that nothing is derived into. `spec/semantics.md`, 12.
    """

    id: str
    outcome: str
    about: str
    when: Condition | None
    evidence: tuple[str, ...]


class OwnDefinitions(Record, frozen=True, kw_only=True):
    """Levels that an assessor defined, where the framework leaves them to judgement.

    Attributes:
        by: who answers for the definitions.
        record: where they are argued.
        digest: of the file with the definitions.
        framework: digest of the framework without them.
        fields: the fields that they compute.
        rates: fields that they added, for findings that they read.
    """

    by: str
    record: str
    digest: Digest
    framework: Digest
    fields: tuple[str, ...]
    rates: tuple[str, ...]


class Rulebook(Record, frozen=True, kw_only=True):
    """A compiled framework."""

    id: str
    version: str
    title: str
    source_digest: Digest
    deployments: tuple[str, ...]
    decisions: dict[str, tuple[str, ...]]
    """Gate to its decision levels, most restrictive first."""
    go: dict[str, str]
    """Gate to the least restrictive-enough level: at or above it the ruling is GO."""
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    roles: tuple[str, ...]
    """Roles that must sign a decision."""
    alpha: str = "0.05"
    """Largest one-sided error level at which a bound counts; weaker evidence keeps nothing."""
    hedges: tuple[Hedge, ...] = ()
    in_force_from: str = ""
    in_force_until: str = ""
    """First and last day (ISO 8601) on which a draft can be a go; empty where open-ended."""
    review_by: str = ""
    """Day by which the publisher promised to review the framework. Nothing is decided by it."""
    scenarios: tuple[ThreatScenario, ...] = ()
    """Threat scenarios; one that may matter and has no evidence stands against a go."""
    own_definitions: OwnDefinitions | msgspec.UnsetType = msgspec.UNSET
    """Definitions that are an assessor's and not the publisher's; absent where there are none."""

    @property
    def digest(self) -> Digest:
        """Digest of the compiled framework: what an assessment pins."""
        return digest_of(self)


def all_conditions(rulebook: Rulebook) -> Iterator[Condition]:
    """Yield every condition of a rulebook: those of the rules, then those that define levels."""
    yield from conditions_of(*rulebook.rules)
    for field in rulebook.fields:
        yield from (definition.when for definition in definitions_of(field))


class Fact(Record, frozen=True, kw_only=True):
    """A value that a person asserts for a field, with who judged it and on what record.

    Attributes:
        field: a field of the framework that nobody can compute.
        value: a level of the field, or a decimal string for a quantity.
        judged_by: the person who judged it.
        record: where it is written down, so that others can look.
    """

    field: str
    value: str
    judged_by: str
    record: str
