"""What follows an alarm: an incident, and where the table says so the decision is re-opened.

An alarm is followed once, whatever happens in between and whoever reads the same traffic again:
the state knows it, and the campaign's log holds the incident that names the alarm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shipworthy.app.decisions import draft_on_disk
from shipworthy.app.live.incidents import (
    ReopenTerms,
    incidents_of,
    log_monitoring,
    open_incident,
    reopen_decision,
)
from shipworthy.app.live.monitoring.alarming import BAND
from shipworthy.app.live.monitoring.looking.numbering import UNLOGGED
from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.stakes import Stakes
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.state.probes import excluded_in_all
from shipworthy.app.registration import OpenCampaign
from shipworthy.kernel import Digest, digest_of, timestamp
from shipworthy.records.live import MonitoringSummary
from shipworthy.records.live.alarms import BandFinding, FollowingAction
from shipworthy.records.live.incidents import Incident, Opened, Severity
from shipworthy.stages.monitoring import what_follows
from shipworthy.vocabulary import DeploymentType

BY: Final = "monitor"
_HARM: Final = ("prevalence.", "asr.")


@dataclass(frozen=True, slots=True)
class Followed:
    """What was done about one cause. `incident` is empty where no decision is at stake."""

    cause: str
    metric: str
    action: FollowingAction
    incident: str


@dataclass(frozen=True, slots=True)
class _Cause:
    name: str
    metric: str
    what: str
    action: FollowingAction
    alarms: tuple[Digest, ...]
    evidence: tuple[Digest, ...]


def follow(
    monitor: Monitor, state: MonitorState, stakes: Stakes, bands: Iterable[BandFinding]
) -> tuple[Followed, ...]:
    """Follow everything that was not followed yet; returns what was done now."""
    done = state.followed()
    found: list[Followed] = []
    for cause in _causes(state, stakes, bands):
        if cause.name in done:
            continue
        incident = ""
        if stakes.drafted is not None:
            incident = _record(monitor, stakes.drafted.campaign, cause)
        state.keep_followed(cause.name, incident, cause.action)
        found.append(Followed(cause.name, cause.metric, cause.action, incident))
    return tuple(found)


def open_incidents(state: MonitorState, stakes: Stakes) -> dict[str, bool]:
    """Return, by everything that was followed, whether its incident is still open."""
    followed = state.followed()
    if stakes.drafted is None:
        return dict.fromkeys(followed, True)
    known = {one.id: not one.closed_at for one in incidents_of(stakes.drafted.campaign)}
    return {cause: known.get(incident, True) for cause, (incident, _) in followed.items()}


def log_what_was_seen(monitor: Monitor, state: MonitorState, stakes: Stakes) -> None:
    """State in the campaign's log what was looked at, once for every amount of traffic."""
    span, totals = state.span(), state.totals()
    if stakes.drafted is None or span is None:
        return
    own = excluded_in_all(state)
    unlogged = state.metrics().get(UNLOGGED, (0, 0, 0))[1]
    seen = (totals.exchanges, totals.unreadable, len(state.alarms()), own, unlogged)
    mark = "/".join(map(str, seen))
    if state.read_about("logged") == mark:
        return
    open_ = state.unassessed()
    campaign = stakes.drafted.campaign
    log_monitoring(
        campaign,
        MonitoringSummary(
            plan=campaign.plan_digest,
            deployment=monitor.name,
            since=_moment(span[0]),
            until=_moment(span[1]),
            exchanges=totals.exchanges - open_ - own,
            unassessed=totals.unreadable + open_ + unlogged,
            alarms=len(state.alarms()),
            evidence=tuple(sorted(digest_of(alarm) for alarm in state.alarms())),
            at=campaign.now(),
        ),
    )
    state.write_about("logged", mark)


def _causes(state: MonitorState, stakes: Stakes, bands: Iterable[BandFinding]) -> Iterator[_Cause]:
    open_ = open_incidents(state, stakes)
    for alarm in state.alarms():
        proposal = what_follows(stakes.rules, [alarm], (), alarm.at_ms)
        if proposal is not None:
            what = f"{_KINDS[alarm.kind]} of `{alarm.metric}`: {alarm.why}"
            digest = digest_of(alarm)
            yield _Cause(alarm.id, alarm.metric, what, proposal.action, (digest,), ())
    raised = {alarm.metric for alarm in state.alarms() if open_.get(alarm.id, True)}
    for band in bands:
        proposal = what_follows(stakes.rules, (), [band], band.until_ms)
        # A rise that raised an alarm and took the rate out of its band is one incident.
        if proposal is not None and band.band.metric not in raised:
            yield _Cause(
                f"{BAND}{band.band.metric}:{band.from_ms}",
                band.band.metric,
                f"`{band.band.metric}` is at least {band.lower}, and {band.band.upper} was "
                f"accepted ({band.band.source})",
                proposal.action,
                (),
                (digest_of(band),),
            )


_KINDS: Final = {
    "rise": "rise",
    "silence": "silence",
    "recalibrate": "change",
    "cluster": "accounts acting together",
}


def _record(monitor: Monitor, campaign: OpenCampaign, cause: _Cause) -> str:
    incident = _known(campaign, monitor.name, cause) or _opened(monitor, campaign, cause)
    if cause.action != "page-only":
        reopen_decision(
            campaign,
            ReopenTerms(
                cause=cause.what,
                action=cause.action,
                to=_restriction(monitor, cause),
                incident=incident.id,
                evidence=(*cause.alarms, *cause.evidence),
                detected_by=BY,
                by=monitor.file.document.monitor.name,
            ),
        )
    return incident.id


def _known(campaign: OpenCampaign, deployment: str, cause: _Cause) -> Incident | None:
    """Return the incident that this alarm opened already, or the open one of this band."""
    for incident in incidents_of(campaign):
        first = incident.opened
        if first.deployment != deployment or first.detected_by != BY:
            continue
        if cause.alarms and set(cause.alarms) <= set(first.alarms):
            return incident
        same = not cause.alarms and not first.alarms and first.metrics == (cause.metric,)
        if same and not incident.closed_at:
            return incident
    return None


def _opened(monitor: Monitor, campaign: OpenCampaign, cause: _Cause) -> Incident:
    decision = draft_on_disk(campaign.folder)
    severity: Severity = "moderate" if cause.metric.startswith(_HARM) else "low"
    return open_incident(
        campaign,
        Opened(
            severity=severity,
            what=cause.what,
            metrics=(cause.metric,),
            alarms=cause.alarms,
            evidence=cause.evidence,
            deployment=monitor.name,
            decision=decision.digest if decision else "",
            detected_by=BY,
            owner=monitor.file.document.monitor.owner,
            aware_at=timestamp(monitor.around.clock.now()),
        ),
        BY,
    )


def _restriction(monitor: Monitor, cause: _Cause) -> DeploymentType | None:
    if cause.action != "restrict":
        return None
    bands = {one.metric: one.restrict_to for one in monitor.file.document.bands}
    return bands.get(cause.metric)


def _moment(at_ms: int) -> str:
    return timestamp(datetime.fromtimestamp(at_ms / 1000, UTC))
