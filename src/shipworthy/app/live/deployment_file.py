"""The deployment file: read strictly, checked, with the place of every setting."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from shipworthy.app.assessment_file.reading import moved
from shipworthy.app.assessment_file.toml_complaints import (
    schema_complaint,
    syntax_complaint,
    type_advice,
)
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
from shipworthy.records.live.deployments import Deployment, LogSection
from shipworthy.traffic.gateway.addresses import listening, upstream_address

LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHARE: Final = re.compile(r"0\.[0-9]{1,6}|1", re.ASCII)
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")
_UNLISTED: Final = re.compile(r"invalid enum value '([^']*)'")
_UNSENT: Final = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-encoding",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-api-key",
    }
)
"""Headers that are the gateway's to write, or that belong to one connection."""


@dataclass(frozen=True, slots=True)
class DeploymentFile:
    """A deployment with the file that it came from."""

    path: Path
    source: bytes
    deployment: Deployment
    positions: TomlPositions

    @property
    def digest(self) -> Digest:
        """Digest of the file as written."""
        return digest_bytes(self.source)

    @property
    def state(self) -> Path:
        """Folder of the log and of the emergency stop."""
        header = self.deployment.deployment
        return self.path.parent / (header.state or f"live/{header.name}")

    @property
    def assessment(self) -> Path | None:
        """The assessment that the file names, if any."""
        named = self.deployment.deployment.assessment
        return self.path.parent / named if named else None

    def relative(self, name: str) -> Path:
        """Return the path of a file that the deployment names, relative to it."""
        return self.path.parent / name

    def log_options(self, section: LogSection) -> dict[str, object]:
        """Return the options of a log; a segment log lies in the deployment's folder by default."""
        options: dict[str, object] = dict(section.options)
        if section.kind == "segment":
            named = str(options.get("folder", ""))
            options["folder"] = str(self.relative(named) if named else self.state / "log")
        return options

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        return self.positions.locate(path)

    @contextmanager
    def placed(self, *path: str | int) -> Iterator[None]:
        """Say where in the file the setting stands that a problem without a line is about.

        A file that the problem names moves to the message.
        """
        try:
            yield
        except Problem as problem:
            raise Problem(
                [moved(one, self.locate(*path)) for one in problem.diagnostics], problem.exit_code
            ) from None


def read_deployment(path: Path) -> DeploymentFile:
    """Read and check a deployment file.

    Raises:
        Problem: `deployment-unreadable`, `deployment-syntax`, `deployment-invalid` or
            `deployment-address`, with the place and what would be right.
    """
    source = _read(path)
    text = utf8_text(source, str(path), "deployment-syntax")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _syntax(error, path) from None
    positions = TomlPositions(text, str(path))
    try:
        deployment = msgspec.convert(raw, type=Deployment)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), positions) from None
    file = DeploymentFile(path, source, deployment, positions)
    found = [
        Diagnostic("deployment-invalid", message, positions.locate(where), right)
        for message, where, right in _checked(deployment)
    ]
    if found:
        raise Problem(found)
    with file.placed("upstream", "url"):
        upstream_address(deployment.upstream.url)
    for key in ("listen", "admin"):
        named = getattr(deployment.deployment, key)
        with file.placed("deployment", key):
            if named or key == "listen":
                listening(named)
    return file


def _read(path: Path) -> bytes:
    try:
        return read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "deployment-unreadable",
            f"cannot read the deployment: {system_reason(error)}",
            location=Location(str(path)),
            help="give the path of a deployment.toml",
        ) from None


def _syntax(error: Exception, path: Path) -> Problem:
    what, line, column = "nested too deep", 0, 0
    if isinstance(error, tomllib.TOMLDecodeError):
        what, line, column = syntax_complaint(error)
    return Problem.of(
        "deployment-syntax",
        f"not valid TOML: {what}",
        location=Location(str(path), line, column),
        help="strings need quotes; tables are written `[name]`, lists of tables `[[name]]`",
    )


def _invalid(complaint: str, positions: TomlPositions) -> Problem:
    what, path = schema_complaint(complaint)
    unknown, missing = _UNKNOWN.search(what), _MISSING.search(what)
    unlisted = _UNLISTED.search(what)
    advice = ""
    if unknown:
        what, advice = f"unknown field `{unknown[1]}`", did_you_mean(unknown[1], _fields(path))
        path = (*path, unknown[1])
    elif missing:
        what, advice = f"`{missing[1]}` is missing", f"add `{missing[1]} = ...`"
    elif unlisted:
        what, advice = f"`{unlisted[1]}` is not known here", _choices(unlisted[1], path)
    else:
        advice = type_advice(what)
    return Problem.of("deployment-invalid", what, location=positions.locate(path), help=advice)


def _checked(deployment: Deployment) -> Iterator[tuple[str, KeyPath, str]]:
    header, log = deployment.deployment, deployment.log
    if not _NAME.fullmatch(header.name):
        right = "lower-case letters, digits, dots, underscores and hyphens, at most 64"
        yield f"`{header.name}` cannot name a deployment", ("deployment", "name"), right
    if not header.dialects or len(set(header.dialects)) < len(header.dialects):
        yield "a deployment serves each dialect once", ("deployment", "dialects"), "name some"
    if not _SHARE.fullmatch(log.sample_share) or Decimal(log.sample_share) == 0:
        right = 'a decimal above 0, at most 1, such as `"0.01"`'
        yield f"`{log.sample_share}` is no share", ("log", "sample_share"), right
    for index, name in enumerate(deployment.upstream.headers):
        if not _HEADER.fullmatch(name) or name.lower() in _UNSENT:
            right = "the gateway writes some headers itself; others belong to one connection"
            yield f"`{name}` cannot be passed on", ("upstream", "headers", index), right
    for key in ("header", "conversation_header"):
        name = getattr(deployment.accounts, key)
        if name and not _HEADER.fullmatch(name):
            yield f"`{name}` is no name of a header", ("accounts", key), "as `x-account`"
    names = [layer.name or layer.kind for layer in deployment.safeguards]
    for index, name in enumerate(names):
        if name in names[:index]:
            right = 'give one of them another `name = "..."`'
            yield f"two safeguards are called `{name}`", ("safeguards", index), right


def _fields(path: KeyPath) -> list[str]:
    kind = _struct(_type_at(path))
    return [] if kind is None else [field.encode_name for field in msgspec.structs.fields(kind)]


def _choices(value: str, path: KeyPath) -> str:
    found: list[str] = []
    kinds = [_type_at(path)]
    while kinds:
        one = kinds.pop()
        found += [word for word in get_args(one) if isinstance(word, str)]
        kinds += [part for part in get_args(one) if not isinstance(part, str)]
    return did_you_mean(value, found)


def _type_at(path: KeyPath) -> Any:
    annotation: Any = Deployment
    for part in path:
        kind = _struct(annotation)
        if isinstance(part, int) or kind is None:
            continue
        fields = msgspec.structs.fields(kind)
        annotation = next((one.type for one in fields if one.encode_name == part), None)
    return annotation


def _struct(annotation: Any) -> Any:
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(
        (one for one in candidates if isinstance(one, type) and issubclass(one, msgspec.Struct)),
        None,
    )
