"""Every mapping of the library keeps the decisions of its framework (`spec/language.md`, 7.5)."""

from random import Random

import pytest

from shipworthy.frameworks import (
    Case,
    Evidence,
    compile_rulebook,
    evaluate,
    framework_ids,
    load_framework,
)
from shipworthy.frameworks.common import apply_mapping, common_vocabulary, mappings_of, own_name
from shipworthy.records import LevelField, QuantityField
from shipworthy.vocabulary import DeploymentType, Truth

VOCABULARY = common_vocabulary()
COMMON = tuple(one.field for one in VOCABULARY.fields)
PROFILES = 40


def readings():
    for name in framework_ids():
        book = compile_rulebook(load_framework(name))
        for mapping in mappings_of(name, book, VOCABULARY):
            yield pytest.param(book, mapping, id=f"{name}-{mapping.id}")


READINGS = list(readings())


def least(field):
    return field.levels[0 if field.riskier == "up" else -1]


def native_level(field, mapped, case):
    """The riskiest level whose condition holds in a profile, else the least risky."""
    if mapped.assumed:
        return mapped.assumed
    truths = {one.level: case.truth(one.when) for one in mapped.levels}
    assert Truth.UNKNOWN not in truths.values()
    risks = field.levels if field.riskier == "up" else field.levels[::-1]
    true = [level for level, truth in truths.items() if truth is Truth.TRUE]
    return max([least(field), *true], key=risks.index)


@pytest.mark.parametrize(("book", "mapping"), READINGS)
def test_a_mapping_of_the_library_keeps_every_decision(book, mapping):
    mapped = apply_mapping(book, mapping, VOCABULARY)
    entries = {one.native: one for one in mapping.fields}
    random = Random(f"{book.id} {mapping.id}")
    for _ in range(PROFILES):
        where = random.choice(list(DeploymentType))
        common = {field.name: random.choice(field.levels) for field in COMMON}
        case = Case(mapped, Evidence({}, common, where))
        native, own = {}, {}
        for field in book.fields:
            if field.name in entries and isinstance(field, LevelField):
                native[field.name] = native_level(field, entries[field.name], case)
            elif field.name in entries:
                native[field.name] = entries[field.name].assumed
            elif isinstance(field, QuantityField):
                own[field.name] = str(random.randrange(0, 120))
            elif isinstance(field, LevelField) and not field.definitions:
                own[field.name] = random.choice(field.levels)
        beside = {own_name(book.id, name): value for name, value in own.items()}
        for gate, ladder in mapping.decisions.items():
            wanted = evaluate(book, Evidence({}, {**native, **own}, where), gate)
            found = evaluate(mapped, Evidence({}, {**common, **beside}, where), gate)
            assert found.level_worst == ladder[wanted.level_worst]
            assert found.level_best == ladder[wanted.level_best]


def test_the_library_has_mappings_with_rationales():
    every = [one.values[1] for one in READINGS]
    assert len(every) >= 10
    for mapping in every:
        assert mapping.about
        assert all(one.rationale for one in mapping.fields)


@pytest.mark.parametrize(("book", "mapping"), READINGS)
def test_no_framework_refuses_a_model_only_because_those_who_decide_have_not_signed(book, mapping):
    """Each has people who sign; who they are is compared as roles, not as a fact about a model."""
    mapped = apply_mapping(book, mapping, VOCABULARY)
    ordinary = {
        field.name: least(field)
        for field in mapped.fields
        if isinstance(field, LevelField) and not field.definitions
    }
    for where in DeploymentType:
        for gate in mapped.decisions:
            found = [
                evaluate(mapped, Evidence({}, {**ordinary, "approval": who}, where), gate)
                for who in ("none", "board")
                if "approval" in ordinary
            ]
            assert len({(one.level_worst, one.level_best) for one in found}) <= 1
