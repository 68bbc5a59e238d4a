"""What conditions are made of."""

from collections.abc import Iterator

from shipworthy.records import AllOf, AnyOf, AtLeast, Atom, Condition


def atoms_of(condition: Condition) -> Iterator[Atom]:
    """Yield the comparisons that a condition is built from, in order."""
    match condition:
        case Atom():
            yield condition
        case AllOf(of=members) | AnyOf(of=members) | AtLeast(of=members):
            for member in members:
                yield from atoms_of(member)
