"""Texts with blanks: `{slot}` and `{slot.field}`; `{{` and `}}` stand for braces."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
"""Names of slots and fields."""

_PIECE: Final = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_BLANK: Final = re.compile(r"\{([a-z][a-z0-9_-]*)(?:\.([a-z][a-z0-9_-]*))?\}")


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to be filled; `field` is empty for a slot whose values are plain texts."""

    slot: str
    field: str = ""

    def __str__(self) -> str:
        return f"{{{self.slot}.{self.field}}}" if self.field else f"{{{self.slot}}}"


def blanks(text: str) -> Iterator[Blank]:
    """Yield the blanks of a text, from left to right.

    Raises:
        ValueError: a brace that neither belongs to a blank nor is doubled.
    """
    for match in _PIECE.finditer(text):
        if match.group() not in {"{{", "}}"}:
            yield _blank(match.group())


def only_blank(text: str) -> Blank | None:
    """Return the blank that is the whole text, where there is one."""
    found = _BLANK.fullmatch(text)
    return Blank(found[1], found[2] or "") if found else None


def fill(text: str, content: Callable[[Blank], str]) -> str:
    """Return the text with every blank filled and every doubled brace made single.

    Raises:
        ValueError: as `blanks`.
    """

    def filled(match: re.Match[str]) -> str:
        piece = match.group()
        return piece[0] if piece in {"{{", "}}"} else content(_blank(piece))

    return _PIECE.sub(filled, text)


def _blank(piece: str) -> Blank:
    found = only_blank(piece)
    if found is None:
        raise ValueError(f"`{piece}` is not a blank")
    return found
