"""Where things stand in a TOML file: the parser of the standard library does not say.

The scan follows table headers and `key =` lines of a text that has already parsed, so it may trust
the syntax. It does not look inside multi-line strings for keys, nor into inline tables.
"""

import re
from typing import Final

from shipworthy.kernel import Location

KeyPath = tuple[str | int, ...]
"""Keys of tables and indices of arrays, from the top of the file."""

_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(
    r"^(\s*)((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*[^\s=]+)*)\s*=(.*)$"
)
_QUOTES: Final = ('"""', "'''")


class TomlPositions:
    """Maps a path of keys and indices to line and column."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._places: dict[KeyPath, tuple[int, int]] = {}
        self._scan(text)

    def locate(self, path: KeyPath) -> Location:
        """Return the place of the path, or of its nearest ancestor that has one."""
        for length in range(len(path), 0, -1):
            place = self._places.get(path[:length])
            if place:
                return Location(self._file, *place)
        return Location(self._file, 1, 1)

    def _scan(self, text: str) -> None:
        table: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        closing = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if closing:
                closing = "" if closing in line else closing
                continue
            header = _HEADER.match(line)
            if header:
                table = self._enter(header, counts, number, line)
                continue
            key = _KEY.match(line)
            if key:
                path = (*table, *_split(key.group(2)))
                self._places.setdefault(path, (number, len(key.group(1)) + 1))
                closing = _opened(key.group(3))

    def _enter(
        self, header: re.Match[str], counts: dict[KeyPath, int], number: int, line: str
    ) -> KeyPath:
        table: KeyPath = ()
        parts = _split(header.group(2))
        for position, part in enumerate(parts):
            table = (*table, part)
            last = position == len(parts) - 1
            if header.group(1) == "[[" and last:
                counts[table] = counts.get(table, -1) + 1
            if table in counts:
                table = (*table, counts[table])
        column = len(line) - len(line.lstrip()) + 1
        self._places.setdefault(table, (number, column))
        return table


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _opened(value: str) -> str:
    """Return the quotes of a multi-line string that this line opens and does not close."""
    for quotes in _QUOTES:
        if value.count(quotes) == 1:
            return quotes
    return ""
