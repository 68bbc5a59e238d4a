"""Writing down what happened: incidents event by event, confirmations, what a monitor looked at."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

from shipworthy.app.live.incidents.finding import incidents_of
from shipworthy.app.registration import OpenCampaign, live_statements, log_statement, writing
from shipworthy.evidence import (
    confirmation_statement,
    incident_statement,
    live_envelope,
    monitoring_statement,
)
from shipworthy.kernel import Digest, ExitCode, Location, Problem, Record, is_digest
from shipworthy.records import ConfirmationLogged, IncidentLogged, MonitoringLogged
from shipworthy.records.live import ConfirmationVerdict, MonitoringSummary
from shipworthy.records.live.incidents import (
    Closed,
    Incident,
    IncidentChange,
    IncidentEvent,
    Notified,
    Opened,
    incident_id,
)

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Concluded(Protocol):
    """What the log needs of a confirmation."""

    @property
    def plan(self) -> Digest:
        """Digest of the campaign's plan."""
        ...

    @property
    def deployment(self) -> str:
        """Name of the deployment that was asked."""
        ...

    @property
    def verdict(self) -> ConfirmationVerdict:
        """What came of it."""
        ...

    @property
    def expires_at(self) -> str:
        """When it stops counting, RFC 3339."""
        ...


def open_incident(campaign: OpenCampaign, opened: Opened, by: str) -> Incident:
    """Open an incident, or return the one that says the very same.

    `by` is the person, or `monitor`. Everything that makes it the same is in `opened`, the time
    of awareness too.

    Raises:
        Problem: `incident-words` when nobody or nothing is said, `incident-time` when the time of
            awareness is none or lies in the future: legal clocks start with it.
    """
    _check_words(opened.what, by)
    name = incident_id(campaign.plan_digest, opened)
    with writing(campaign) as at:
        _check_time(opened.aware_at, at)
        known = {one.id: one for one in incidents_of(campaign)}
        if name not in known:
            _append(campaign, name, opened, by, at)
    return known.get(name) or _named(campaign, name)


def change_incident(campaign: OpenCampaign, name: str, change: IncidentChange, by: str) -> Incident:
    """Append an event to an incident and return it as it is then.

    Raises:
        Problem: `incident-closed` when it is to be closed and is, `incident-words` when nobody or
            nothing is said, `incident-time` for a report that was sent in the future.
    """
    _check_words(_words(change), by)
    with writing(campaign) as at:
        if isinstance(change, Notified):
            _check_time(change.sent_at, at)
        if isinstance(change, Closed) and _named(campaign, name).closed_at:
            raise Problem.of(
                "incident-closed",
                f"incident `{name}` is closed",
                help="open a new incident where something else happened",
            )
        _append(campaign, name, change, by, at)
    return _named(campaign, name)


def log_confirmation(campaign: OpenCampaign, confirmation: Record) -> ConfirmationLogged:
    """Sign and log a confirmation: a record with the fields of `Concluded`.

    The same one is logged once.

    Raises:
        Problem: `confirmation-plan` (integrity) when it is of another campaign.
    """
    said: Concluded = confirmation  # type: ignore[assignment]  # read by those fields alone
    if said.plan != campaign.plan_digest:
        raise Problem.of(
            "confirmation-plan",
            "the confirmation is about another campaign than this one",
            location=Location(str(campaign.folder.path)),
            help="confirm the deployment that this campaign tested",
            exit_code=ExitCode.INTEGRITY,
        )
    statement = confirmation_statement(said.plan, confirmation)
    with writing(campaign) as at:
        for one in live_statements(campaign, only=ConfirmationLogged):
            if one.statement == statement:
                assert isinstance(one.entry, ConfirmationLogged)
                return one.entry
        entry = log_statement(
            campaign,
            statement,
            lambda envelope: ConfirmationLogged(
                plan=said.plan,
                confirmation=envelope,
                deployment=said.deployment,
                verdict=said.verdict,
                expires_at=said.expires_at,
                at=at,
            ),
        )
    assert isinstance(entry, ConfirmationLogged)
    return entry


def log_monitoring(campaign: OpenCampaign, summary: MonitoringSummary) -> None:
    """Sign and log what a monitor looked at; its plan and time are set here.

    Raises:
        Problem: `monitoring-amounts` when an amount is negative or the time runs backwards.
    """
    counts = (summary.exchanges, summary.unassessed, summary.alarms)
    if min(counts) < 0 or summary.since > summary.until:
        raise Problem.of(
            "monitoring-amounts",
            "a monitor reports a negative amount, or a time that ends before it begins",
            help="give counts from 0, and `since` not after `until`",
        )
    with writing(campaign) as at:
        plan = campaign.plan_digest
        log_statement(
            campaign,
            monitoring_statement(_replaced(summary, plan, at)),
            _monitoring_entry(summary, plan, at),
        )


def _replaced(summary: MonitoringSummary, plan: Digest, at: str) -> MonitoringSummary:
    return msgspec.structs.replace(summary, plan=plan, at=at)


def _monitoring_entry(
    summary: MonitoringSummary, plan: Digest, at: str
) -> Callable[[Digest], MonitoringLogged]:
    return lambda envelope: MonitoringLogged(
        plan=plan,
        monitoring=envelope,
        since=summary.since,
        until=summary.until,
        exchanges=summary.exchanges,
        unassessed=summary.unassessed,
        alarms=summary.alarms,
        at=at,
    )


def _append(campaign: OpenCampaign, name: str, change: IncidentChange, by: str, at: str) -> None:
    entries = [
        one.entry
        for one in live_statements(campaign, only=IncidentLogged)
        if isinstance(one.entry, IncidentLogged) and one.entry.incident == name
    ]
    previous: Digest | Literal[""] = live_envelope(entries[-1]) if entries else ""
    event = IncidentEvent(
        plan=campaign.plan_digest,
        incident=name,
        number=len(entries) + 1,
        previous=previous,
        by=by,
        at=at,
        change=change,
    )
    log_statement(
        campaign,
        incident_statement(event),
        lambda envelope: IncidentLogged(
            plan=event.plan,
            incident=name,
            number=event.number,
            event=event.kind,
            envelope=envelope,
            at=at,
        ),
    )


def _named(campaign: OpenCampaign, name: str) -> Incident:
    return next(one for one in incidents_of(campaign) if one.id == name)


def _words(change: IncidentChange) -> str:
    """Return what an event says in words; a notification says by its fields."""
    for name in ("what", "why", "how", "authority"):
        said = getattr(change, name, "")
        if said:
            return str(said)
    return ""


def _check_words(said: str, by: str) -> None:
    for what, text in (("who says it", by), ("what is said", said)):
        if not text.strip():
            raise Problem.of(
                "incident-words",
                f"an event of an incident needs {what}",
                help="give the name of the person, and the words that go on record",
            )


def checked_digests(given: Iterable[str]) -> tuple[Digest, ...]:
    """Return digests, sorted.

    Raises:
        Problem: `incident-digest` for a text that is none.
    """
    found = tuple(sorted(given))
    for text in found:
        if not is_digest(text):
            raise Problem.of(
                "incident-digest",
                f"`{text}` is no digest",
                help="`sha256:` and 64 lower-case hexadecimal digits",
            )
    return found


def check_moment(said: str) -> str:
    """Return a time of the calendar as it was written.

    Raises:
        Problem: `incident-time` for a text that is none.
    """
    _check_time(said, "9999")
    return said


def _is_moment(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _check_time(said: str, now: str) -> None:
    if not _is_moment(said) or said > now:
        raise Problem.of(
            "incident-time",
            f"`{said}` is no time that has been",
            help="write it in UTC with whole seconds, for example `2026-11-22T05:04:03Z`",
        )
