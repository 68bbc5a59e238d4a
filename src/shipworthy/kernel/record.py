"""The base of every value that is written down."""

from typing import Any, TypeVar

import msgspec

from shipworthy.kernel.diagnostics import Location, Problem

R = TypeVar("R")


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
        Problem: `record-invalid` naming the source, the field and what was expected.
    """
    try:
        return msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(error, source) from None


def _invalid(error: Exception, source: str) -> Problem:
    return Problem.of("record-invalid", str(error), location=Location(source))
