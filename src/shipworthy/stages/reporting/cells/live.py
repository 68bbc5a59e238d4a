"""What a report shows of a deployment: what was said of it, by the log, and the counts of that."""

from collections.abc import Iterator
from typing import Final

from shipworthy.kernel import Record
from shipworthy.records import (
    Claim,
    ConfirmationLogged,
    DecisionReopened,
    MonitoringLogged,
)
from shipworthy.records.live.incidents import Incident
from shipworthy.records.live.reopenings import Elsewhere

LIVE_DERIVATIONS: Final = {
    "confirmations": "Confirmations of the deployed path in the log.",
    "defects": "Those that found a defect and that the decision, signed, does not answer.",
    "incidents": "Incidents that the log opens.",
    "incidents_open": "Incidents that the log opens and does not close.",
    "reopenings": "Entries of the log that re-open a decision of this campaign.",
    "reopenings_open": "Those that the decision, signed by every role, does not answer.",
    "monitorings": "Statements of a monitor in the log.",
}
MONITORING_DERIVATIONS: Final = {
    "exchanges": "Exchanges that the monitor assessed, by its statement {name}.",
    "unassessed": "Exchanges that the monitor saw and could not assess, by its statement {name}.",
    "alarms": "Alarms that the monitor raised, by its statement {name}.",
}


class ShownConfirmation(Record, frozen=True, kw_only=True):
    """A confirmation with what its statement gives as reasons."""

    entry: ConfirmationLogged
    deployment: str
    reasons: tuple[str, ...]


class ShownClock(Record, frozen=True, kw_only=True):
    """A legal clock over an incident, as it stood when the report was made.

    Attributes:
        incident: id of the incident.
        authority: id of the catalogue of obligations.
        about: what is asked for.
        report: the report that meets it.
        state: `overdue`, `due`, `possible`, `met` or `waiting`.
        due_at: RFC 3339; empty while what starts it has not happened.
        late: whether it came, or is, after that.
    """

    incident: str
    authority: str
    about: str
    report: str
    state: str
    due_at: str
    late: bool


class LiveRecords(Record, frozen=True, kw_only=True):
    """All that was said of a deployment, in the order of the log.

    Attributes:
        unanswered: re-openings that no signed draft answers.
        defects: confirmations with a defect that no signed draft answers.
        wanting: what is wanting of a confirmation that is required; empty where nothing is.
        confirmed_until: until when a required confirmation counts; empty where none counts.
        meanwhile: the most that may rest on the decision; see `spec/semantics.md`, 13.6.
        elsewhere: what the project holds of other campaigns of the same model.
    """

    confirmations: tuple[ShownConfirmation, ...] = ()
    monitorings: tuple[MonitoringLogged, ...] = ()
    incidents: tuple[Incident, ...] = ()
    clocks: tuple[ShownClock, ...] = ()
    reopenings: tuple[DecisionReopened, ...] = ()
    unanswered: tuple[DecisionReopened, ...] = ()
    defects: tuple[ConfirmationLogged, ...] = ()
    wanting: str = ""
    confirmed_until: str = ""
    meanwhile: str = "nothing"
    elsewhere: Elsewhere = Elsewhere()


def live_claims(live: LiveRecords) -> Iterator[Claim]:
    """Yield the counts of what was said of a deployment."""
    counts = {
        "live#confirmations": len(live.confirmations),
        "live#defects": len(live.defects),
        "live#incidents": len(live.incidents),
        "live#incidents_open": sum(not one.closed_at for one in live.incidents),
        "live#reopenings": len(live.reopenings),
        "live#reopenings_open": len(live.unanswered),
        "live#monitorings": len(live.monitorings),
    }
    for number, entry in enumerate(live.monitorings, start=1):
        counts[f"monitoring:{number}#exchanges"] = entry.exchanges
        counts[f"monitoring:{number}#unassessed"] = entry.unassessed
        counts[f"monitoring:{number}#alarms"] = entry.alarms
    for name, count in counts.items():
        yield Claim(id=name, value=str(count), format="integer")
