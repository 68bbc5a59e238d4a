"""What a TOML parser and a schema say is wrong, and where, told apart."""

import re
import tomllib
from typing import Final

from shipworthy.app.assessment_file.toml_positions import KeyPath

_SYNTAX_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_VALUE_PATH: Final = re.compile(r"(.*) - at `\$?([^`]*)`", re.DOTALL)
"""The last of them: what a person wrote may stand before it and look the same."""

_PART: Final = re.compile(r"[^.\[\]]+|\[\d+\]|\[\.\.\.\]")
_INDEX: Final = re.compile(r"\[\d+\]")
_TYPES: Final = re.compile(r"^expected `(\w+)`, got `\w+`")
_RIGHT: Final = {
    "str": 'write it in quotes; fractions are decimal strings, as `"0.01"`',
    "int": "write a whole number, without quotes",
    "bool": "write `true` or `false`, without quotes",
    "array": 'write a list, as `["one", "two"]`',
    "object": "write a table",
}


def syntax_complaint(error: tomllib.TOMLDecodeError) -> tuple[str, int, int]:
    """Return what the parser says, in lower case, with line and column; 0 where it gives none."""
    message = str(error)
    place = _SYNTAX_PLACE.search(message)
    line, column = (int(place.group(1)), int(place.group(2))) if place else (0, 0)
    return _lowered(_SYNTAX_PLACE.sub("", message).strip()), line, column


def schema_complaint(message: str) -> tuple[str, KeyPath]:
    """Return what a `msgspec.ValidationError` says, in lower case, and the path that it is about.

    A key of a table that stands for any key is `[...]` in the path.
    """
    found = _VALUE_PATH.match(message)
    if not found:
        return _lowered(message), ()
    parts = _PART.findall(found.group(2))
    path = tuple(int(part[1:-1]) if _INDEX.fullmatch(part) else part for part in parts)
    return _lowered(found.group(1) + message[found.end() :]), path


def type_advice(what: str) -> str:
    """Return what would be right for a value of another type than its setting; else nothing."""
    found = _TYPES.search(what)
    return _RIGHT.get(found[1], "") if found else ""


def _lowered(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
