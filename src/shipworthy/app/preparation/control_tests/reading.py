"""Reading the file that says which controls are tested: strict, and every complaint says where."""

import re
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from shipworthy.app.assessment_file.toml_complaints import schema_complaint, syntax_complaint
from shipworthy.app.assessment_file.toml_positions import KeyPath, TomlPositions
from shipworthy.app.preparation.control_tests.schema import (
    ControlFile,
    ControlSection,
    SettingsSection,
    StackSection,
    require_share,
)
from shipworthy.kernel import (
    Location,
    Problem,
    Record,
    TooLargeError,
    did_you_mean,
    read_bounded,
    system_reason,
)
from shipworthy.records.risks.controls import ControlRequirement

LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""

BUILT_IN: Final = Path(__file__).with_name("built-in.toml")
"""The test that runs where no file is given."""

_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")
_SECTIONS: Final[dict[str, type[Record]]] = {
    "": ControlFile,
    "test": SettingsSection,
    "require": ControlRequirement,
    "stacks": StackSection,
    "controls": ControlSection,
}


class ReadFile(msgspec.Struct, frozen=True):
    """A file that was read, with the place of everything in it."""

    content: ControlFile
    positions: TomlPositions
    source: bytes


def read_control_file(path: Path) -> ReadFile:
    """Read and check a file.

    Raises:
        Problem: `control-file-unreadable`, `control-file-syntax` or `control-file-invalid`.
    """
    source = _bytes(path)
    text = _text(source, path)
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _syntax(error, path) from None
    positions = TomlPositions(text, str(path))
    try:
        content = msgspec.convert(raw, type=ControlFile)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), positions) from None
    _check(content, positions)
    return ReadFile(content, positions, source)


def _bytes(path: Path) -> bytes:
    try:
        return read_bounded(path, LARGEST_FILE)
    except TooLargeError as error:
        raise _unreadable(path, f"it is {error.strerror}") from None
    except OSError as error:
        raise _unreadable(path, system_reason(error)) from None


def _text(source: bytes, path: Path) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8 text") from None


def _unreadable(path: Path, why: str) -> Problem:
    return Problem.of(
        "control-file-unreadable",
        f"cannot read which controls to test: {why}",
        location=Location(str(path)),
        help="`shipworthy control example > controls.toml` writes a file to begin with",
    )


def _syntax(error: Exception, path: Path) -> Problem:
    what, line, column = "nested too deep", 0, 0
    if isinstance(error, tomllib.TOMLDecodeError):
        what, line, column = syntax_complaint(error)
    return Problem.of(
        "control-file-syntax",
        f"not valid TOML: {what}",
        location=Location(str(path), line, column),
        help="strings need quotes; tables are written `[name]`, lists of tables `[[name]]`",
    )


def _invalid(complaint: str, positions: TomlPositions) -> Problem:
    what, path = schema_complaint(complaint)
    unknown, missing = _UNKNOWN.search(what), _MISSING.search(what)
    advice = ""
    if unknown:
        words = [part for part in path if isinstance(part, str)]
        section = _SECTIONS.get(words[-1] if words else "", ControlFile)
        legal = [field.encode_name for field in msgspec.structs.fields(section)]
        advice = did_you_mean(unknown.group(1), legal)
        what, path = f"unknown field `{unknown.group(1)}`", (*path, unknown.group(1))
    elif missing:
        what, advice = f"`{missing.group(1)}` is missing", f"add `{missing.group(1)} = ...`"
    return _wrong(what, positions, path, advice)


def _check(content: ControlFile, positions: TomlPositions) -> None:
    names = [stack.name for stack in content.stacks]
    if not names:
        raise _wrong("no stack is tested", positions, (), "write `[[stacks]]` and its controls")
    for index, name in enumerate(names):
        at: KeyPath = ("stacks", index, "name")
        if not name.strip() or not name.isprintable() or name == "no-control":
            raise _wrong(f"a stack cannot be named `{name}`", positions, at, "another name")
        if name in names[:index]:
            raise _wrong(f"two stacks are named `{name}`", positions, at, "rename one of them")
    if content.require is not None:
        _check_requirement(content.require, names, positions)


def _check_requirement(
    requirement: ControlRequirement, names: list[str], positions: TomlPositions
) -> None:
    if requirement.stack not in names:
        message = f"no stack `{requirement.stack}`"
        advice = did_you_mean(requirement.stack, names)
        raise _wrong(message, positions, ("require", "stack"), advice)
    limits = {
        "caught_before": requirement.caught_before,
        "false_alarms": requirement.false_alarms,
        "usefulness": requirement.usefulness,
    }
    given = {name: text for name, text in limits.items() if text is not None}
    if not given:
        advice = 'for example `caught_before = "0.90"`'
        raise _wrong("nothing is required", positions, ("require",), advice)
    for name, text in given.items():
        try:
            require_share(name, text)
        except ValueError as error:
            raise _wrong(str(error), positions, ("require", name), "") from None


def _wrong(message: str, positions: TomlPositions, path: KeyPath, advice: str) -> Problem:
    return Problem.of("control-file-invalid", message, location=positions.locate(path), help=advice)
