"""Legal clocks: by when an incident has to be reported, by which law or code. No legal advice.

A clock runs for incidents of its kinds. It starts when those responsible became aware, when the
first report went out, or when the incident was closed; what is due by when is pure arithmetic.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast, get_args

from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.kernel import Record, timestamp
from shipworthy.records.live.incidents import KIND_WORDS, Incident, IncidentKind, Report

ClockStart = Literal["awareness", "initial-report", "closing"]
ClockState = Literal["overdue", "due", "possible", "met", "waiting", "not-triggered"]
"""`possible`: nobody has classified the incident, so the clock may run. `waiting`: what starts it
has not happened."""

STARTS: Final[tuple[ClockStart, ...]] = get_args(ClockStart)
_KEYS: Final = ("id", "about", "kinds", "start", "hours", "repeats", "report", "section")
_REPORTS: Final[tuple[Report, ...]] = get_args(Report)
_HOURS_OF_FIVE_YEARS: Final = 5 * 366 * 24


class LegalClock(Record, frozen=True, kw_only=True):
    """By when a report is due.

    Attributes:
        about: what is asked for, in our words.
        kinds: kinds of incident for which it runs.
        start: what starts it.
        hours: from start to due time, counted through holidays.
        repeats: whether it starts again with each report, until the incident is closed.
        report: the report that meets it; a final one meets all.
        section: where it is asked for.
    """

    id: str
    about: str
    kinds: tuple[IncidentKind, ...]
    start: ClockStart
    hours: int
    repeats: bool
    report: Report
    section: str


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock over one incident at one moment.

    Attributes:
        authority: id of the catalogue.
        due_at: RFC 3339; empty where what starts it has not happened, or nothing does.
        late: whether the report came after `due_at` or, while there is none, that has passed.
    """

    authority: str
    clock: LegalClock
    state: ClockState
    due_at: str
    late: bool


def read_clocks(document: Section, faults: Faults) -> Iterator[LegalClock]:
    """Yield the clocks under `clocks` of a catalogue; faults carry their place."""
    if "clocks" not in document:
        return
    sections = [Section(node, "a clock", _KEYS, faults) for node in document.items("clocks")]
    distinct([section.scalar("id") for section in sections], "clock", faults)
    for section in sections:
        section.what = f"clock `{section.text('id')}`"
        hours = section.count("hours")
        if not 1 <= hours <= _HOURS_OF_FIVE_YEARS:
            faults.add("type", f"{section.what} has no time", section.location, "`hours` from 1")
        kinds = known(section.texts("kinds"), KIND_WORDS, "kind", faults)
        yield LegalClock(
            id=section.text("id"),
            about=section.text("about"),
            kinds=tuple(cast("IncidentKind", kind) for kind in kinds),
            start=cast("ClockStart", section.choice("start", STARTS)),
            hours=hours,
            repeats=section.flag("repeats"),
            report=cast("Report", section.choice("report", _REPORTS)),
            section=section.text("section"),
        )


def running(
    authority: str, clocks: Iterable[LegalClock], incident: Incident, at: str
) -> Iterator[RunningClock]:
    """Yield how each clock of an authority stands for an incident at the RFC 3339 time `at`."""
    for clock in clocks:
        yield _running(authority, clock, incident, at)


def _running(authority: str, clock: LegalClock, incident: Incident, at: str) -> RunningClock:
    said = incident.classification
    if said is not None and not set(said.kinds) & set(clock.kinds):
        return RunningClock(authority, clock, "not-triggered", "", late=False)
    start = _start(authority, clock, incident)
    if not start:
        return RunningClock(authority, clock, "waiting", "", late=False)
    due = timestamp(datetime.fromisoformat(start) + timedelta(hours=clock.hours))
    met = _met_at(authority, clock, incident)
    if met:
        return RunningClock(authority, clock, "met", due, late=met > due)
    late = at > due
    if said is None:
        return RunningClock(authority, clock, "possible", due, late)
    return RunningClock(authority, clock, "overdue" if late else "due", due, late)


def _start(authority: str, clock: LegalClock, incident: Incident) -> str:
    """Return when a clock started, or last started again; empty while it has not."""
    match clock.start:
        case "awareness":
            return incident.opened.aware_at
        case "closing":
            return incident.closed_at
        case "initial-report":
            sent = _sent(authority, incident, {"initial", "interim"})
            if not sent:
                return ""
            return sent[-1] if clock.repeats else sent[0]


def _met_at(authority: str, clock: LegalClock, incident: Incident) -> str:
    """Return when a clock was met; empty while it is not."""
    if clock.repeats:
        # A closed incident waits for its final report alone.
        ends = [*_sent(authority, incident, {"final"}), *filter(None, [incident.closed_at])]
        return min(ends, default="")
    return next(iter(_sent(authority, incident, {clock.report, "final"})), "")


def _sent(authority: str, incident: Incident, reports: set[str]) -> list[str]:
    """Return when reports of these sorts went to an authority, in order."""
    return sorted(
        one.sent_at
        for one in incident.notified
        if one.authority == authority and one.report in reports
    )
