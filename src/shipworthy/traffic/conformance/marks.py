"""The string that must not leave, and how it is looked for."""

import hashlib
from dataclasses import dataclass
from typing import Final

LONGEST_PIECE: Final = 11
"""Characters of a mark that may be seen in one piece: a filter has to begin somewhere."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Mark:
    """A string that nothing else holds."""

    text: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """Every piece that is long enough to count as a leak."""
        length = LONGEST_PIECE + 1
        return tuple(self.text[i : i + length] for i in range(len(self.text) - length + 1))

    def leaked(self, text: str) -> str:
        """Return the longest piece of at least 12 characters that `text` holds, or nothing."""
        best = ""
        for start in range(len(self.text)):
            end = start + max(LONGEST_PIECE, len(best)) + 1
            while end <= len(self.text) and self.text[start:end] in text:
                best = self.text[start:end]
                end += 1
        return best


def mark_of(seed: str, prefix: str) -> Mark:
    """Return the mark of a seed: the prefix, a hyphen, and 20 letters or digits."""
    number = int.from_bytes(hashlib.sha256(f"{prefix}:{seed}".encode()).digest(), "big")
    said = ""
    for _ in range(20):
        number, place = divmod(number, len(_LETTERS))
        said += _LETTERS[place]
    return Mark(f"{prefix}-{said}")
