"""What a report says of the deployment, from the statements that the log holds."""

from collections.abc import Iterable, Iterator

import msgspec

from shipworthy.app.registration import LiveStatement, read_incidents
from shipworthy.frameworks.obligations import catalogue_ids, load_catalogue, running
from shipworthy.records import (
    ConfirmationLogged,
    DecisionReopened,
    MonitoringLogged,
)
from shipworthy.records.live.incidents import Incident
from shipworthy.records.live.reopenings import Elsewhere
from shipworthy.stages.deciding import SignOffState
from shipworthy.stages.reporting import LiveRecords, ShownClock, ShownConfirmation


def live_records(
    found: Iterable[LiveStatement],
    state: SignOffState,
    at: str,
    place: str,
    elsewhere: Elsewhere,
) -> LiveRecords:
    """Return the records of a report about the deployment as they are at the RFC 3339 time `at`.

    `place` names the campaign in errors; `elsewhere` is what other campaigns hold.

    Raises:
        Problem: `live-altered` (integrity) when events of an incident do not follow each other.
    """
    statements = tuple(found)
    incidents = read_incidents(statements, place)
    entries = [one.entry for one in statements]
    return LiveRecords(
        confirmations=tuple(_confirmations(statements)),
        monitorings=tuple(entry for entry in entries if isinstance(entry, MonitoringLogged)),
        incidents=incidents,
        clocks=tuple(clock for one in incidents for clock in shown_clocks(one, at)),
        reopenings=tuple(entry for entry in entries if isinstance(entry, DecisionReopened)),
        unanswered=state.live.open,
        defects=state.live.defects,
        wanting=state.live.confirmation,
        confirmed_until=state.live.confirmed_until,
        meanwhile=state.live.meanwhile,
        elsewhere=elsewhere,
    )


def shown_clocks(incident: Incident, at: str) -> Iterator[ShownClock]:
    """Yield every legal clock that runs or may run for an incident, by law and in its order."""
    for authority in catalogue_ids():
        for one in running(authority, load_catalogue(authority).clocks, incident, at):
            if one.state != "not-triggered":
                yield ShownClock(
                    incident=incident.id,
                    authority=authority,
                    about=one.clock.about,
                    report=one.clock.report,
                    state=one.state,
                    due_at=one.due_at,
                    late=one.late,
                )


def _confirmations(found: Iterable[LiveStatement]) -> Iterator[ShownConfirmation]:
    for one in found:
        if isinstance(one.entry, ConfirmationLogged):
            said = msgspec.json.decode(one.statement.predicate)
            yield ShownConfirmation(
                entry=one.entry,
                deployment=str(said.get("deployment", "")),
                reasons=tuple(str(reason) for reason in said.get("reasons", ())),
            )
