"""What a report may say of the deployment: counts, and how the decision stands."""

from collections.abc import Iterable, Iterator
from typing import Final

from shipworthy_verify.chain import Bundle
from shipworthy_verify.claims.pages import Mark
from shipworthy_verify.live.standing import open_defects, open_reopenings

ROW: Final = "live-standing"
"""Anchor of the row that says how the decision stands with live evidence."""


def live_claims(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield the values of the claims about the deployment."""
    events = bundle.logged("incident-logged")
    opened = {entry["incident"] for entry in events}
    closed = {entry["incident"] for entry in events if entry["event"] == "closed"}
    counts = {
        "confirmations": len(bundle.logged("confirmation-logged")),
        "defects": len(open_defects(bundle)),
        "incidents": len(opened),
        "incidents_open": len(opened - closed),
        "reopenings": len(bundle.logged("decision-reopened")),
        "reopenings_open": len(open_reopenings(bundle)),
        "monitorings": len(bundle.logged("monitoring-logged")),
    }
    for name, count in counts.items():
        yield f"live#{name}", str(count)
    for number, entry in enumerate(bundle.logged("monitoring-logged"), start=1):
        for key in ("exchanges", "unassessed", "alarms"):
            yield f"monitoring:{number}#{key}", str(entry[key])


def standing_faults(marks: Iterable[Mark], against: str) -> Iterator[str]:
    """Yield what is wrong with how a report says that the decision stands.

    `against` is what live evidence has against the draft. Signatures may be younger than a report;
    live evidence may not.
    """
    shown = [mark.state for mark in marks if mark.row == ROW]
    if len(shown) != 1:
        yield "does not say once how the decision stands with live evidence"
    elif shown == ["go"] and against:
        yield f"shows that the decision stands as go, against live evidence: {against}"


def uncounted(shown: Iterable[str], bundle: Bundle) -> Iterator[str]:
    """Yield what a report leaves out of what was said of the deployment; `shown` are claim ids."""
    ids = set(shown)
    for name, count in live_claims(bundle):
        if count != "0" and name not in ids:
            yield f"does not show `{name}`, which is {count}"
