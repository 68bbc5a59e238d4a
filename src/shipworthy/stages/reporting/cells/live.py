"""What a report shows of a deployment: what was said of it, by the log, and the counts of that."""

from collections.abc import Iterator, Sequence
from typing import Final

from shipworthy.kernel import Record
from shipworthy.records import (
    Claim,
    ConfirmationLogged,
    DecisionReopened,
    MonitoringLogged,
)
from shipworthy.records.live.confirmations import FieldComparison
from shipworthy.records.live.incidents import Incident
from shipworthy.records.live.probes import WatchOpened
from shipworthy.records.live.reopenings import Elsewhere

LIVE_DERIVATIONS: Final = {
    "confirmations": "Confirmations of the deployed path in the log.",
    "defects": "Those that found a defect and that the decision, signed, does not answer.",
    "incidents": "Incidents that the log opens.",
    "incidents_open": "Incidents that the log opens and does not close.",
    "reopenings": "Entries of the log that re-open a decision of this campaign.",
    "reopenings_open": "Those that the decision, signed by every role, does not answer.",
    "monitorings": "Statements of a monitor in the log.",
    "watches": "Watches with sealed probes of which the log holds a signed head.",
}
CONFIRMATION_DERIVATIONS: Final = {
    "trials": "Replays that confirmation {name} rests on.",
    "groups": "Groups that confirmation {name} compared.",
    "worse": "Groups of confirmation {name} shown to be higher in the field, by Holm's procedure.",
    "not_shown": "Groups of confirmation {name} that it speaks of and that are not shown to be "
    "within the margin.",
    "field_only": "Scenarios with the event in the field alone, by confirmation {name}.",
    "lab_only": "Scenarios with the event in the laboratory alone, by confirmation {name}.",
    "same": "Scenarios with the same outcome on both sides, by confirmation {name}.",
    "unassessed": "Scenarios without one of the two outcomes, by confirmation {name}.",
}
WATCH_DERIVATIONS: Final = {
    "promised": "Probes that the chain of watch {name} promises.",
    "alarms": "Alarms in the chain of watch {name}.",
    "caught": "Probes of watch {name} that were held, by its outcomes.",
    "missed": "Probes of watch {name} that got through, by its outcomes.",
    "unknown": "Probes of watch {name} of which nobody knows; they count as missed.",
    "twins_refused": "Harmless twins of probes of watch {name} that were refused.",
    "recall_lower": "Lower limit of the share of probes of watch {name} that is caught (Clopper "
    "and Pearson, its side of a ninety-five per cent interval, unknown as missed).",
    "recall_upper": "Upper limit of that share for watch {name}, its side of the same interval, "
    "unknown as caught.",
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
    comparisons: tuple[FieldComparison, ...] = ()
    trials: int = 0
    field_only: int = 0

    @property
    def shown_groups(self) -> tuple[FieldComparison, ...]:
        """The groups that are listed: those that `confirmed` speaks of, and those found worse."""
        return tuple(one for one in self.comparisons if one.claimed or one.found)


class ShownCounts(Record, frozen=True, kw_only=True):
    """What became of the probes of a watch; `recall` are both limits, decimal strings."""

    promised: int
    alarms: int
    caught: int = 0
    missed: int = 0
    unknown: int = 0
    twins_refused: int = 0
    recall: tuple[str, str] | None = None


class ShownWatch(Record, frozen=True, kw_only=True):
    """A watch with sealed probes; while its key is sealed, `counts` are those of its chain."""

    name: str
    opened: WatchOpened
    revealed: bool
    counts: ShownCounts


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
        in_force: from when the law or code holds, in the words of its catalogue.
    """

    incident: str
    authority: str
    about: str
    report: str
    state: str
    due_at: str
    late: bool
    in_force: str = ""


class LiveRecords(Record, frozen=True, kw_only=True):
    """All that was said of a deployment, in the order of the log.

    Attributes:
        monitored: name of the deployment of each statement of a monitor.
        unanswered: re-openings that no signed draft answers.
        defects: confirmations with a defect that no signed draft answers.
        wanting: what is wanting of a confirmation that is required; empty where nothing is.
        confirmed_until: until when a required confirmation counts; empty where none counts.
        meanwhile: the most that may rest on the decision; see `spec/semantics.md`, 13.6.
        elsewhere: what the project holds of other campaigns of the same model.
    """

    confirmations: tuple[ShownConfirmation, ...] = ()
    monitorings: tuple[MonitoringLogged, ...] = ()
    monitored: tuple[str, ...] = ()
    watches: tuple[ShownWatch, ...] = ()
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
        "live#watches": len(live.watches),
    }
    latest = latest_confirmations(live.confirmations)
    for number, one in enumerate(live.confirmations, start=1):
        counts |= _confirmation_counts(number, one, listed=number in latest)
    for number, watch in enumerate(live.watches, start=1):
        counts |= _watch_counts(number, watch)
        yield from _recall(number, watch)
    for number, entry in enumerate(live.monitorings, start=1):
        counts[f"monitoring:{number}#exchanges"] = entry.exchanges
        counts[f"monitoring:{number}#unassessed"] = entry.unassessed
        counts[f"monitoring:{number}#alarms"] = entry.alarms
    for name, count in counts.items():
        yield Claim(id=name, value=str(count), format="integer")


def latest_confirmations(found: Sequence[ShownConfirmation]) -> tuple[int, ...]:
    """Return the numbers, from 1, of the last confirmation of each deployment."""
    return tuple(sorted({one.deployment: number for number, one in enumerate(found, 1)}.values()))


def _confirmation_counts(number: int, one: ShownConfirmation, *, listed: bool) -> dict[str, int]:
    name = f"confirmation:{number}"
    not_shown = (group.claimed and group.verdict != "not-worse" for group in one.comparisons)
    counts = {
        f"{name}#trials": one.trials,
        f"{name}#groups": len(one.comparisons),
        f"{name}#worse": sum(group.found for group in one.comparisons),
        f"{name}#not_shown": sum(not_shown),
        f"{name}#field_only": one.field_only,
    }
    for group in one.shown_groups if listed else ():
        for key in ("field_only", "lab_only", "same", "unassessed"):
            counts[f"{name}/{group.id}#{key}"] = getattr(group, key)
    return counts


def _watch_counts(number: int, watch: ShownWatch) -> dict[str, int]:
    name, counts = f"watch:{number}", watch.counts
    found = {f"{name}#promised": counts.promised, f"{name}#alarms": counts.alarms}
    if watch.revealed:
        for key in ("caught", "missed", "unknown", "twins_refused"):
            found[f"{name}#{key}"] = getattr(counts, key)
    return found


def _recall(number: int, watch: ShownWatch) -> Iterator[Claim]:
    if watch.revealed and watch.counts.recall is not None:
        lower, upper = watch.counts.recall
        yield Claim(id=f"watch:{number}#recall_lower", value=lower, format="percent-down")
        yield Claim(id=f"watch:{number}#recall_upper", value=upper, format="percent-up")
