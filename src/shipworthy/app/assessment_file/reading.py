"""Reading the assessment file: strict, and every complaint says where."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from shipworthy.app.assessment_file.checks import check_assessment
from shipworthy.app.assessment_file.toml_complaints import schema_complaint, syntax_complaint
from shipworthy.app.assessment_file.toml_positions import KeyPath, TomlPositions
from shipworthy.kernel import (
    Diagnostic,
    Digest,
    Location,
    Problem,
    did_you_mean,
    digest_bytes,
    read_bounded,
    system_reason,
    utf8_text,
)
from shipworthy.records import Assessment
from shipworthy.vocabulary import DeploymentType

LARGEST_FILE: Final = 1024 * 1024
"""Bytes. A long assessment is a hundredth of this."""

_WRITTEN: Final = {
    "int": "write a whole number, without quotes",
    "str": "write text, in quotes",
    "array": "write a list, in brackets",
    "object": "write a table: `[name]`, or `[[name]]` for one of several",
}
_EXPECTED: Final = re.compile(r"expected `([a-z]+)")
_UNLISTED: Final = re.compile(r"^Invalid enum value '([^']*)'")
_UNKNOWN_FIELD: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING_FIELD: Final = re.compile(r"missing required field `([^`]*)`")


@dataclass(frozen=True, slots=True)
class AssessmentFile:
    """An assessment with the file that it came from."""

    path: Path
    source: bytes
    assessment: Assessment
    positions: TomlPositions

    @property
    def digest(self) -> Digest:
        """Digest of the file as written."""
        return digest_bytes(self.source)

    def relative(self, name: str) -> Path:
        """Return the path of a file that the assessment names, relative to it."""
        return self.path.parent / name

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        return self.positions.locate(path)

    @contextmanager
    def placed(self, *path: str | int) -> Iterator[None]:
        """Say where in the assessment the setting stands that a problem is about.

        A problem with a line of its own keeps it; a file that it names moves to the message.
        """
        try:
            yield
        except Problem as problem:
            place = self.locate(*path)
            raise Problem(
                [moved(one, place) for one in problem.diagnostics], problem.exit_code
            ) from None


def moved(found: Diagnostic, place: Location) -> Diagnostic:
    """Return a diagnostic at `place`, unless it has a line of its own."""
    own = found.location
    if own and own.line:
        return found
    named = f" (`{own}`)" if own and "`" not in own.file else ""
    return Diagnostic(found.code, f"{found.message}{named}", place, found.help)


def read_assessment(path: Path) -> AssessmentFile:
    """Read and check an assessment file.

    Raises:
        Problem: `assessment-*` with file, line and column, and what would be right.
    """
    source = _read(path)
    text = utf8_text(source, str(path), "assessment-encoding")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, path) from None
    except RecursionError:
        raise Problem.of(
            "assessment-syntax",
            "not valid TOML: brackets are nested too deep",
            location=Location(str(path)),
            help="an assessment needs at most a list of tables",
        ) from None
    positions = TomlPositions(text, str(path))
    try:
        assessment = msgspec.convert(raw, type=Assessment)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), raw, positions) from None
    found = list(check_assessment(assessment, positions))
    if found:
        raise Problem(found)
    return AssessmentFile(path=path, source=source, assessment=assessment, positions=positions)


def _read(path: Path) -> bytes:
    try:
        return read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "assessment-unreadable",
            f"cannot read the assessment: {system_reason(error)}",
            location=Location(str(path)),
            help="give the path of an assessment.toml",
        ) from None


def _syntax(error: tomllib.TOMLDecodeError, path: Path) -> Problem:
    what, line, column = syntax_complaint(error)
    advice = "strings need quotes; tables are written `[name]`, lists of tables `[[name]]`"
    if "overwrite" in what:
        advice = "a key stands once in its table: take one of the two out"
    return Problem.of(
        "assessment-syntax",
        f"not valid TOML: {what}",
        location=Location(str(path), line, column),
        help=advice,
    )


def _invalid(message: str, raw: dict[str, Any], positions: TomlPositions) -> Problem:
    """Turn the schema's complaint into a place and a suggestion."""
    what, path = schema_complaint(message)
    unknown = _UNKNOWN_FIELD.search(message)
    if unknown:
        legal = _fields_at(path)
        return Problem.of(
            "assessment-unknown-field",
            f"unknown field `{unknown.group(1)}`",
            location=positions.locate((*path, unknown.group(1))),
            help=did_you_mean(unknown.group(1), legal),
        )
    missing = _MISSING_FIELD.search(message)
    if missing:
        where = ".".join(str(part) for part in path) or "the file"
        return Problem.of(
            "assessment-missing-key",
            f"`{missing.group(1)}` is missing in `{where}`",
            location=positions.locate(path),
            help=f"add `{missing.group(1)} = ...`",
        )
    if path and path[-1] == "deployment":
        return Problem.of(
            "assessment-unknown-level",
            f"no deployment type `{_value_at(raw, path)}`",
            location=positions.locate(path),
            help=did_you_mean(
                str(_value_at(raw, path)), [member.value for member in DeploymentType]
            ),
        )
    unlisted = _UNLISTED.search(message)
    if unlisted and path:
        return _unlisted(unlisted.group(1), path, positions)
    expected = _EXPECTED.search(what)
    advice = _WRITTEN.get(expected.group(1), "") if expected else ""
    return Problem.of("assessment-type", what, location=positions.locate(path), help=advice)


def _unlisted(value: str, path: KeyPath, positions: TomlPositions) -> Problem:
    """Name the setting, also of an item of a list, and the values that it can have."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    verb = "cannot be" if path[-1] == key else "cannot hold"
    return Problem.of(
        "assessment-type",
        f"`{key}` {verb} `{value}`",
        location=positions.locate(path),
        help=did_you_mean(value, _choices_at(path)),
    )


def _value_at(raw: Any, path: KeyPath) -> Any:
    for part in path:
        raw = raw[part]
    return raw


def _fields_at(path: KeyPath) -> list[str]:
    """Return the legal field names at a path of the assessment."""
    kind = _struct_of(_type_at(path))
    return [] if kind is None else [field.encode_name for field in msgspec.structs.fields(kind)]


def _choices_at(path: KeyPath) -> list[str]:
    """Return the values that the setting at a path can have; none where they are not listed."""
    annotation = _type_at(path)
    found = []
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, Enum):
            found += [member.value for member in one]
        elif isinstance(one, str):
            found.append(one)
    return found


def _type_at(path: KeyPath) -> Any:
    """Return the type of the setting at a path; nothing where there is none."""
    annotation: Any = Assessment
    for part in path:
        if isinstance(part, int) or part == "[...]":
            continue
        kind = _struct_of(annotation)
        fields = () if kind is None else msgspec.structs.fields(kind)
        annotation = next((one.type for one in fields if one.encode_name == part), None)
    return annotation


def _struct_of(annotation: Any) -> Any:
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(
        (one for one in candidates if isinstance(one, type) and issubclass(one, msgspec.Struct)),
        None,
    )
