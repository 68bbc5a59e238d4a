"""A referee that shares no code with any search: rulebooks as formulas of z3."""

import z3

from random_rulebooks import LADDER
from shipworthy.records import AllOf, AnyOf, Atom, LevelField, RateField
from shipworthy.vocabulary import DeploymentType


class Formulas:
    """A rulebook as formulas over its facts, written from the semantics alone.

    `level` is the decision for one deployment type, `world` what holds of every fact once it has
    been asked for. The facts in `own` are a copy of their own, named `FACT here`; all others are
    the same in every object, so that two rulebooks or two copies of one can be compared.
    """

    def __init__(self, book, kind, own=()):
        self.fields = {field.name: field for field in book.fields}
        self.book, self.own = book, own
        self.kind = list(DeploymentType).index(DeploymentType(kind))
        self.world = []

    def level(self):
        level = z3.IntVal(len(LADDER) - 1)
        for rule in self.book.rules:
            binds = self.condition(rule.when) if rule.when else z3.BoolVal(val=True)
            if rule.requires:
                shown = [self.condition(one.condition) for one in rule.requires]
                binds = z3.And(binds, z3.Not(z3.And(shown)))
            ceiling = LADDER.index(rule.ceiling)
            level = z3.If(z3.And(binds, level > ceiling), ceiling, level)
        return level

    def condition(self, condition):
        if isinstance(condition, Atom):
            return self.atom(condition)
        members = [self.condition(member) for member in condition.of]
        if isinstance(condition, AllOf):
            return z3.And(members)
        if isinstance(condition, AnyOf):
            return z3.Or(members)
        return z3.AtLeast(*members, condition.needed)

    def atom(self, atom):
        left, right = self.sides(atom)
        return {
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
            "==": left == right,
            "!=": left != right,
        }[atom.operator]

    def fact(self, name, make):
        return make(f"{name} here" if name in self.own else name)

    def sides(self, atom):
        if atom.field == "deployment":
            place = list(DeploymentType).index(DeploymentType(atom.value))
            return z3.IntVal(self.kind), z3.IntVal(place)
        field = self.fields[atom.field]
        if not isinstance(field, LevelField):
            point = isinstance(field, RateField) and atom.bound == "point"
            name = getattr(field, "finding", field.name) + (".point" if point else "")
            number = self.fact(name, z3.Real)
            if isinstance(field, RateField):
                self.world += [number >= 0, number <= 1]
            return number, z3.RealVal(atom.value)
        place = z3.IntVal(field.levels.index(atom.value))
        if not field.definitions:
            fact = self.fact(field.name, z3.Int)
            self.world += [fact >= 0, fact < len(field.levels)]
            return fact, place
        ordered = field.levels if field.riskier == "up" else field.levels[::-1]
        value = z3.IntVal(field.levels.index(ordered[0]))
        for level in ordered[1:]:
            for one in field.definitions:
                if one.level == level:
                    here = field.levels.index(level)
                    value = z3.If(self.condition(one.when), here, value)
        return value, place
