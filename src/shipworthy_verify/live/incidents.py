"""Incidents: every one a chain of events, from the one that opens it."""

from typing import Final

from shipworthy_verify.chain import Refuse
from shipworthy_verify.reading import Json, digest_of
from shipworthy_verify.signatures import Statement

_EVENTS: Final = {"opened", "classified", "notified", "mitigated", "closed"}


def check_incidents(statements: list[tuple[Json, Statement]], refuse: Refuse) -> None:
    """Refuse an incident whose events are not numbered, linked and named as they must be."""
    chains: dict[str, list[Json]] = {}
    for entry, statement in statements:
        if entry["type"] != "incident-logged":
            continue
        name, said = entry["incident"], statement.predicate
        chain = chains.setdefault(name, [])
        change, previous = said["change"], chain[-1]["envelope"] if chain else ""
        if change["type"] != entry["event"] or change["type"] not in _EVENTS:
            refuse("SV-LIVE-ENTRY", f"the log says otherwise of an event of `{name}` than it says")
        linked = said["number"] == len(chain) + 1 and said["previous"] == previous
        if not linked or (change["type"] == "opened") is bool(chain):
            refuse("SV-INCIDENT-CHAIN", f"the events of `{name}` do not follow each other")
        if change["type"] == "opened" and name != incident_id(said["plan"], change):
            refuse("SV-INCIDENT-CHAIN", f"`{name}` is not the id of what it was opened for")
        if change["type"] == "closed" and any(one["event"] == "closed" for one in chain):
            refuse("SV-INCIDENT-CHAIN", f"`{name}` is closed twice")
        chain.append(entry)


def incident_id(plan: str, opened: Json) -> str:
    """Return the id that follows from how an incident was opened."""
    return f"inc-{digest_of(['incident', plan, opened]).removeprefix('sha256:')[:16]}"
