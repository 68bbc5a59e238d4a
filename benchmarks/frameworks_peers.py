"""The same questions, asked of z3, Cedar and Rego: each written from the rulebook, none from us."""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from time import process_time
from typing import Any

import z3

from shipworthy.frameworks import Evidence
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    LevelField,
    QuantityField,
    RateField,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import DeploymentType
from synthetic_rulebooks import LADDER

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
TYPES = [kind.value for kind in DeploymentType]


class Formulas:
    """Rulebooks as formulas of z3 over shared variables; `world` bounds them."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.world: list[Any] = []

    def level(self, book: Rulebook) -> Any:
        """Return the decision as a term: the lowest ceiling of which some rule binds."""
        fields = {field.name: field for field in book.fields}
        triggered: dict[str, list[Any]] = {}
        for rule in book.rules:
            triggered.setdefault(rule.ceiling, []).append(self.binds(rule, fields))
        found = z3.IntVal(len(LADDER) - 1)
        for ceiling in reversed(LADDER):
            if ceiling in triggered:
                found = z3.If(z3.Or(triggered[ceiling]), LADDER.index(ceiling), found)
        return found

    def binds(self, rule: Rule, fields: dict[str, Any]) -> Any:
        applies = self.condition(rule.when, fields) if rule.when else z3.BoolVal(val=True)
        shown = [self.condition(one.condition, fields) for one in rule.requires]
        return z3.And(applies, z3.Not(z3.And(shown))) if shown else applies

    def condition(self, found: Condition, fields: dict[str, Any]) -> Any:
        if isinstance(found, Atom):
            return COMPARE[found.operator](*self.sides(found, fields))
        members = [self.condition(one, fields) for one in found.of]
        if isinstance(found, AllOf):
            return z3.And(members)
        return z3.Or(members) if isinstance(found, AnyOf) else z3.AtLeast(*members, found.needed)

    def sides(self, atom: Atom, fields: dict[str, Any]) -> tuple[Any, Any]:
        field = fields.get(atom.field)
        if isinstance(field, RateField | QuantityField):
            if atom.field not in self.names:
                self.names[atom.field] = z3.Real(atom.field)
                if isinstance(field, RateField):
                    self.world += [self.names[atom.field] >= 0, self.names[atom.field] <= 1]
            return self.names[atom.field], z3.RealVal(atom.value)
        levels = TYPES if field is None else list(field.levels)
        if atom.field not in self.names:
            self.names[atom.field] = z3.Int(atom.field)
            self.world += [self.names[atom.field] >= 0, self.names[atom.field] < len(levels)]
        return self.names[atom.field], z3.IntVal(levels.index(atom.value))


def z3_seconds(old: Rulebook, new: Rulebook, wanted: str) -> float:
    """CPU seconds of building and solving, for every level, both directions; verdict asserted.

    It is asked for less than ours: whether there is any profile, of any deployment type.
    """
    start = process_time()
    formulas = Formulas()
    sides = [formulas.level(book) for book in (old, new)]
    solver = z3.Solver()
    solver.add(*formulas.world)
    seen = set()
    for d in range(1, len(LADDER)):
        for word, low, high in (("looser", *sides), ("stricter", *sides[::-1])):
            answer = solver.check(low < d, high >= d)
            assert answer != z3.unknown
            if answer == z3.sat:
                seen.add(word)
    spent = process_time() - start
    verdict = "incomparable" if len(seen) == 2 else next(iter(seen), "equivalent")
    assert verdict == wanted, (verdict, wanted)
    return spent


def numbers_of(case: Evidence, book: Rulebook) -> dict[str, int]:
    """A fully known case as whole numbers: positions of levels, millionths of numbers.

    Of a rate, both ends: a policy engine has no unknown, so `<` reads the upper end and the rest
    the lower, which is what makes a rule bind for sure or possibly.
    """
    found = {"deployment": TYPES.index(case.deployment.value)}
    for field in book.fields:
        match field:
            case LevelField():
                found[field.name] = field.levels.index(case.facts[field.name])
            case QuantityField():
                found[field.name] = int(Fraction(case.facts[field.name]) * 1_000_000)
            case RateField():
                bounds = case.findings[field.finding].bounds
                assert bounds
                found[field.name] = int(Fraction(bounds.upper_adjusted) * 1_000_000)
    return {name.replace("-", "_"): value for name, value in found.items()}


def number(atom: Atom, book: Rulebook) -> int:
    """The limit of an atom in the same whole numbers."""
    field = next((one for one in book.fields if one.name == atom.field), None)
    if isinstance(field, LevelField):
        return field.levels.index(atom.value)
    return TYPES.index(atom.value) if field is None else int(Fraction(atom.value) * 1_000_000)


def cedar_condition(found: Condition, book: Rulebook) -> str:
    if isinstance(found, Atom):
        name = found.field.replace("-", "_")
        return f"context.{name} {found.operator} {number(found, book)}"
    members = [f"({cedar_condition(one, book)})" for one in found.of]
    if isinstance(found, AllOf):
        return " && ".join(members)
    if isinstance(found, AnyOf):
        return " || ".join(members)
    a, b, c = members
    assert found.needed == 2
    return f"({a} && {b}) || ({a} && {c}) || ({b} && {c})"


def cedar_binds(rule: Rule, book: Rulebook) -> str:
    assert rule.when
    text = f"({cedar_condition(rule.when, book)})"
    if not rule.requires:
        return text
    shown = " && ".join(f"({cedar_condition(one.condition, book)})" for one in rule.requires)
    return f"{text} && !({shown})"


def cedar(book: Rulebook, cases: Sequence[Evidence], wanted: Sequence[int]) -> float:
    """Decisions a second of cedarpy with policies parsed once, if it can; a call for each level."""
    import cedarpy

    policies = {
        level: "permit(principal, action, resource);\n"
        + "\n".join(
            f"forbid(principal, action, resource) when {{ {cedar_binds(rule, book)} }};"
            for rule in book.rules
            if rule.ceiling == level
        )
        for level in LADDER[:-1]
    }
    parsed = getattr(cedarpy, "PolicySet", None)
    ready: dict[str, Any] = dict(policies)
    if parsed is not None:
        ready = {level: parsed.from_str(text) for level, text in policies.items()}
    contexts = [numbers_of(case, book) for case in cases]
    request = {"principal": 'User::"a"', "action": 'Action::"ship"', "resource": 'Model::"m"'}
    start = process_time()
    for context, level in zip(contexts, wanted, strict=True):
        found = len(LADDER) - 1
        for place, name in enumerate(LADDER[:-1]):
            answer = cedarpy.is_authorized({**request, "context": context}, ready[name], [])
            if not answer.allowed:
                found = place
                break
        assert found == level, (found, level)
    return len(cases) / (process_time() - start)


def rego_binds(rule: Rule, book: Rulebook, count: int) -> tuple[str, str]:
    """The body of a rule and its helper rules; a requirement is a helper that may be undefined."""
    helpers: list[str] = []

    def name() -> str:
        return f"h{count}_{len(helpers)}"

    def helper(found: Condition) -> str:
        if isinstance(found, Atom):
            return f"input.{found.field.replace('-', '_')} {found.operator} {number(found, book)}"
        members = [helper(one) for one in found.of]
        if isinstance(found, AllOf):
            return "; ".join(members)
        pairs = [f"{a}; {b}" for i, a in enumerate(members) for b in members[i + 1 :]]
        bodies = members if isinstance(found, AnyOf) else pairs
        own = name()
        helpers.append("\n".join(f"{own} if {{ {body} }}" for body in bodies))
        return own

    assert rule.when
    body = helper(rule.when)
    if rule.requires:
        shown = "; ".join(helper(one.condition) for one in rule.requires)
        own = name()
        helpers.append(f"{own} if {{ {shown} }}")
        body += f"; not {own}"
    return body, "\n".join(helpers)


def rego(book: Rulebook, cases: Sequence[Evidence], wanted: Sequence[int]) -> float:
    """Decisions a second of regopy on the first three cases; a query for each level."""
    import regopy

    parts = ["package gate", "import rego.v1"]
    for count, rule in enumerate(book.rules):
        body, helpers = rego_binds(rule, book, count)
        parts += [helpers, f"{rule.ceiling} if {{ {body} }}"]
    interpreter = regopy.Interpreter()
    interpreter.add_module("gate", "\n".join(filter(None, parts)))
    some = list(zip(cases, wanted, strict=True))[:3]
    start = process_time()
    for case, level in some:
        interpreter.set_input(numbers_of(case, book))
        found = len(LADDER) - 1
        for place, name in enumerate(LADDER[:-1]):
            if "true" in str(interpreter.query(f"data.gate.{name}")):
                found = place
                break
        assert found == level, (found, level)
    return len(some) / (process_time() - start)


GATES: dict[str, Callable[[Rulebook, Sequence[Evidence], Sequence[int]], float]] = {
    "cedarpy": cedar,
    "regopy": rego,
}
