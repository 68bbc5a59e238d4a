"""The base of every value that is written down."""

import re
from collections.abc import Mapping
from enum import EnumMeta
from typing import Any, Final, TypeVar, get_args

import msgspec

from shipworthy.kernel.diagnostics import Diagnostic, Location, Problem, did_you_mean

R = TypeVar("R")

_PLACE: Final = re.compile(r" - at `\$\.?([^`]*)`$")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")
_TYPES: Final = re.compile(r"^Expected `([a-z |]+)`, got `([a-z]+)`$")
_CHOICE: Final = re.compile(r"^Invalid enum value '([^']*)'")
_WORDS: Final = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number with a point",
    "bool": "`true` or `false`",
    "array": "a list",
    "object": "a table",
}
"""The types that people write, by msgspec's names for them."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen, keyword-only record; unknown fields are refused when it is read."""


def read_record(data: bytes | str, kind: type[R], source: str) -> R:
    """Decode JSON into a record.

    Raises:
        Problem: `record-invalid` naming the source, the field and what was expected.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _invalid(error, source) from None


def convert_record(value: Any, kind: type[R], source: str) -> R:
    """Convert builtins (from TOML, YAML or JSON) into a record.

    Raises:
        Problem: `record-invalid` naming the source, the field, what was expected and, for a
            field that does not exist, the nearest that does.
    """
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        message, advice = _explained(str(error), kind)
        raise Problem.of(
            "record-invalid", message, location=Location(source), help=advice
        ) from None


def convert_options(options: Mapping[str, object], kind: type[R], what: str) -> R:
    """Convert options that a person wrote, as TOML or JSON, into their record, which has a `name`.

    Raises:
        Problem: `option-unknown` with the nearest legal word, or `record-invalid`; both name the
            thing as `what`, with the name that it is given or has by default.
    """
    assert issubclass(kind, msgspec.Struct)
    fields = msgspec.structs.fields(kind)
    default_name = next(field.default for field in fields if field.name == "name")
    source = f"{what} `{options.get('name', default_name)}`"
    legal = [field.name for field in fields]
    unknown = [
        Diagnostic(
            "option-unknown", f"no option `{key}`", Location(source), did_you_mean(key, legal)
        )
        for key in sorted(set(options) - set(legal))
    ]
    if unknown:
        raise Problem(unknown)
    return convert_record(dict(options), kind, source)


def _explained(complaint: str, kind: type) -> tuple[str, str]:
    """Return a complaint about something that a person wrote in their words, and advice."""
    place = _PLACE.search(complaint)
    path = place.group(1) if place else ""
    inside = f" in `{path}`" if path else ""
    what = _PLACE.sub("", complaint)
    unknown, missing, types = _UNKNOWN.search(what), _MISSING.search(what), _TYPES.search(what)
    if unknown:
        record = issubclass(kind, msgspec.Struct) and not path
        legal = [field.encode_name for field in msgspec.structs.fields(kind)] if record else []
        return f"unknown field `{unknown.group(1)}`{inside}", did_you_mean(unknown.group(1), legal)
    if missing:
        return f"`{missing.group(1)}` is missing{inside}", f"add `{missing.group(1)} = ...`"
    if types and path:
        wanted, got = (_WORDS.get(name, f"`{name}`") for name in types.groups())
        return f"`{path}` is {got}", f"write {wanted}"
    choice = _CHOICE.search(what)
    advice = did_you_mean(choice.group(1), _choices(kind, path)) if choice else ""
    return f"{what[:1].lower()}{what[1:]}{inside}", advice


def _choices(kind: type, path: str) -> list[str]:
    """Return the words that a field of a record may hold; none for fields of records in it."""
    name = path.partition("[")[0]
    if not issubclass(kind, msgspec.Struct):
        return []
    types: list[Any] = [one.type for one in msgspec.structs.fields(kind) if one.encode_name == name]
    found: list[str] = []
    while types:
        one = types.pop()
        found += [word for word in get_args(one) if isinstance(word, str)]
        if isinstance(one, EnumMeta):
            found += [str(member.value) for member in list[Any](one)]
        types += [part for part in get_args(one) if not isinstance(part, str)]
    return found


def _invalid(error: Exception, source: str) -> Problem:
    return Problem.of("record-invalid", str(error), location=Location(source))
