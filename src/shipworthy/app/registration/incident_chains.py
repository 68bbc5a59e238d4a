"""Incidents as the log holds them: chains of signed events, each naming the one before it."""

from collections.abc import Iterable

from shipworthy.app.registration.live_evidence import LiveStatement
from shipworthy.evidence import tampered
from shipworthy.kernel import read_record
from shipworthy.records import IncidentLogged
from shipworthy.records.live.incidents import Incident, IncidentEvent, Opened, incident_id


def read_incidents(found: Iterable[LiveStatement], place: str) -> tuple[Incident, ...]:
    """Return the incidents among live statements, in the order in which they were opened.

    Raises:
        Problem: `live-altered` (integrity) when an event does not follow the one before it.
    """
    chains: dict[str, list[tuple[IncidentEvent, str]]] = {}
    for one in found:
        if not isinstance(one.entry, IncidentLogged):
            continue
        event = read_record(bytes(one.statement.predicate), IncidentEvent, place)
        chain = chains.setdefault(event.incident, [])
        before = chain[-1][1] if chain else ""
        opens = isinstance(event.change, Opened)
        if event.number != len(chain) + 1 or event.previous != before or opens is bool(chain):
            raise tampered(
                "live-altered", f"the events of incident `{event.incident}` do not follow", place
            )
        if isinstance(event.change, Opened) and event.incident != incident_id(
            event.plan, event.change
        ):
            raise tampered("live-altered", f"`{event.incident}` is not its incident's id", place)
        chain.append((event, one.entry.envelope))
    return tuple(
        Incident(id=name, events=tuple(event for event, _ in chain))
        for name, chain in chains.items()
    )
