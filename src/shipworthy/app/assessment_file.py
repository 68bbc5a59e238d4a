"""Reading the assessment file: strict, and every complaint says where."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from shipworthy.app.toml_positions import Path as KeyPath
from shipworthy.app.toml_positions import TomlPositions
from shipworthy.kernel import Diagnostic, Digest, Location, Problem, did_you_mean, digest_bytes
from shipworthy.records import Assessment
from shipworthy.vocabulary import DeploymentType

_SYNTAX_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_VALUE_PATH: Final = re.compile(r" - at `\$?([^`]*)`")
_UNKNOWN_FIELD: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING_FIELD: Final = re.compile(r"missing required field `([^`]*)`")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


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


def read_assessment(path: Path) -> AssessmentFile:
    """Read and check an assessment file.

    Raises:
        Problem: `assessment-*` with file, line and column, and what would be right.
    """
    source = _read(path)
    text = _decode(source, path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, path) from None
    positions = TomlPositions(text, str(path))
    try:
        assessment = msgspec.convert(raw, type=Assessment)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), raw, positions) from None
    found = list(_check(assessment, positions))
    if found:
        raise Problem(found)
    return AssessmentFile(path=path, source=source, assessment=assessment, positions=positions)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Problem.of(
            "assessment-unreadable",
            f"cannot read the assessment: {error.strerror}",
            location=Location(str(path)),
            help="give the path of an assessment.toml",
        ) from None


def _decode(source: bytes, path: Path) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise Problem.of(
            "assessment-encoding",
            "the file is not UTF-8 text",
            location=Location(str(path), line),
            help="save it as UTF-8",
        ) from None


def _syntax(error: tomllib.TOMLDecodeError, path: Path) -> Problem:
    message = str(error)
    place = _SYNTAX_PLACE.search(message)
    line, column = (int(place.group(1)), int(place.group(2))) if place else (0, 0)
    what = _SYNTAX_PLACE.sub("", message).strip()
    return Problem.of(
        "assessment-syntax",
        f"not valid TOML: {what[:1].lower()}{what[1:]}",
        location=Location(str(path), line, column),
        help="strings need quotes; tables are written `[name]`, lists of tables `[[name]]`",
    )


def _invalid(message: str, raw: dict[str, Any], positions: TomlPositions) -> Problem:
    """Turn the schema's complaint into a place and a suggestion."""
    found = _VALUE_PATH.search(message)
    path = _key_path(found.group(1)) if found else ()
    what = _VALUE_PATH.sub("", message)
    what = f"{what[:1].lower()}{what[1:]}"
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
    return Problem.of("assessment-type", what, location=positions.locate(path))


def _key_path(text: str) -> KeyPath:
    parts: list[str | int] = []
    for part in re.findall(r"[^.\[\]]+|\[\d+\]|\[\.\.\.\]", text):
        parts.append(int(part[1:-1]) if part[1:-1].isdigit() and part[0] == "[" else part)
    return tuple(parts)


def _value_at(raw: Any, path: KeyPath) -> Any:
    for part in path:
        raw = raw[part]
    return raw


def _fields_at(path: KeyPath) -> list[str]:
    """Return the legal field names at a path of the assessment."""
    kind: Any = Assessment
    for part in path:
        if isinstance(part, int) or part == "[...]":
            continue
        field = next((f for f in msgspec.structs.fields(kind) if f.encode_name == part), None)
        if field is None:
            return []
        kind = _struct_of(field.type)
        if kind is None:
            return []
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _struct_of(annotation: Any) -> Any:
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(
        (one for one in candidates if isinstance(one, type) and issubclass(one, msgspec.Struct)),
        None,
    )


def _check(assessment: Assessment, positions: TomlPositions) -> list[Diagnostic]:
    found: list[Diagnostic] = []

    def complain(code: str, message: str, path: KeyPath, right: str) -> None:
        found.append(Diagnostic(code, message, positions.locate(path), right))

    header, campaign = assessment.assessment, assessment.campaign
    if not _NAME.fullmatch(header.name):
        complain(
            "assessment-name",
            f"`{header.name}` cannot name an assessment",
            ("assessment", "name"),
            "lower-case letters, digits, dots, underscores and hyphens, at most 64",
        )
    if not 0 <= header.seed < 2**53:
        complain(
            "assessment-seed",
            f"`{header.seed}` is not a seed",
            ("assessment", "seed"),
            "an integer from 0 to 2^53 - 1",
        )
    if header.expires_days < 1:
        complain(
            "assessment-expiry",
            f"a decision cannot expire after `{header.expires_days}` days",
            ("assessment", "expires_days"),
            "a positive number of days",
        )
    if not _is_level(campaign.alpha):
        complain(
            "assessment-impossible-threshold",
            f"`alpha = {campaign.alpha}` is not an error level",
            ("campaign", "alpha"),
            "a decimal string between 0 and 0.5, such as `0.05`",
        )
    for name in ("concurrency", "attacks_per_scenario"):
        if not 1 <= getattr(campaign, name) <= 4096:
            complain(
                "assessment-impossible-threshold",
                f"`{name} = {getattr(campaign, name)}`",
                ("campaign", name),
                "from 1 to 4096",
            )
    for name in ("scenarios_per_domain", "benign_per_domain"):
        if getattr(campaign, name) < 0:
            complain(
                "assessment-impossible-threshold",
                f"`{name} = {getattr(campaign, name)}`",
                ("campaign", name),
                "0 for all, or a positive number",
            )
    for name in ("attacks", "scenarios", "domains"):
        values = getattr(campaign, name)
        for twice in sorted({value for value in values if values.count(value) > 1}):
            complain(
                "assessment-duplicate-id",
                f"`{twice}` is listed twice",
                ("campaign", name),
                "list it once",
            )
    _check_layers(assessment, complain)
    return found


def _check_layers(assessment: Assessment, complain: Any) -> None:
    seen: set[str] = set()
    for index, layer in enumerate(assessment.safeguards):
        name = layer.name or layer.kind
        if name in seen:
            complain(
                "assessment-duplicate-id",
                f"two safeguards are called `{name}`",
                ("safeguards", index),
                'give one of them another `name = "..."`',
            )
        seen.add(name)
    facts: set[str] = set()
    for index, fact in enumerate(assessment.facts):
        if fact.field in facts:
            complain(
                "assessment-duplicate-id",
                f"two facts state `{fact.field}`",
                ("facts", index),
                "state each field once",
            )
        facts.add(fact.field)


def _is_level(text: str) -> bool:
    try:
        return 0.0 < float(text) < 0.5
    except ValueError:
        return False
