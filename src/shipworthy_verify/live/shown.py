"""What a report may say of the deployment: counts, and how the decision stands."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from shipworthy_verify.chain import Bundle
from shipworthy_verify.claims.pages import Mark
from shipworthy_verify.live.probes import Watch, revealed_watches
from shipworthy_verify.live.standing import open_defects, open_reopenings
from shipworthy_verify.reading import digest
from shipworthy_verify.signatures import open_statement
from shipworthy_verify.statistics import exact_lower

_SIGNED: Final = "live/confirmations/"
_COUNTED: Final = ("field_only", "lab_only", "same", "unassessed")
_ALPHA: Final = 0.025
"""Each side of the interval for the share of probes that is caught."""

ROW: Final = "live-standing"
"""Anchor of the row that says how the decision stands with live evidence."""


def live_claims(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield the values of the claims about the deployment."""
    events = bundle.logged("incident-logged")
    opened = {entry["incident"] for entry in events}
    watches = revealed_watches(bundle)
    closed = {entry["incident"] for entry in events if entry["event"] == "closed"}
    counts = {
        "confirmations": len(bundle.logged("confirmation-logged")),
        "defects": len(open_defects(bundle)),
        "incidents": len(opened),
        "incidents_open": len(opened - closed),
        "reopenings": len(bundle.logged("decision-reopened")),
        "reopenings_open": len(open_reopenings(bundle)),
        "monitorings": len(bundle.logged("monitoring-logged")),
        "watches": len(watches),
    }
    for name, count in counts.items():
        yield f"live#{name}", str(count)
    yield from _confirmations(bundle)
    for number, watch in enumerate(watches, start=1):
        for key, value in _watch(watch):
            yield f"watch:{number}#{key}", value
    for number, entry in enumerate(bundle.logged("monitoring-logged"), start=1):
        for key in ("exchanges", "unassessed", "alarms"):
            yield f"monitoring:{number}#{key}", str(entry[key])


def _confirmations(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield the counts of every confirmation, and the groups of the last of each deployment."""
    paths = {digest(data): path for path, data in bundle.files.items() if path.startswith(_SIGNED)}
    logged = bundle.logged("confirmation-logged")
    latest = {entry["deployment"]: number for number, entry in enumerate(logged, start=1)}
    for number, entry in enumerate(logged, start=1):
        path = paths.get(entry["confirmation"], "")
        if not path:
            continue
        said = open_statement(bundle.files[path], bundle.keys, path).predicate
        groups = said["comparisons"]
        counts = {
            "trials": said["trials"],
            "groups": len(groups),
            "worse": sum(one["found"] for one in groups),
            "not_shown": sum(one["claimed"] and one["verdict"] != "not-worse" for one in groups),
            "field_only": len(said["field_only"]),
        }
        for key, count in counts.items():
            yield f"confirmation:{number}#{key}", str(count)
        if latest[entry["deployment"]] != number:
            continue
        for one in groups:
            for key in _COUNTED if one["claimed"] or one["found"] else ():
                yield f"confirmation:{number}/{one['id']}#{key}", str(one[key])


def _watch(watch: Watch) -> Iterator[tuple[str, str]]:
    promised = len(watch.promises)
    yield "promised", str(promised)
    yield "alarms", str(sum(line["type"] == "watch-alarmed" for line in watch.lines))
    if watch.outcomes is None:
        return
    ends = Counter(outcome["end"] for outcome in watch.outcomes)
    unknown = promised - ends["caught"] - ends["missed"]
    for key, count in (
        ("caught", ends["caught"]),
        ("missed", ends["missed"]),
        ("unknown", unknown),
    ):
        yield key, str(count)
    yield "twins_refused", str(sum(one["twin"] == "refused" for one in watch.outcomes))
    if promised:
        lower = exact_lower(ends["caught"], promised, _ALPHA)
        upper = 1 - exact_lower(ends["missed"], promised, _ALPHA)
        yield "recall_lower", _places(lower, ROUND_FLOOR)
        yield "recall_upper", _places(upper, ROUND_CEILING)


def _places(value: float, rounding: str) -> str:
    return format(Decimal(value).quantize(Decimal("0.0001"), rounding=rounding), "f")


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
