"""How texts are compared: letters and digits only, in one case, whole or token by token."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

TOKEN: Final = re.compile(r"[^\W_]+(?:[-_./][^\W_]+)*")
COMPOUND: Final = re.compile(r"[-_./]")
_OTHERS: Final = re.compile(r"[\W_]+")
_LOWER: Final = bytes(range(256)).lower()
_SPACED: Final = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or chr(code) in "-_./" else ord(" ")
    for code in range(128)
) + bytes(128)
"""ASCII without case, and spaces in place of what is in no token."""
_NOT_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum())


def compact(text: str) -> str:
    """Return the letters and digits of a text, compatibility-normalised and case-folded.

    What it makes of a token, or of a part of one, stands in what it makes of the whole text.
    """
    if text.isascii():  # its own compatibility form, and most text is ASCII
        return text.encode().translate(_LOWER, _NOT_LETTERS).decode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Most of what is left out is ASCII here too, and quicker to leave out as bytes.
    letters = folded.encode("utf-8", "surrogatepass").translate(None, _NOT_LETTERS)
    left = letters.decode("utf-8", "surrogatepass")
    return left if left.isalnum() else _OTHERS.sub("", left)


def token_forms(text: str) -> Iterator[str]:
    """Yield the compact form of every token, and of every part of a compound, in any order."""
    if not text.isascii():
        yield from _forms(unicodedata.normalize("NFKC", text))
        return
    # No token reaches over a space, and most words need no further look.
    for word in text.encode().translate(_SPACED).decode().split():
        if word.isalnum():
            yield word
        else:
            yield from _forms(word)


def _forms(normal: str) -> Iterator[str]:
    for token in TOKEN.findall(normal):
        yield compact(token)
        parts = COMPOUND.split(token)
        if len(parts) > 1:
            yield from map(compact, parts)
