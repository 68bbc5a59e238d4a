"""Reading a monitor file: strict, and every complaint says where."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec

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
from shipworthy.records.live.monitors import (
    BandSection,
    ClustersSection,
    DriftSection,
    MappedFields,
    MonitorDocument,
    MonitorHeader,
    ReviewSection,
    SourceSection,
)

LARGEST_FILE: Final = 1024 * 1024
"""Bytes."""

OWN_METRICS: Final = ("disagreement", "recheck", "other-engine", "unreadable")
"""Metrics of the monitor itself, which no finding of a campaign knows."""

_DEPLOYED: Final = re.compile(r"(detected|errored|prevalence|asr)\.[A-Za-z0-9_-]+\.deployed")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")
_CHOICE: Final = re.compile(r"^invalid enum value '([^']*)'", re.IGNORECASE)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_SECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "": MonitorDocument,
    "monitor": MonitorHeader,
    "source": SourceSection,
    "mapping": MappedFields,
    "bands": BandSection,
    "review": ReviewSection,
    "drift": DriftSection,
    "clusters": ClustersSection,
}


@dataclass(frozen=True, slots=True)
class MonitorFile:
    """A monitor file with where it came from."""

    path: Path
    digest: Digest
    document: MonitorDocument
    positions: TomlPositions

    @property
    def state(self) -> Path:
        """Folder of the monitor's state."""
        return self.relative(self.document.monitor.state)

    def relative(self, name: str) -> Path:
        """Return the path of something that the file names, relative to it."""
        return self.path.parent / name

    def locate(self, *path: str | int) -> Location:
        """Return where a setting stands."""
        return self.positions.locate(path)


def read_monitor_file(path: Path) -> MonitorFile:
    """Read and check a monitor file.

    Raises:
        Problem: `monitor-file-unreadable`, `monitor-file-syntax` or `monitor-file-invalid`.
    """
    try:
        source = read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "monitor-file-unreadable",
            f"cannot read the monitor file: {system_reason(error)}",
            location=Location(str(path)),
            help="give the path of a monitor.toml",
        ) from None
    text = utf8_text(source, str(path), "monitor-file-unreadable")
    raw = _parsed(text, path)
    positions = TomlPositions(text, str(path))
    try:
        document = msgspec.convert(raw, type=MonitorDocument)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), positions) from None
    wrong = [
        Diagnostic("monitor-file-invalid", message, positions.locate(place), advice)
        for message, place, advice in _complaints(document)
    ]
    if wrong:
        raise Problem(wrong)
    return MonitorFile(path, digest_bytes(source), document, positions)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        what, line, column = "nested too deep", 0, 0
        if isinstance(error, tomllib.TOMLDecodeError):
            what, line, column = syntax_complaint(error)
        raise Problem.of(
            "monitor-file-syntax",
            f"not valid TOML: {what}",
            location=Location(str(path), line, column),
            help="strings need quotes; tables are written `[name]`, lists of tables `[[name]]`",
        ) from None


def _invalid(complaint: str, positions: TomlPositions) -> Problem:
    what, path = schema_complaint(complaint)
    unknown, missing, choice = _UNKNOWN.search(what), _MISSING.search(what), _CHOICE.search(what)
    words = [part for part in path if isinstance(part, str) and part != "[...]"]
    advice = ""
    if unknown:
        section = _SECTIONS.get(words[-1] if words else "", MonitorDocument)
        legal = [field.encode_name for field in msgspec.structs.fields(section)]
        advice = did_you_mean(unknown.group(1), legal)
        what, path = f"unknown field `{unknown.group(1)}`", (*path, unknown.group(1))
    elif missing:
        what, advice = f"`{missing.group(1)}` is missing", f"add `{missing.group(1)} = ...`"
    elif choice and words:
        what, advice = f"`{words[-1]}` cannot be `{choice.group(1)}`", _choices(path, choice[1])
    else:
        advice = type_advice(what)
    return Problem.of("monitor-file-invalid", what, location=positions.locate(path), help=advice)


def _choices(path: KeyPath, said: str) -> str:
    names = [part for part in path if isinstance(part, str)]
    section = _SECTIONS.get(names[-2] if len(names) > 1 else "", MonitorDocument)
    kinds = {field.encode_name: field.type for field in msgspec.structs.fields(section)}
    legal = getattr(kinds.get(names[-1]), "__args__", ())
    return did_you_mean(said, [word for word in legal if isinstance(word, str)])


_METRICS_HELP: Final = (
    "`detected.LAYER.deployed`, `errored.LAYER.deployed`, `prevalence.DOMAIN.deployed`, "
    f"`asr.DOMAIN.deployed`, or {', '.join(f'`{one}`' for one in OWN_METRICS)}"
)
_NO_RESTRICT: Final = "`page-only`, `expire` or `roll-back`; bands know `restrict_to`"
Complaint = tuple[str, KeyPath, str]


def _complaints(document: MonitorDocument) -> Iterator[Complaint]:
    header = document.monitor
    if not _NAME.fullmatch(header.name):
        yield (
            f"`{header.name}` cannot name a monitor",
            ("monitor", "name"),
            "lower-case letters, digits, dots, underscores and hyphens, at most 64",
        )
    for name, least, most in (
        ("window_seconds", 1, 86_400),
        ("false_alarm_days", 1, 36_500),
        ("least_requests", 1, 10**12),
        ("silence_seconds", 1, 31_536_000),
        ("lateness_seconds", 0, 86_400),
        ("requests_per_second", 1, 10**9),
        ("experts_per_minute", 0, 10**6),
    ):
        if not least <= getattr(header, name) <= most:
            advice = f"a whole number from {least} to {most}"
            yield f"`{name}` is out of range", ("monitor", name), advice
    if header.keep_days and not 7 <= header.keep_days <= 36_500:
        advice = "0 for everything, or a whole number from 7 to 36500"
        yield "`keep_days` is out of range", ("monitor", "keep_days"), advice
    yield from _about_source(document.source)
    yield from _about_bands(document)
    for index, review in enumerate(document.review):
        yield from _about_review(review, index)
    if document.drift:
        yield from _about_drift(document.drift)
    if document.clusters:
        yield from _about_clusters(document.clusters)
    for path, action in (
        (("monitor", "silence_action"), header.silence_action),
        (("drift", "action"), document.drift.action if document.drift else ""),
        (("clusters", "action"), document.clusters.action if document.clusters else ""),
    ):
        if action == "restrict":
            yield "nothing says to which deployment to go back", path, _NO_RESTRICT


def _about_source(source: SourceSection) -> Iterator[Complaint]:
    files = source.kind in {"jsonl", "parquet"}
    if files and not source.paths:
        yield f"`{source.kind}` needs files", ("source",), 'add `paths = ["FILE"]`'
    if not files and (source.paths or source.mapping):
        named = "paths" if source.paths else "mapping"
        yield (
            f"`{named}` is for files, and `kind` is `{source.kind}`",
            ("source", named),
            "take it out, or choose `jsonl` or `parquet`",
        )
    mapping = source.mapping
    if mapping and not mapping.at:
        yield "without a time no exchange belongs to a window", ("source", "mapping", "at"), ""


def _about_bands(document: MonitorDocument) -> Iterator[Complaint]:
    names = Counter(band.metric for band in document.bands)
    for index, band in enumerate(document.bands):
        at: KeyPath = ("bands", index)
        if band.metric not in OWN_METRICS and not _DEPLOYED.fullmatch(band.metric):
            yield (
                f"no metric `{band.metric}`",
                (*at, "metric"),
                _METRICS_HELP,
            )
        if names[band.metric] > 1:
            yield f"`{band.metric}` has {names[band.metric]} bands", at, "keep one of them"
        if bool(band.finding) == bool(band.limit):
            yield (
                f"the band of `{band.metric}` needs a finding or a limit, one of the two",
                at,
                '`finding = "asr.DOMAIN.safeguarded"`, or `limit = "0.01"` with `reason = "..."`',
            )
        if band.limit and not is_share(band.limit):
            yield f"`{band.limit}` is no rate", (*at, "limit"), 'a decimal as "0.01", below 1'
        if band.limit and not band.reason.strip():
            yield (
                f"the limit of `{band.metric}` is declared, and nobody says why",
                (*at, "limit"),
                "add `reason = ...`: what the campaign did not measure, and where this comes from",
            )
        if (band.action == "restrict") != (band.restrict_to is not None):
            yield (
                "`restrict` and `restrict_to` go together",
                (*at, "action"),
                '`restrict_to = "internal"`: the deployment to go back to',
            )


def _about_review(review: ReviewSection, index: int) -> Iterator[Complaint]:
    at: KeyPath = ("review", index)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", review.domain):
        yield f"`{review.domain}` cannot name a domain", (*at, "domain"), "lower-case words"
    if not review.question.strip():
        yield "readers are asked nothing", (*at, "question"), "one sentence, answered by yes or no"
    for name, least in (("draws", 1), ("never_miss", 0), ("seed", 0)):
        if not least <= getattr(review, name) <= 2**53 - 1:
            yield f"`{name}` is out of range", (*at, name), f"a whole number from {least}"
    for name, lowest in (("uniform", Fraction(1, 5)), ("twice", Fraction(0))):
        text = getattr(review, name)
        share = share_of(text)
        if share is None or not lowest <= share <= 1:
            yield f"`{text}` is no share of draws", (*at, name), f"a decimal from {lowest} to 1"


def _about_drift(drift: DriftSection) -> Iterator[Complaint]:
    if not drift.features or len(set(drift.features)) < len(drift.features):
        yield "features are named once each, and one at least", ("drift", "features"), ""
    for name, least, most in (("window_seconds", 60, 604_800), ("reference_windows", 2, 10_000)):
        if not least <= getattr(drift, name) <= most:
            advice = f"a whole number from {least} to {most}"
            yield f"`{name}` is out of range", ("drift", name), advice
    if not is_share(drift.tolerance):
        yield f"`{drift.tolerance}` is no distance", ("drift", "tolerance"), 'a decimal as "0.05"'


def _about_clusters(clusters: ClustersSection) -> Iterator[Complaint]:
    if not is_share(clusters.baseline):
        yield f"`{clusters.baseline}` is no rate", ("clusters", "baseline"), 'a decimal as "0.02"'
    if not clusters.reason.strip():
        yield (
            "the baseline is declared, and nobody says why",
            ("clusters", "reason"),
            "where it comes from: the touchiest harmless topic of your traffic",
        )
    if not 5 <= clusters.least_accounts <= 200:
        advice = "a whole number from 5 to 200: fewer accounts are people, not a cluster"
        yield "`least_accounts` is out of range", ("clusters", "least_accounts"), advice


def is_share(text: str) -> bool:
    """Whether a text is a plain decimal strictly between 0 and 1."""
    share = share_of(text)
    return share is not None and 0 < share < 1


def share_of(text: str) -> Fraction | None:
    """Return a plain decimal from 0 to 1 with at most nine digits after the point, or nothing."""
    if not re.fullmatch(r"[01](\.[0-9]{1,9})?", text, re.ASCII):
        return None
    share = Fraction(text)
    return share if share <= 1 else None
