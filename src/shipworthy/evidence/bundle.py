"""The evidence bundle: everything a stranger needs to recompute a report. See spec/bundle.md."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shipworthy.evidence.attestations import envelope, make_statement
from shipworthy.evidence.files import write_atomically
from shipworthy.evidence.ledger import CHECKPOINT, ENTRIES
from shipworthy.evidence.segments import segment_lines
from shipworthy.evidence.signers import Signer, key_id, public_text
from shipworthy.evidence.statements import Attested, FactsDocument
from shipworthy.kernel import Digest, Problem, Record, canonical_bytes, digest_bytes
from shipworthy.records import (
    AnswerKey,
    CalibrationCard,
    CampaignPlan,
    Decision,
    Fact,
    Findings,
    Rulebook,
    Scenario,
)

SCHEMA: Final = "shipworthy/bundle/1"
RUNNER: Final = "runner"
"""Role of the key that signs the log, the runner's statements and the bundle."""

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ListedKey(Record, frozen=True, kw_only=True):
    """A public key in the manifest: its id, the raw key in base64, whose it is and for what."""

    keyid: Digest
    public: str
    holder: str
    roles: tuple[str, ...]


class Manifest(Record, frozen=True, kw_only=True):
    """`bundle.json`: every file but this one and its signature, and every key."""

    schema: str = SCHEMA
    files: dict[str, Digest]
    keys: dict[str, ListedKey]
    report: tuple[str, ...]


class ListedScenario(Record, frozen=True, kw_only=True):
    """A scenario beside its digest."""

    digest: Digest
    scenario: Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContent:
    """What goes into a bundle.

    Attributes:
        assessment: the assessment file as the user wrote it.
        cards: calibration cards of the plan's judges.
        segments: run id to its trial file, for every run in the log.
        statements: kind (`plan`, `findings`, `decision`, `report`) to its logged envelope.
        sign_offs: logged envelopes of the sign-offs that count for this decision.
        log: folder of the ledger, with a checkpoint over all entries.
        registry: the files of the project's registry by name, under one checkpoint.
        keys: manifest name to key, the runner's included (see `list_key`).
        reports: `report.html` and `report.json`.
        reading: what people read and answered, by path below the bundle; see `reading_files`.
        canaries: answer keys and answers, by path below the bundle; see `canary_files`.
        controls: record and file of the test of controls, by path below the bundle.
        live: envelopes about the deployment, by path below the bundle; see `live_files`.
    """

    plan: CampaignPlan
    rulebook: Rulebook
    facts: Sequence[Fact]
    assessment: bytes
    cards: Sequence[CalibrationCard]
    scenarios: Sequence[Scenario]
    segments: Mapping[str, Path]
    findings: Findings
    decision: Decision
    statements: Mapping[str, bytes]
    sign_offs: Sequence[bytes]
    log: Path
    registry: Mapping[str, bytes]
    keys: Mapping[str, ListedKey]
    reports: Mapping[str, bytes]
    reading: Mapping[str, bytes] = field(default_factory=dict)
    canaries: Mapping[str, bytes] = field(default_factory=dict)
    controls: Mapping[str, bytes] = field(default_factory=dict)
    live: Mapping[str, bytes] = field(default_factory=dict)


def list_key(public: bytes, holder: str, roles: Sequence[str]) -> ListedKey:
    """List a raw public key with the person (or machine) that holds it and its roles."""
    return ListedKey(
        keyid=key_id(public), public=public_text(public), holder=holder, roles=tuple(roles)
    )


def export_bundle(content: BundleContent, signer: Signer, folder: Path, at: str) -> Digest:
    """Write the bundle into a new or empty folder and return the digest of its manifest.

    The same arguments give the same bytes. `signer` is the runner's key, `at` the time.

    Raises:
        Problem: `bundle-exists` when the folder holds anything, `bundle-name` when a judge or run
            has a name that is no file name.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Problem.of(
            "bundle-exists", f"`{folder}` is not empty", help="export into a new folder"
        )
    files = bundle_files(content)
    manifest, signed = seal_files(files, content, signer, at)
    for path in sorted(files):
        write_atomically(folder / path, files[path])
    write_atomically(folder / "bundle.json", manifest)
    write_atomically(folder / "bundle.dsse.json", signed)
    return digest_bytes(manifest)


def seal_files(
    files: Mapping[str, bytes], content: BundleContent, signer: Signer, at: str
) -> tuple[bytes, bytes]:
    """Return the manifest over the files and the runner's statement over the manifest."""
    digests = {path: digest_bytes(data) for path, data in files.items()}
    manifest = canonical_bytes(
        Manifest(files=digests, keys=dict(content.keys), report=tuple(sorted(content.reports)))
    )
    statement = make_statement(
        "bundle",
        {**digests, "bundle.json": digest_bytes(manifest)},
        Attested(plan=content.plan.digest, at=at),
    )
    return manifest, envelope(statement, signer)


def bundle_files(content: BundleContent) -> dict[str, bytes]:
    """Return the bytes of every file that the manifest lists, by relative path."""
    files = {
        "plan.json": canonical_bytes(content.plan),
        "rulebook.json": canonical_bytes(content.rulebook),
        "facts.json": canonical_bytes(FactsDocument(facts=tuple(content.facts))),
        "assessment.toml": content.assessment,
        "scenarios.json": canonical_bytes(
            {
                scenario.id: ListedScenario(digest=scenario.digest, scenario=scenario.published)
                for scenario in content.scenarios
            }
        ),
        "findings.json": canonical_bytes(content.findings),
        "decision.json": canonical_bytes(content.decision),
        f"log/{ENTRIES}": _complete(content.log / ENTRIES),
        f"log/{CHECKPOINT}": (content.log / CHECKPOINT).read_bytes(),
        f"registry/{ENTRIES}": content.registry[ENTRIES],
        f"registry/{CHECKPOINT}": content.registry[CHECKPOINT],
        **content.reports,
        **content.reading,
        **content.canaries,
        **content.controls,
        **content.live,
    }
    for card in content.cards:
        files[f"cards/{_named(card.judge)}.json"] = canonical_bytes(card)
    for run, path in content.segments.items():
        files[f"trials/{_named(run)}.jsonl"] = _complete(path)
    for kind, signed in content.statements.items():
        files[f"statements/{_named(kind)}.dsse.json"] = signed
    for number, signed in enumerate(content.sign_offs, start=1):
        files[f"signoffs/{number:02d}.dsse.json"] = signed
    return files


def canary_files(keys: Mapping[str, AnswerKey], segments: Mapping[str, Path]) -> dict[str, bytes]:
    """Return the answer keys by judge and the answers by run, by path below a bundle.

    A run of the log without a file of answers has an empty one.

    Raises:
        Problem: `bundle-name` when a judge or run has a name that is no file name.
    """
    files = {
        f"canaries/keys/{_named(judge)}.json": canonical_bytes(key) for judge, key in keys.items()
    }
    for run, path in segments.items():
        files[f"canaries/answers/{_named(run)}.jsonl"] = _complete(path) if path.exists() else b""
    return files


def _complete(path: Path) -> bytes:
    """Return a file of lines without the tail that a crash tore."""
    return b"".join(line + b"\n" for line in segment_lines(path))


def _named(name: str) -> str:
    if not _FILE_NAME.fullmatch(name):
        raise Problem.of(
            "bundle-name",
            f"`{name}` cannot name a file in a bundle",
            help="letters, digits, `.`, `_` and `-`, beginning with a letter or digit",
        )
    return name
