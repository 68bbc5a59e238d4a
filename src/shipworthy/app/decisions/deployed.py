"""What a report says of the deployment, from the statements that the log holds."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from shipworthy.app.registration import LiveStatement, read_incidents
from shipworthy.app.registration.watches import Audited
from shipworthy.frameworks.obligations import catalogue_ids, load_catalogue, running
from shipworthy.kernel import decimal_string
from shipworthy.records import (
    ConfirmationLogged,
    DecisionReopened,
    MonitoringLogged,
)
from shipworthy.records.live.confirmations import Confirmation
from shipworthy.records.live.incidents import Incident
from shipworthy.records.live.reopenings import Elsewhere
from shipworthy.stages.deciding import SignOffState
from shipworthy.stages.reporting import (
    LiveRecords,
    ShownClock,
    ShownConfirmation,
    ShownCounts,
    ShownWatch,
)
from shipworthy.statistics.interval import Interval


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
        monitored=tuple(
            str(msgspec.json.decode(one.statement.predicate).get("deployment", ""))
            for one in statements
            if isinstance(one.entry, MonitoringLogged)
        ),
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


_RECALL_ALPHA: Final = 0.025
_PLACES: Final = 4


def shown_clocks(incident: Incident, at: str) -> Iterator[ShownClock]:
    """Yield every legal clock that runs or may run for an incident, by law and in its order."""
    for authority in catalogue_ids():
        catalogue = load_catalogue(authority)
        for one in running(authority, catalogue.clocks, incident, at):
            if one.state != "not-triggered":
                yield ShownClock(
                    incident=incident.id,
                    authority=authority,
                    about=one.clock.about,
                    report=one.clock.report,
                    state=one.state,
                    due_at=one.due_at,
                    late=one.late,
                    in_force=catalogue.in_force,
                )


def _confirmations(found: Iterable[LiveStatement]) -> Iterator[ShownConfirmation]:
    for one in found:
        if isinstance(one.entry, ConfirmationLogged):
            said = msgspec.json.decode(one.statement.predicate, type=Confirmation)
            yield ShownConfirmation(
                entry=one.entry,
                deployment=said.deployment,
                reasons=said.reasons,
                comparisons=said.comparisons,
                trials=said.trials,
                field_only=len(said.field_only),
            )


def _limits(recall: Interval) -> tuple[str, str]:
    return (
        decimal_string(recall.lower, "down", _PLACES),
        decimal_string(recall.upper, "up", _PLACES),
    )


def shown_watches(found: Iterable[Audited]) -> Iterator[ShownWatch]:
    """Yield what a report shows of watches; outcomes only where the key is revealed."""
    for one in found:
        counts = one.counts
        shown = ShownCounts(promised=counts.promised, alarms=counts.alarms)
        if one.revealed:
            recall = counts.recall(_RECALL_ALPHA)
            shown = ShownCounts(
                promised=counts.promised,
                alarms=counts.alarms,
                caught=counts.caught,
                missed=counts.missed,
                unknown=counts.unknown,
                twins_refused=counts.twins_refused,
                recall=_limits(recall) if recall else None,
            )
        yield ShownWatch(
            name=one.folder.path.name, opened=one.opened, revealed=one.revealed, counts=shown
        )
