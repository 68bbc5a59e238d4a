"""How a text is looked at: as it is, folded, or as letters and digits only.

A view is made character by character, so that it is the same however a text is cut, and so that a
place in it leads back to a place in the text. That is what keeps padding from pushing a match out
of a window: characters that the view leaves out take no room in it.
"""

import re
import unicodedata
from collections import deque
from typing import Final, Literal

View = Literal["raw", "folded", "compact"]

VIEWS: Final[tuple[View, ...]] = ("raw", "folded", "compact")

_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that show nothing though they are letters or symbols."""
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf"})
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"
_MOST_REMEMBERED: Final = 20_000


class _Table(dict[int, str]):
    """What each character becomes; worked out once, forgotten when there are too many."""

    def __init__(self, *, letters_only: bool) -> None:
        super().__init__()
        self._letters_only = letters_only

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        folded = _folded(chr(code))
        if self._letters_only:
            folded = "".join(filter(str.isalnum, folded))
        self[code] = folded
        return folded


def _folded(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return _REPLACEMENT
    once = unicodedata.normalize("NFKD", character).casefold()
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", once)
        if unicodedata.category(part) not in _INVISIBLE and part not in _FILLERS
    )


_FOLDED: Final = _Table(letters_only=False)
_COMPACT: Final = _Table(letters_only=True)
_LOWER: Final = bytes(range(256)).lower()
_NOT_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum())


def see(view: View, text: str) -> str:
    """Return the view of a text.

    `folded` leaves out case, compatibility forms, accents and characters that show nothing;
    `compact` leaves out all but letters and digits as well. A half of a surrogate pair is no
    character and becomes U+FFFD in every view.
    """
    if text.isascii():
        if view == "raw":
            return text
        if view == "folded":
            return text.lower()
        return text.encode().translate(_LOWER, _NOT_LETTERS).decode()
    if view == "raw":
        return _SURROGATES.sub(_REPLACEMENT, text)
    return text.translate(_FOLDED if view == "folded" else _COMPACT)


def seen_bytes(view: View, text: str) -> bytes:
    """Return the view of a text as UTF-8: what the matchers read."""
    if not text.isascii():
        return see(view, text).encode()
    data = text.encode()
    if view == "raw":
        return data
    return data.lower() if view == "folded" else data.translate(_LOWER, _NOT_LETTERS)


class Track:
    """The view of a text that arrives in pieces, and the way back from it to the text."""

    def __init__(self, view: View) -> None:
        self.view: Final = view
        self.length = 0
        """Characters of the view so far."""
        self._raw = 0
        self._pieces: deque[tuple[int, int, int, list[int] | None]] = deque()

    def take(self, piece: str) -> str:
        """Take the next characters of the text; return what they add to the view."""
        new = see(self.view, piece)
        if self.view == "raw":
            self.length += len(new)
            return new
        if new:
            same = len(new) == len(piece) and piece.isascii()
            offsets = None if same else self._offsets(piece)
            self._pieces.append((self.length, self._raw, len(new), offsets))
        self.length += len(new)
        self._raw += len(piece)
        return new

    def raw_offset(self, position: int) -> int:
        """Return where in the text the view's character at `position` comes from.

        Positions are asked for in rising order and below `length`; what lies before is forgotten.
        """
        if self.view == "raw":
            return position
        while True:
            start, raw, count, offsets = self._pieces[0]
            if position < start + count:
                inside = position - start
                return raw + (inside if offsets is None else offsets[inside])
            self._pieces.popleft()

    def _offsets(self, piece: str) -> list[int]:
        table = _FOLDED if self.view == "folded" else _COMPACT
        return [at for at, c in enumerate(piece) for _ in range(len(table[ord(c)]))]
