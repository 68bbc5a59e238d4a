"""Conditions as people write them: `cyber >= high`, `asr.cyber.bare.upper < 0.05`, a bare flag.

Combinators are mappings: `all: [...]`, `any: [...]`, or `at_least: 2` with `of: [...]`. There are
no other words, so that every question about a framework stays decidable. An atom that can only be
true, or only be false, is a fault: it says less than it seems to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from shipworthy.frameworks.language.reader import Faults
from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.frameworks.semantics.atoms import decimal, level_truth, satisfying
from shipworthy.kernel import did_you_mean
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Bound,
    Condition,
    Field,
    LevelField,
    Operator,
    QuantityField,
    RateField,
)
from shipworthy.vocabulary import Truth

FLAG: Final = ("no", "yes")
"""The levels of a field that may stand alone as a condition."""

_ATOM: Final = re.compile(r"\s*([^\s<>=!]+)\s*(?:(<=|>=|==|!=|<|>)\s*([^\s<>=!]+)\s*)?")
_BOUNDS: Final = ("upper", "lower", "point")
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_UNREADABLE: Final = AllOf(of=())


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may speak of: fields, and the levels each level field can reach."""

    fields: Mapping[str, Field]
    reachable: Mapping[str, tuple[str, ...]]


class _Words(NamedTuple):
    """An atom taken apart, with the node it was written in."""

    node: TextNode
    name: str
    sign: str
    value: str


def parse_condition(node: Node, scope: Scope, faults: Faults) -> Condition:
    """Read a condition; on a fault the result must not be used."""
    match node:
        case TextNode():
            return _atom(node, scope, faults)
        case MapNode():
            return _combination(node, scope, faults)
        case ListNode():
            advice = "write `all: [...]` or `any: [...]`"
            faults.add("expression", "a list without `all` or `any`", node.location, advice)
            return _UNREADABLE


def _combination(node: MapNode, scope: Scope, faults: Faults) -> Condition:
    keys = sorted(key.text for key, _ in node.entries)
    if keys not in (["all"], ["any"], ["at_least", "of"]):
        shown = ", ".join(f"`{key}`" for key in keys) or "nothing"
        advice = "write `all: [...]`, `any: [...]`, or `at_least: 2` with `of: [...]`"
        message = f"a condition cannot be made of {shown}"
        faults.add("expression", message, node.location, advice)
        return _UNREADABLE
    listed = node.get(keys[-1])
    if not isinstance(listed, ListNode) or not listed.items:
        message = f"`{keys[-1]}` needs a list of conditions"
        faults.add("expression", message, node.location, "write `[...]`")
        return _UNREADABLE
    members = tuple(parse_condition(item, scope, faults) for item in listed.items)
    if keys == ["all"]:
        return AllOf(of=members)
    if keys == ["any"]:
        return AnyOf(of=members)
    return AtLeast(needed=_needed(node, len(members), faults), of=members)


def _needed(node: MapNode, members: int, faults: Faults) -> int:
    number = node.get("at_least")
    text = number.text if isinstance(number, TextNode) else "a list"
    if _COUNT.fullmatch(text) and 1 <= int(text) <= members:
        return int(text)
    message = f"`at_least` is `{text}`, not a number from 1 to {members}"
    faults.add("impossible-threshold", message, (number or node).location)
    return 1


def _atom(node: TextNode, scope: Scope, faults: Faults) -> Condition:
    match = _ATOM.fullmatch(node.text)
    if match is None:
        advice = "write `FIELD >= LEVEL`, `RATE.upper < 0.10` or a flag alone"
        message = f"cannot read the condition `{node.text}`"
        faults.add("expression", message, node.location, advice)
        return _UNREADABLE
    words = _Words(node, match[1], match[2] or "", match[3] or "")
    field = scope.fields.get(words.name)
    if field is None:
        return _rate(words, scope, faults)
    match field:
        case LevelField():
            return _level(words, field, scope.reachable[field.name], faults)
        case QuantityField():
            return _quantity(words, faults)
        case RateField():
            message = f"`{words.name}` is a rate: say which number is read"
            advice = f"write for example `{words.name}.upper < 0.10`"
            faults.add("bound", message, node.location, advice)
            return _UNREADABLE


def _level(
    words: _Words, field: LevelField, reachable: tuple[str, ...], faults: Faults
) -> Condition:
    place = words.node.location
    if not field.levels:
        return _UNREADABLE
    if not words.sign and field.levels == FLAG:
        return Atom(field=field.name, operator="==", value="yes")
    if not words.sign:
        message = f"`{words.name}` has levels: compare it with one"
        faults.add("expression", message, place, f"write `{words.name} >= {field.levels[-1]}`")
        return _UNREADABLE
    if words.value not in field.levels:
        advice = did_you_mean(words.value, field.levels)
        message = f"`{words.value}` is not a level of `{words.name}`"
        faults.add("unknown-level", message, place, advice)
        return _UNREADABLE
    truth = level_truth(reachable, satisfying(field, words.sign, words.value))
    _refuse_certain(words, truth, f"its levels are {', '.join(reachable)}", faults)
    return Atom(field=field.name, operator=cast("Operator", words.sign), value=words.value)


def _quantity(words: _Words, faults: Faults) -> Condition:
    if not words.sign or decimal(words.value) is None:
        message = f"`{words.name}` is a quantity: compare it with a plain decimal number"
        advice = f"write for example `{words.name} >= 40`"
        faults.add("expression", message, words.node.location, advice)
        return _UNREADABLE
    return Atom(field=words.name, operator=cast("Operator", words.sign), value=words.value)


def _rate(words: _Words, scope: Scope, faults: Faults) -> Condition:
    place = words.node.location
    name, _, bound = words.name.rpartition(".")
    if bound not in _BOUNDS or not isinstance(scope.fields.get(name), RateField):
        meant = name if bound in _BOUNDS else words.name
        advice = did_you_mean(meant, scope.fields)
        faults.add("unknown-field", f"no field `{words.name}`", place, advice)
        return _UNREADABLE
    limit = decimal(words.value)
    if limit is None:
        message = f"a rate is compared with a decimal fraction, not `{words.value}`"
        faults.add("expression", message, place, f"write for example `{words.name} < 0.10`")
        return _UNREADABLE
    if words.sign in {"==", "!="}:
        advice = "use `<`, `<=`, `>` or `>=`"
        faults.add("bound", f"a measured rate is never exactly `{words.value}`", place, advice)
        return _UNREADABLE
    if {"upper": ">", "lower": "<"}.get(bound) == words.sign[0]:
        message = f"`{words.sign}` on the {bound} bound can be met by measuring less"
        other = "lower" if bound == "upper" else "upper"
        advice = f"read `{name}.{other}`: the bound that has to clear the limit"
        faults.add("bound", message, place, advice)
    if not 0 < limit <= 1:
        message = f"limit `{words.value}` of a rate is outside (0, 1]"
        faults.add("impossible-threshold", message, place, "10 % is written 0.10")
    elif limit == 1 and words.sign in {"<=", ">"}:
        truth = Truth.TRUE if words.sign == "<=" else Truth.FALSE
        _refuse_certain(words, truth, "a rate is at most 1", faults)
    return Atom(
        field=name,
        operator=cast("Operator", words.sign),
        value=words.value,
        bound=cast("Bound", bound),
    )


def _refuse_certain(words: _Words, truth: Truth, why: str, faults: Faults) -> None:
    if truth is not Truth.UNKNOWN:
        message = f"`{' '.join(words.node.text.split())}` is always {truth.value}"
        faults.add("impossible-threshold", message, words.node.location, why)
