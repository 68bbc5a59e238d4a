"""Readings: a condition of the rulebook as a sentence whose numbers are claims."""

from collections.abc import Container
from typing import Final

from shipworthy.records import AllOf, AnyOf, Atom, Condition
from shipworthy.stages.reporting.claims.conditions import is_number
from shipworthy.stages.reporting.document import ClaimRef, Code, Inlines, Quote, listed, say

_OPERATORS: Final = {
    "<": "below",
    "<=": "at most",
    ">": "above",
    ">=": "at least",
    "==": "equal to",
    "!=": "other than",
}
_BOUNDS: Final = {"upper": "upper bound of ", "lower": "lower bound of ", "point": ""}


def condition_words(condition: Condition, claims: str, book: Container[str]) -> Inlines:
    """Return a condition in words; its numbers are the claims `<claims>#<index>` of the book.

    A level may have several definitions, whose numbers then share ids: those stand as code.
    """
    return _Reader(claims, book).read(condition)


class _Reader:
    """Reads one condition, counting its atoms depth first."""

    def __init__(self, claims: str, book: Container[str]) -> None:
        self._claims = claims
        self._book = book
        self._index = 0

    def read(self, condition: Condition, *, nested: bool = False) -> Inlines:
        if isinstance(condition, Atom):
            return self._atom(condition)
        members = [self.read(member, nested=True) for member in condition.of]
        if isinstance(condition, AllOf):
            words = listed(members, " and ")
        elif isinstance(condition, AnyOf):
            words = listed(members, " or ")
        else:
            words = say(
                "at least ", Code(text=str(condition.needed)), " of: ", listed(members, "; ")
            )
        return say("(", words, ")") if nested and len(members) > 1 else words

    def _atom(self, atom: Atom) -> Inlines:
        claim = f"{self._claims}#{self._index}"
        self._index += 1
        value: Inlines
        if claim in self._book:
            value = say(ClaimRef(id=claim))
        elif is_number(atom.value):
            value = say(Code(text=atom.value))
        else:
            value = say(Quote(text=atom.value, source="rulebook"))
        return say(
            _BOUNDS[atom.bound] if atom.bound else "",
            Code(text=atom.field),
            f" {_OPERATORS[atom.operator]} ",
            value,
        )
