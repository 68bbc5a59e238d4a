"""Seeded random rulebooks for comparisons: every kind of field, operator and connective."""

from random import Random

import msgspec

from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)

LADDER = ("stop", "hold", "restricted", "deploy")
TYPES = ("internal", "api")
FACTS = (
    LevelField(name="cyber", levels=("moderate", "high", "critical"), riskier="up"),
    LevelField(name="security", levels=("s0", "s1", "s2"), riskier="down"),
    LevelField(name="live", levels=("no", "yes"), riskier="down"),
    QuantityField(name="score", unit="percent", riskier="down"),
    RateField(name="asr", finding="asr.d.bare", riskier="up"),
    RateField(name="useful", finding="usefulness.d.bare", riskier="down"),
)
LIMITS = ("0.1", "0.3")
SCORES = ("40", "80.5")
SIGNS = ("<", "<=", ">", ">=", "==", "!=")


def random_atom(random: Random, fields) -> Atom:
    field = random.choice(fields)
    sign = random.choice(SIGNS)
    match field:
        case LevelField():
            return Atom(field=field.name, operator=sign, value=random.choice(field.levels))
        case QuantityField():
            return Atom(field=field.name, operator=sign, value=random.choice(SCORES))
        case RateField():
            bound = random.choice(("upper", "lower", "point"))
            value = random.choice(LIMITS)
            return Atom(field=field.name, operator=sign, value=value, bound=bound)


def random_condition(random: Random, fields, depth=2):
    if depth == 0 or random.random() < 0.45:
        return random_atom(random, fields)
    count = random.randint(1, 3)
    members = tuple(random_condition(random, fields, depth - 1) for _ in range(count))
    kind = random.choice(("all", "any", "at-least"))
    if kind == "all":
        return AllOf(of=members)
    if kind == "any":
        return AnyOf(of=members)
    return AtLeast(needed=random.randint(1, count), of=members)


def random_rule(random: Random, fields, name="r") -> Rule:
    when = random_condition(random, fields) if random.random() < 0.8 else None
    count = random.randint(0 if when else 1, 2)
    return Rule(
        id=name,
        gate="deploy",
        when=when,
        requires=tuple(
            Requirement(
                id=f"{name}-{i}",
                title="q",
                condition=random_condition(random, fields),
                clauses=(f"clause-{name}-{i}",),
            )
            for i in range(count)
        ),
        ceiling=random.choice(LADDER[:-1]),
        clauses=(f"clause-{name}",),
    )


def random_rulebook(random: Random, fields, rules=3, derived=True) -> Rulebook:
    """A rulebook that reads the fields and, perhaps, a field derived from them."""
    declared = list(fields)
    if derived:
        definitions = tuple(
            LevelDefinition(level=level, when=random_condition(random, fields, 1))
            for level in random.sample(("low", "mid", "high", "mid"), 2)
        )
        risk = LevelField(
            name="risk",
            levels=("low", "mid", "high"),
            riskier=random.choice(("up", "down")),
            definitions=definitions,
        )
        declared.append(risk)
    readable = [*declared, LevelField(name="deployment", levels=TYPES, riskier="up")]
    return Rulebook(
        id="book",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=TYPES,
        decisions={"deploy": LADDER},
        go={"deploy": "restricted"},
        fields=tuple(declared),
        rules=tuple(random_rule(random, readable, f"r{i}") for i in range(rules)),
        roles=("lead",),
    )


def mutated(random: Random, book: Rulebook) -> Rulebook:
    """The rulebook with a rule dropped, replaced or added, or another ceiling: near relatives."""
    rules = list(book.rules)
    readable = [*book.fields, LevelField(name="deployment", levels=TYPES, riskier="up")]
    at = random.randrange(len(rules))
    match random.choice(("drop", "replace", "add", "ceiling")):
        case "drop":
            del rules[at]
        case "replace":
            rules[at] = random_rule(random, readable, "changed")
        case "add":
            rules.insert(at, random_rule(random, readable, "added"))
        case _:
            ceiling = random.choice(LADDER[:-1])
            rules[at] = msgspec.structs.replace(rules[at], ceiling=ceiling)
    return msgspec.structs.replace(book, rules=tuple(rules))


def random_pair(seed: int, fields=3, rules=3) -> tuple[Rulebook, Rulebook]:
    """Two rulebooks over the same few fields, often close relatives."""
    random = Random(seed)
    chosen = random.sample(FACTS, fields)
    old = random_rulebook(random, chosen, rules)
    if random.random() < 0.6:
        return old, mutated(random, old)
    return old, random_rulebook(random, chosen, rules)
