"""What every reader of a rulebook walks: its atoms and its conditions, each once and in order."""

import pytest

from random_rulebooks import FACTS
from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    LevelDefinition,
    LevelField,
    Requirement,
    Rule,
    Rulebook,
    all_conditions,
    atoms_of,
    conditions_of,
    definitions_of,
)


def atom(value):
    return Atom(field="f", operator="<", value=value)


RISK = LevelField(
    name="risk",
    levels=("low", "middle", "high"),
    riskier="up",
    definitions=(
        LevelDefinition(level="middle", when=atom("5")),
        LevelDefinition(level="high", when=atom("6")),
    ),
)
SOMETIMES = Rule(
    id="sometimes",
    gate="deploy",
    when=atom("1"),
    requires=(
        Requirement(id="a", title="a", condition=atom("2"), clauses=()),
        Requirement(id="b", title="b", condition=atom("3"), clauses=()),
    ),
    ceiling="stop",
    clauses=(),
)
ALWAYS = Rule(
    id="always",
    gate="develop",
    when=None,
    requires=(Requirement(id="c", title="c", condition=atom("4"), clauses=()),),
    ceiling="stop",
    clauses=(),
)


def test_atoms_are_counted_depth_first():
    condition = AllOf(
        of=(atom("1"), AnyOf(of=(atom("2"), atom("3"))), AtLeast(needed=1, of=(atom("4"),)))
    )

    assert [one.value for one in atoms_of(condition)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("empty", [AllOf(of=()), AnyOf(of=()), AtLeast(needed=1, of=())])
def test_a_condition_without_members_has_no_atoms(empty):
    assert not list(atoms_of(empty))


def test_an_atom_is_found_however_deep_it_stands():
    condition = atom("1")
    for _ in range(10_000):
        condition = AllOf(of=(condition,))

    assert list(atoms_of(condition)) == [atom("1")]


def test_the_condition_of_a_rule_stands_before_what_it_requires():
    assert [one.value for one in conditions_of(SOMETIMES, ALWAYS)] == ["1", "2", "3", "4"]


def test_a_rulebook_has_the_conditions_of_its_rules_and_those_that_define_levels():
    book = Rulebook(
        id="r",
        version="1",
        title="r",
        source_digest=digest_text("r"),
        deployments=("api",),
        decisions={"deploy": ("stop", "go"), "develop": ("stop", "go")},
        go={"deploy": "go", "develop": "go"},
        fields=(*FACTS, RISK),
        rules=(SOMETIMES, ALWAYS),
        roles=(),
    )

    assert [one.value for one in all_conditions(book)] == ["1", "2", "3", "4", "5", "6"]


def test_only_a_derived_field_has_definitions():
    assert definitions_of(RISK) == RISK.definitions
    assert [definitions_of(field) for field in FACTS] == [()] * len(FACTS)
