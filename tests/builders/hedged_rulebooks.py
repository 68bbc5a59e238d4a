"""Seeded random rulebooks with hedges on rules, requirements, and definitions that admit them.

`harm` and `alarm` have hedged definitions; as the language asks (4.4), every condition reads them
the risky way: `alarm` reads `harm`, `when` reads both upwards, requirements read both downwards.
"""

from random import Random

import msgspec

from random_rulebooks import FACTS, TYPES, random_condition, random_rulebook
from shipworthy.records import AllOf, AnyOf, Atom, Hedge, LevelDefinition, LevelField

LEVELS = ("low", "mid", "high")
RISKY = {"up": (">=", ">"), "down": ("<=", "<")}
SAFE = {"up": ("<", "<="), "down": (">", ">=")}


def hedge(name, controlled_by="developer", kind="feasibility") -> Hedge:
    return Hedge(
        id=name, phrase=f"as {name}", kind=kind, clause=f"c-{name}", controlled_by=controlled_by
    )


def discretion(random: Random, hedges, share) -> tuple[str, ...]:
    if random.random() >= share:
        return ()
    return tuple(random.sample([one.id for one in hedges], random.choice((1, 1, 2))))


def towards(random: Random, field, signs) -> Atom:
    """An atom that points one way by risk, never the empty or the full set of levels."""
    riskiest = field.levels[-1] if field.riskier == "up" else field.levels[0]
    sign = random.choice((*signs[field.riskier], "exact"))
    if sign == "exact":
        return Atom(field=field.name, operator="==" if signs is RISKY else "!=", value=riskiest)
    return Atom(field=field.name, operator=sign, value=random.choice(field.levels))


def with_one(random: Random, condition, atom):
    members = (atom,) if condition is None else (condition, atom)
    return random.choice((AllOf, AnyOf))(of=members)


def hedged_field(random: Random, name, readable, hedges, share, below=()) -> LevelField:
    definitions = []
    for level in random.sample((*LEVELS[1:], "high"), 2):
        when = random_condition(random, readable, 1)
        for lower in below:
            when = with_one(random, when, towards(random, lower, RISKY))
        definitions.append(
            LevelDefinition(level=level, when=when, discretion=discretion(random, hedges, share))
        )
    return LevelField(
        name=name,
        levels=LEVELS,
        riskier=random.choice(("up", "down")),
        definitions=tuple(definitions),
    )


def hedged_rulebook(seed, *, fields=2, rules=4, hedges=4, share=0.5):
    """A rulebook of `rules` rules over `fields` facts, with `hedges` hedges, some not ours."""
    random = Random(seed)
    known = tuple(
        hedge(f"h{i}", "developer" if random.random() < 0.8 else "regulator") for i in range(hedges)
    )
    chosen = random.sample(FACTS, fields)
    plain = random_rulebook(random, chosen, rules)
    harm = hedged_field(random, "harm", chosen, known, share)
    alarm = hedged_field(random, "alarm", chosen, known, share, below=(harm,))
    drawn = []
    for rule in plain.rules:
        when, requires = rule.when, list(rule.requires)
        if random.random() < 0.6:
            when = with_one(random, when, towards(random, random.choice((harm, alarm)), RISKY))
        for place, one in enumerate(requires):
            condition = one.condition
            if random.random() < 0.3:
                extra = towards(random, random.choice((harm, alarm)), SAFE)
                condition = with_one(random, condition, extra)
            requires[place] = msgspec.structs.replace(
                one, condition=condition, discretion=discretion(random, known, share)
            )
        drawn.append(
            msgspec.structs.replace(
                rule,
                when=when,
                requires=tuple(requires),
                discretion=discretion(random, known, share / 2),
            )
        )
    return msgspec.structs.replace(
        plain, fields=(*plain.fields, harm, alarm), rules=tuple(drawn), hedges=known
    )


def random_subset(random: Random, names) -> frozenset[str]:
    return frozenset(name for name in names if random.random() < 0.5)


__all__ = ["TYPES", "hedge", "hedged_rulebook", "random_subset"]
