"""Statements about a deployment: confirmations, incidents, re-openings, what a monitor looked at.

Each is signed, logged by the digest of its envelope, and kept beside the log. The entry repeats
what a decision depends on; `disagreements` says where entry and statement differ.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from shipworthy.evidence.attestations import Statement, make_statement
from shipworthy.evidence.files import write_atomically
from shipworthy.kernel import Digest, Record
from shipworthy.records import (
    ConfirmationLogged,
    DecisionReopened,
    IncidentLogged,
    MonitoringLogged,
)
from shipworthy.records.live import MonitoringSummary, Reopening
from shipworthy.records.live.incidents import IncidentEvent

LiveEntry = ConfirmationLogged | IncidentLogged | DecisionReopened | MonitoringLogged

FOLDERS: Final = {
    "confirmation": "confirmations",
    "incident": "incidents",
    "reopening": "reopenings",
    "monitoring": "monitoring",
}
"""Kind of statement to the folder below `live/` that keeps its envelopes."""

_KINDS: Final = {
    ConfirmationLogged: "confirmation",
    IncidentLogged: "incident",
    DecisionReopened: "reopening",
    MonitoringLogged: "monitoring",
}
_SAID: Final[dict[str, tuple[str, ...]]] = {
    "confirmation": ("plan", "deployment", "verdict", "expires_at"),
    "incident": ("plan", "incident", "number", "at"),
    "reopening": (*("plan", "decision", "cause", "action", "incident", "by", "at"),),
    "monitoring": ("plan", "since", "until", "exchanges", "unassessed", "alarms", "at"),
}
"""Fields that an entry repeats from its statement, by kind."""


def confirmation_statement(plan: Digest, confirmation: Record) -> Statement:
    """State what came of asking the deployed path: `plan`, `deployment`, `verdict`, ..."""
    return make_statement("confirmation", {"plan.json": plan}, confirmation)


def incident_statement(event: IncidentEvent) -> Statement:
    """State one event of an incident."""
    return make_statement("incident", {"plan.json": event.plan}, event)


def reopening_statement(reopening: Reopening) -> Statement:
    """State that a decision is re-opened; the runner's key signs it, or the person's own."""
    return make_statement("reopening", {"decision.json": reopening.decision}, reopening)


def monitoring_statement(summary: MonitoringSummary) -> Statement:
    """State what a monitor looked at."""
    return make_statement("monitoring", {"plan.json": summary.plan}, summary)


def live_kind(entry: LiveEntry) -> str:
    """Return the kind of statement that an entry logs."""
    return _KINDS[type(entry)]


def live_envelope(entry: LiveEntry) -> Digest:
    """Return the digest of the envelope that an entry logs."""
    match entry:
        case ConfirmationLogged():
            return entry.confirmation
        case MonitoringLogged():
            return entry.monitoring
        case _:
            return entry.envelope


def live_path(folder: Path, kind: str, envelope: Digest) -> Path:
    """Return where the envelope of a live statement is kept below a campaign's `live` folder."""
    return folder / FOLDERS[kind] / f"{envelope.removeprefix('sha256:')[:32]}.dsse.json"


def keep_live(folder: Path, kind: str, envelope: Digest, signed: bytes) -> Path:
    """Write an envelope below the folder and return where."""
    path = live_path(folder, kind, envelope)
    write_atomically(path, signed)
    return path


def disagreements(entry: LiveEntry, statement: Statement) -> tuple[str, ...]:
    """Return the fields in which an entry says otherwise than its statement."""
    kind = live_kind(entry)
    if statement.kind != kind:
        return ("kind",)
    said: dict[str, Any] = msgspec.json.decode(statement.predicate)
    wrong = [name for name in _SAID[kind] if said.get(name) != getattr(entry, name)]
    match entry:
        case DecisionReopened() if (said.get("to") or "") != entry.to:
            wrong.append("to")
        case IncidentLogged() if said.get("change", {}).get("type") != entry.event:
            wrong.append("event")
        case _:
            pass
    return tuple(wrong)


def live_files(envelopes: Mapping[str, list[bytes]]) -> dict[str, bytes]:
    """Return the envelopes of a bundle by path, numbered within their kind as they are given."""
    return {
        f"live/{FOLDERS[kind]}/{number:04}.dsse.json": signed
        for kind, found in envelopes.items()
        for number, signed in enumerate(found, start=1)
    }
