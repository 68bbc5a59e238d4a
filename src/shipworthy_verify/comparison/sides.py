"""A rulebook over boxes: sets of levels and of pieces of the number line, evaluated set by set.

Truths are 0 false, 1 unknown, 2 true over the whole box. Clauses are those of `spec/semantics.md`.
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Final

from shipworthy_verify.reading import Json, Refused
from shipworthy_verify.rules import DEPLOYMENTS, decimal, risk

Box = tuple[frozenset[int], ...]
"""For each axis, the numbers of the cells that are possible."""

Mark = tuple[Fraction | float, int]
"""A place on the number line: just below a number (0) or just above it (1)."""

_ENDS: Final[dict[str, tuple[Mark, Mark]]] = {
    "quantity": ((float("-inf"), 0), (float("inf"), 1)),
    "bounds": ((Fraction(0), 0), (Fraction(1), 1)),
    "point": ((Fraction(0), 0), (Fraction(1), 1)),
}
_HOLDS: Final[dict[str, Callable[[int, int], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Side:
    """One rulebook's rules for a gate; `places` has the place of each of its decision levels."""

    def __init__(self, book: Json, gate: str, places: dict[str, int], axes: list[Json]) -> None:
        self.rules: list[Json] = [rule for rule in book["rules"] if rule["gate"] == gate]
        self._places = places
        self._fields: dict[str, Json] = {one["name"]: one for one in book["fields"]}
        self._fields["deployment"] = {"type": "levels", "levels": list(DEPLOYMENTS)} | {
            "name": "deployment", "definitions": [], "riskier": "up"
        }  # fmt: skip
        self._axes = {(one["kind"], one["name"]): i for i, one in enumerate(axes)}
        self._cells = [_cells(one) for one in axes]
        self._open: set[str] = set()

    def levels(self, name: str) -> list[str] | None:
        """Return the scale of a field that is a fact on this side."""
        field = self._fields.get(name, {"type": "none"})
        plain = field["type"] == "levels" and not field["definitions"]
        return list(field["levels"]) if plain else None

    def ceiling(self, rule: Json) -> int:
        """Return the place of a rule's ceiling."""
        return self._places[rule["ceiling"]]

    def binds(self, rule: Json, box: Box) -> int:
        """Return whether a rule is triggered in the whole box (5.4)."""
        applies = 2 if rule["when"] is None else self.truth(rule["when"], box)
        if applies == 0 or not rule["requires"]:
            return applies
        shown = min(self.truth(one["condition"], box) for one in rule["requires"])
        return min(applies, 2 - shown)

    def decision(self, box: Box) -> int:
        """Return the decision of a profile (6.2).

        Raises:
            Refused: `SV-DIFF-WITNESS` when the profile leaves a rule open.
        """
        truths = [(self.binds(rule, box), self.ceiling(rule)) for rule in self.rules]
        if any(truth == 1 for truth, _ in truths):
            raise Refused("SV-DIFF-WITNESS", "a profile leaves open whether a rule binds")
        return min(
            (ceiling for truth, ceiling in truths if truth), default=max(self._places.values())
        )

    def truth(self, condition: Json, box: Box) -> int:
        """Return the truth of a condition over the whole box (1, 4)."""
        if condition["type"] == "atom":
            return self._atom(condition, box)
        found = sorted((self.truth(member, box) for member in condition["of"]), reverse=True)
        needed = 1 if condition["type"] == "any" else len(found)
        if condition["type"] == "at-least":
            needed = int(condition["needed"])
        if needed <= 0:
            return 2
        return found[needed - 1] if needed <= len(found) else 0

    def _atom(self, atom: Json, box: Box) -> int:
        field, holds = self._fields[atom["field"]], _HOLDS[atom["operator"]]
        if field["type"] == "levels":
            bar = field["levels"].index(atom["value"])
            hits = {holds(place, bar) for place in self._possible(field, box)}
            return 1 if len(hits) == 2 else 2 * hits.pop()
        kind, name = "quantity", field["name"]
        if field["type"] == "rate":
            kind, name = "point" if atom["bound"] == "point" else "bounds", field["finding"]
        number, axis = decimal(atom["value"]), self._axes.get((kind, name))
        if number is None or axis is None:
            return 1
        truths = {
            _compared(self._cells[axis][cell], atom["operator"], number) for cell in box[axis]
        }
        return truths.pop() if len(truths) == 1 else 1

    def _possible(self, field: Json, box: Box) -> frozenset[int]:
        """Return the levels that a field may have in the box, by their positions (3.4, 3.5)."""
        count = len(field["levels"])
        if not field["definitions"]:
            axis = self._axes.get(("level", field["name"]))
            return frozenset(range(count)) if axis is None else box[axis]
        if field["name"] in self._open:
            raise Refused("SV-DIFF-RULEBOOK", f"field `{field['name']}` is defined by itself")
        self._open.add(field["name"])
        possible: set[int] = set()
        for position in sorted(range(count), key=lambda one: risk(field, field["levels"][one])):
            level = field["levels"][position]
            whens = [one["when"] for one in field["definitions"] if one["level"] == level]
            truth = max((self.truth(when, box) for when in whens), default=0) if possible else 2
            possible = {position} if truth == 2 else possible | ({position} if truth else set())
        self._open.discard(field["name"])
        return frozenset(possible)


def _cells(axis: Json) -> list[tuple[Mark, Mark]]:
    """Return the pieces of a number axis; they tile it, because the cuts ascend."""
    if axis["kind"] == "level":
        return []
    ends = _ENDS[axis["kind"]]
    cuts: list[Mark] = [(_number(text), int(side)) for text, side in axis["cuts"]]
    marks: list[Mark] = [ends[0], *cuts, ends[1]]
    pairs = list(pairwise(marks))
    if any(not low < high for low, high in pairs) or any(side not in {0, 1} for _, side in cuts):
        raise Refused("SV-DIFF-CUT", f"the cuts of `{axis['name']}` do not ascend")
    return pairs


def _number(text: str) -> Fraction:
    found = decimal(text)
    if found is None:
        raise Refused("SV-DIFF-FORMAT", f"`{text}` is no decimal number")
    return found


def _compared(cell: tuple[Mark, Mark], sign: str, number: Fraction) -> int:
    """Return whether every number of a piece stands in the relation, or none does."""
    low, high = cell
    below, above = (number, 0), (number, 1)
    if sign in {"==", "!="}:
        equal = 2 if (low, high) == (below, above) else 0 if high <= below or low >= above else 1
        return equal if sign == "==" else 2 - equal
    mark = below if sign in {"<", ">="} else above
    less = 2 if high <= mark else 0 if low >= mark else 1
    return less if sign in {"<", "<="} else 2 - less
