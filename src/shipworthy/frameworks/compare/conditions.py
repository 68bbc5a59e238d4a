"""Conditions over cells: no negation, no derived fields, no numbers; only sets of cells.

A box gives every axis a set of cells, as bits. Truth over a box is Kleene's (semantics 1): a
condition that is not unknown has that truth in every profile of the box.
"""

from collections.abc import Iterator
from dataclasses import dataclass

Box = tuple[int, ...]
Point = tuple[int, ...]
"""One cell for each axis, by its place."""


@dataclass(frozen=True, slots=True)
class Within:
    """The profile's cell on an axis is one of these."""

    axis: int
    cells: int


@dataclass(frozen=True, slots=True)
class Several:
    """At least `needed` members hold: all of n is n, any is 1, always 0, never 1 of none."""

    needed: int
    of: tuple["Node", ...]


Node = Within | Several

ALWAYS = Several(0, ())
NEVER = Several(1, ())


def all_of(*members: Node) -> Node:
    """Return the conjunction."""
    return Several(len(members), members)


def any_of(*members: Node) -> Node:
    """Return the disjunction."""
    return Several(1, members)


def truth(node: Node, box: Box) -> bool | None:
    """Return the truth in every profile of the box, or nothing when it was not settled."""
    if isinstance(node, Within):
        here = box[node.axis]
        inside = here & node.cells
        return None if inside and inside != here else bool(inside)
    hold, spare = 0, len(node.of) - node.needed
    for member in node.of:
        found = truth(member, box)
        if found:
            hold += 1
            if hold >= node.needed:
                return True
        elif found is False:
            spare -= 1
            if spare < 0:
                return False
    if hold >= node.needed:
        return True
    return None if spare >= 0 else False


def open_atoms(node: Node, box: Box) -> Iterator[Within]:
    """Yield the atoms that the box leaves open, below members that it leaves open."""
    if truth(node, box) is not None:
        return
    if isinstance(node, Within):
        yield node
        return
    for member in node.of:
        yield from open_atoms(member, box)
