"""Law 7.5 of `spec/language.md`: a mapped rulebook decides as the native one, on random ones."""

import operator
from itertools import product
from random import Random

import pytest

from random_rulebooks import FACTS, LADDER, TYPES, random_condition, random_rulebook
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.common import (
    CommonField,
    FrameworkMapping,
    MappedField,
    Vocabulary,
    apply_mapping,
    own_name,
)
from shipworthy.frameworks.compare import Change, Scope, compare
from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
)
from shipworthy.vocabulary import DeploymentType

SEEDS = range(150)
COMMON = (
    LevelField(name="capability", levels=("none", "some", "much"), riskier="up"),
    LevelField(name="care", levels=("none", "some"), riskier="down"),
    LevelField(name="tested", levels=("no", "partly", "yes"), riskier="down"),
)
COMMON_LADDER = ("halt", "wait", "go")
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
VOCABULARY = Vocabulary(
    id="v",
    decisions={"deploy": COMMON_LADDER},
    fields=tuple(
        CommonField(field=field, about="a", says=dict.fromkeys(field.levels, "x"))
        for field in COMMON
    ),
    digest=digest_text("v"),
)


def least(field):
    return field.levels[0 if field.riskier == "up" else -1]


def random_mapping(random, book):
    """Some facts mapped, some assumed, some left to the framework."""
    readable = [*COMMON, LevelField(name="deployment", levels=TYPES, riskier="up")]
    fields = []
    for field in book.fields:
        if isinstance(field, RateField) or getattr(field, "definitions", ()):
            continue
        way = random.choice(("levels", "assume", "own"))
        levels, assumed = (), ""
        if way == "own":
            continue
        if isinstance(field, QuantityField):
            assumed = random.choice(("10", "40", "60.25", "90"))
        elif way == "assume":
            assumed = random.choice(field.levels)
        else:
            named = [level for level in field.levels if level != least(field)]
            chosen = random.choices(named, k=random.randint(1, 3))
            levels = tuple(
                LevelDefinition(level=level, when=random_condition(random, readable))
                for level in chosen
            )
        fields.append(
            MappedField(
                native=field.name, levels=levels, assumed=assumed, rationale="r", sure="low"
            )
        )
    places = [*sorted(random.choices(range(3), k=len(LADDER) - 1)), 2]
    ladder = {level: COMMON_LADDER[place] for level, place in zip(LADDER, places, strict=True)}
    return FrameworkMapping(
        id="m",
        framework=book.id,
        about="a",
        decisions={"deploy": ladder},
        fields=tuple(fields),
        digest=digest_text("m"),
    )


def holds(condition, facts, deployment):
    """Whether a condition on fully known common fields holds; written anew for the test."""
    if isinstance(condition, Atom):
        scale = {field.name: field.levels for field in COMMON}
        scale["deployment"] = TYPES
        values = {**facts, "deployment": deployment}
        levels = scale[condition.field]
        left, right = levels.index(values[condition.field]), levels.index(condition.value)
        return SIGNS[condition.operator](left, right)
    found = [holds(member, facts, deployment) for member in condition.of]
    if isinstance(condition, AllOf):
        return all(found)
    if isinstance(condition, AnyOf):
        return any(found)
    return sum(found) >= condition.needed


def native_facts(book, mapping, common, own, deployment):
    """What the mapping says of every native fact in a fully known profile."""
    facts = dict(own)
    fields = {field.name: field for field in book.fields}
    for one in mapping.fields:
        field = fields[one.native]
        if one.assumed:
            facts[one.native] = one.assumed
            continue
        risks = field.levels if field.riskier == "up" else field.levels[::-1]
        true = [d.level for d in one.levels if holds(d.when, common, deployment)]
        facts[one.native] = max([risks[0], *true], key=risks.index)
    return facts


def random_own(random, book, mapping):
    mapped = {one.native for one in mapping.fields}
    own = {}
    for field in book.fields:
        if field.name in mapped or isinstance(field, RateField):
            continue
        if isinstance(field, QuantityField):
            own[field.name] = random.choice(("39", "40", "80.5", "99"))
        elif not field.definitions:
            own[field.name] = random.choice(field.levels)
    return own


def translated(book, common, own):
    return {**common, **{own_name(book.id, name): value for name, value in own.items()}}


def setting(seed):
    random = Random(seed)
    book = random_rulebook(random, [*random.sample(FACTS[:4], 3), FACTS[4]], 4)
    mapping = random_mapping(random, book)
    return random, book, mapping, apply_mapping(book, mapping, VOCABULARY)


def everything_common():
    for values in product(*(field.levels for field in COMMON)):
        yield dict(zip((field.name for field in COMMON), values, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mapped_rulebook_decides_as_the_native_one(seed):
    random, book, mapping, mapped = setting(seed)
    ladder = mapping.decisions["deploy"]
    for common in everything_common():
        deployment = random.choice(TYPES)
        own = random_own(random, book, mapping)
        facts = native_facts(book, mapping, common, own, deployment)
        where = DeploymentType(deployment)
        native = evaluate(book, Evidence({}, facts, where), "deploy")
        common_case = Evidence({}, translated(book, common, own), where)
        answer = evaluate(mapped, common_case, "deploy")
        assert answer.level_worst == ladder[native.level_worst]
        assert answer.level_best == ladder[native.level_best]
        for field in book.fields:
            if isinstance(field, LevelField):
                assert answer.levels[own_name(book.id, field.name)] == native.levels[field.name]


@pytest.mark.parametrize("seed", SEEDS)
def test_unknown_common_facts_leave_room_for_every_completion(seed):
    random, book, mapping, mapped = setting(seed)
    where = DeploymentType(random.choice(TYPES))
    own = random_own(random, book, mapping)
    hidden = set(random.sample([field.name for field in COMMON], random.randint(1, 3)))
    base = next(everything_common())
    known = {name: value for name, value in base.items() if name not in hidden}
    open_answer = evaluate(mapped, Evidence({}, translated(book, known, own), where), "deploy")
    worst, best = (
        COMMON_LADDER.index(level) for level in (open_answer.level_worst, open_answer.level_best)
    )
    ladder = mapping.decisions["deploy"]
    for common in everything_common():
        if any(common[name] != value for name, value in known.items()):
            continue
        facts = native_facts(book, mapping, common, own, where.value)
        native = evaluate(book, Evidence({}, facts, where), "deploy")
        assert worst <= COMMON_LADDER.index(ladder[native.level_worst])
        assert COMMON_LADDER.index(ladder[native.level_best]) <= best


@pytest.mark.parametrize("seed", range(30))
def test_a_mapped_rulebook_is_equivalent_to_itself_and_shares_no_rule_with_another(seed):
    _, book, mapping, mapped = setting(seed)
    assert compare(mapped, mapped, Scope()).change is Change.EQUIVALENT
    names = {rule.id for rule in mapped.rules} | {
        field.name for field in mapped.fields if field.name not in {f.name for f in COMMON}
    }
    assert all(name.startswith(f"{book.id}/") for name in names)
    assert mapped.go["deploy"] == mapping.decisions["deploy"][book.go["deploy"]]
    assert {f.finding for f in mapped.fields if isinstance(f, RateField)} == {
        f.finding for f in book.fields if isinstance(f, RateField)
    }
