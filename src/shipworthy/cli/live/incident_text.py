"""Incidents and their legal clocks in words, for a terminal, and as rows for machines."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from shipworthy.cli.output.streams import Output
from shipworthy.frameworks.obligations import RunningClock, catalogue_ids, load_catalogue, running
from shipworthy.records.live.incidents import Incident, IncidentEvent

_FIRST: Final = ("overdue", "possible", "due", "waiting", "met", "not-triggered")
_COLOURS: Final = {"overdue": "red", "possible": "magenta", "due": "yellow", "met": "green"}


def clocks_of(incident: Incident, at: str) -> tuple[RunningClock, ...]:
    """Return every clock that runs or may run for an incident, what is overdue first."""
    found = [
        one
        for authority in catalogue_ids()
        for one in running(authority, load_catalogue(authority).clocks, incident, at)
        if one.state != "not-triggered"
    ]
    return tuple(sorted(found, key=lambda one: (_FIRST.index(one.state), one.due_at or "~")))


def clock_lines(
    incident: Incident, clocks: Sequence[RunningClock], output: Output
) -> Iterator[str]:
    """Yield what is due when; what is overdue comes first and says so."""
    late = [one for one in clocks if one.late and one.state in {"overdue", "possible"}]
    yield f"{incident.id}  {incident.severity}, aware {incident.opened.aware_at}"
    if late:
        yield output.styled(f"OVERDUE  {len(late)} reports", "red")
    if incident.classification is None:
        yield output.styled("NOT CLASSIFIED", "magenta") + "  every clock below may run"
    for one in clocks:
        state: str = "may be overdue" if one.state == "possible" and one.late else one.state
        state += ", late" if one.state == "met" and one.late else ""
        due = one.due_at or f"starts with {one.clock.start}"
        mark = output.styled(f"{state:<14}", _COLOURS.get(one.state, "white"))
        yield f"  {mark}  {due:<20}  {one.authority} {one.clock.section}: {one.clock.about}"
    for authority in sorted({one.authority for one in clocks}):
        yield f"in force  {authority}: {load_catalogue(authority).in_force}"
    if not clocks:
        yield "  no clock runs: it was classified as nothing that has to be reported"
    yield "No legal advice: the clocks follow our reading of each text; see its catalogue."


def clock_rows(clocks: Sequence[RunningClock]) -> list[dict[str, object]]:
    """Return the same for machines."""
    return [
        {
            "authority": one.authority,
            "in_force": load_catalogue(one.authority).in_force,
            "clock": one.clock.id,
            "report": one.clock.report,
            "section": one.clock.section,
            "state": one.state,
            "due_at": one.due_at,
            "late": one.late,
        }
        for one in clocks
    ]


def incident_line(incident: Incident, clocks: Sequence[RunningClock], output: Output) -> str:
    """Return an incident in one line."""
    late = any(one.late and one.state in {"overdue", "possible"} for one in clocks)
    state = f"closed {incident.closed_at}" if incident.closed_at else "open"
    known = "" if incident.classification else ", not classified"
    mark = "  " + output.styled("OVERDUE", "red") if late else ""
    return (
        f"{incident.id}  {incident.opened_at}  {incident.severity:<8}  {state}{known}{mark}  "
        f"{incident.opened.what}"
    )


def incident_row(incident: Incident) -> dict[str, object]:
    """Return an incident for machines, without its events."""
    return {
        "id": incident.id,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
        "severity": incident.severity,
        "classified": incident.classification is not None,
        "what": incident.opened.what,
        "deployment": incident.opened.deployment,
        "owner": incident.opened.owner,
    }


def incident_lines(incident: Incident) -> Iterator[str]:
    """Yield every event of an incident, in order."""
    opened = incident.opened
    yield f"{incident.id}  {incident.severity}  {'closed' if incident.closed_at else 'open'}"
    yield f"  deployment {opened.deployment}, owner {opened.owner}, found by {opened.detected_by}"
    for event in incident.events:
        yield f"  {event.number}  {event.at}  {event.kind}, by {event.by}"
        yield from _details(event)


def _details(event: IncidentEvent) -> Iterator[str]:
    said = msgspec.to_builtins(event.change)
    for name in sorted(set(said) - {"type"}):
        value = said[name]
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        if text:
            yield f"       {name.replace('_', ' ')}: {text}"
