"""Statements about a deployment on disk: signed, logged once, read back only where all agrees."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shipworthy.app.live.incidents import (
    ReopenTerms,
    change_incident,
    incidents_of,
    log_confirmation,
    log_monitoring,
    open_incident,
    reopen_decision,
)
from shipworthy.app.project import Project
from shipworthy.app.registration import live_entries, live_statements, read_registry, register
from shipworthy.app.registration.campaigns import OpenCampaign, reopen
from shipworthy.evidence import write_atomically
from shipworthy.kernel import FixedClock, Problem, canonical_bytes, digest_text
from shipworthy.records import ConfirmationLogged, DecisionReopened, IncidentLogged
from shipworthy.records.live import MonitoringSummary
from shipworthy.records.live.confirmations import Confirmation, FieldCosts
from shipworthy.records.live.incidents import Classified, Closed, Notified, Opened
from shipworthy.stages.confirming import error_bounds
from shipworthy.stages.deciding import LiveEvidence
from shipworthy.testing.bundles import example_keys
from shipworthy.testing.campaigns import (
    draft_of,
    example_facts,
    example_plan,
    example_rulebook,
    planned_scenarios,
)
from shipworthy.testing.submissions import example_registry
from shipworthy.vocabulary import DeploymentType

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@contextmanager
def refused(code):
    """Expect a problem of this code."""
    with pytest.raises(Problem) as caught:
        yield
    assert caught.value.diagnostics[0].code == code


def opened_again(campaign, hours=0) -> OpenCampaign:
    """Open a campaign as another process would, hours later."""
    clock = FixedClock(NOW + timedelta(hours=hours))
    return reopen(campaign.folder, campaign.registry, campaign.signer, clock)


@pytest.fixture
def campaign(tmp_path) -> OpenCampaign:
    plan, signer = example_plan(), example_keys().runner
    project = Project(tmp_path)
    scenarios = {one.id: one for one in planned_scenarios(plan)}
    example_registry(project.registry, plan, scenarios, (), signer)
    folder = project.campaign("example", plan.digest)
    registry = read_registry(project, signer.public)
    found = register(folder, plan, registry, signer, FixedClock(NOW))
    draft = draft_of(plan, example_rulebook(), (), example_facts())
    write_atomically(folder.decision, canonical_bytes(draft))
    return found


def opened(**changes):
    values = {
        "severity": "high",
        "what": "a secret reached users",
        "deployment": "assistant",
        "decision": digest_text("draft"),
        "detected_by": "monitor",
        "owner": "safety-lead",
        "aware_at": "2026-11-22T07:00:00Z",
    }
    return Opened(**(values | changes))


def confirmation(campaign, **changes):
    made = Confirmation(
        confirmation=digest_text("its plan"),
        plan=campaign.plan_digest,
        deployment="assistant",
        verdict="confirmed",
        reasons=("no rate is higher",),
        comparisons=(),
        bounds=error_bounds((), "0.05"),
        findings=(),
        layers=(),
        drift=(),
        field_only=(),
        costs=FieldCosts(requests=1, retries=0, fillers=0, prompt_tokens=0, completion_tokens=0),
        trials=0,
        root=digest_text("root"),
        complete=True,
        started_at="2026-11-22T06:00:00Z",
        ended_at="2026-11-22T07:00:00Z",
        expires_at="2026-12-22T07:00:00Z",
    )
    return msgspec.structs.replace(made, **changes)


TERMS = ReopenTerms(
    cause="the rate left its band", action="expire", detected_by="monitor", by="monitor"
)


def test_a_monitor_reopens_once_for_one_cause_whatever_it_opens_again(campaign):
    first, fresh = reopen_decision(campaign, TERMS)
    assert fresh
    later = opened_again(campaign, hours=5)
    again, fresh = reopen_decision(later, TERMS)
    assert (again, fresh) == (first, False)
    stricter = ReopenTerms(
        cause=TERMS.cause, action="roll-back", detected_by="monitor", by="monitor"
    )
    assert reopen_decision(later, stricter)[1]
    kinds = [type(entry) for entry in live_entries(opened_again(campaign))]
    assert kinds == [DecisionReopened, DecisionReopened]


def test_two_processes_that_reopen_for_one_cause_write_one_entry(campaign):
    one, other = opened_again(campaign), opened_again(campaign)
    assert reopen_decision(one, TERMS)[1]
    assert not reopen_decision(other, TERMS)[1]


def test_a_clock_that_was_set_back_dates_nothing_back(campaign):
    open_incident(opened_again(campaign, hours=5), opened(), "monitor")
    entry, _ = reopen_decision(opened_again(campaign), TERMS)
    assert entry.at == "2026-11-22T13:00:00Z"


def test_what_is_logged_is_under_a_checkpoint_at_once(campaign):
    reopen_decision(campaign, TERMS)
    path = campaign.folder.log / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(Problem) as caught:
        opened_again(campaign)
    assert caught.value.diagnostics[0].code == "log-altered"


def test_a_restriction_goes_to_a_less_exposed_deployment(campaign):
    terms = {"cause": "x", "action": "restrict", "detected_by": "person", "by": "Ada"}
    entry, _ = reopen_decision(campaign, ReopenTerms(to=DeploymentType.LIMITED, **terms))
    assert entry.to == "limited"
    for to in (None, DeploymentType.CLOSED_PRODUCT, DeploymentType.OPEN_WEIGHTS):
        with refused("reopen-restrict"):
            reopen_decision(campaign, ReopenTerms(to=to, **terms))


def test_an_incident_is_the_same_when_the_same_is_said_twice(campaign):
    first = open_incident(campaign, opened(), "monitor")
    assert open_incident(opened_again(campaign, hours=1), opened(), "monitor").id == first.id
    assert open_incident(campaign, opened(what="another"), "monitor").id != first.id
    found = incidents_of(opened_again(campaign))
    assert [len(one.events) for one in found] == [1, 1]


def test_events_follow_each_other(campaign):
    name = open_incident(campaign, opened(), "monitor").id
    change_incident(
        campaign, name, Classified(severity="critical", kinds=("death",), why="read it"), "Ada"
    )
    report = Notified(authority="x", report="initial", sent_at="2026-11-22T07:30:00Z")
    change_incident(opened_again(campaign, hours=1), name, report, "Ada")
    after = change_incident(campaign, name, Closed(why="resolved"), "Ada")
    assert [one.kind for one in after.events] == ["opened", "classified", "notified", "closed"]
    assert (after.severity, after.closed_at) == ("critical", "2026-11-22T09:00:00Z")
    with refused("incident-closed"):
        change_incident(campaign, name, Closed(why="again"), "Ada")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aware_at": "2026-11-23T00:00:00Z"}, "incident-time"),
        ({"aware_at": "2026-02-30T00:00:00Z"}, "incident-time"),
        ({"aware_at": "yesterday"}, "incident-time"),
        ({"what": " "}, "incident-words"),
    ],
)
def test_an_incident_that_cannot_be_is_refused(campaign, changes, code):
    with refused(code):
        open_incident(campaign, opened(**changes), "monitor")
    assert live_entries(campaign) == ()


def test_a_confirmation_is_logged_once_and_read_back(campaign):
    made = confirmation(campaign)
    first = log_confirmation(campaign, made)
    assert log_confirmation(opened_again(campaign, hours=3), made) == first
    (found,) = live_statements(opened_again(campaign), only=ConfirmationLogged)
    assert msgspec.json.decode(found.statement.predicate, type=Confirmation) == made
    assert (first.verdict, first.expires_at) == ("confirmed", made.expires_at)


def test_a_confirmation_of_another_campaign_is_not_logged(campaign):
    with refused("confirmation-plan"):
        log_confirmation(campaign, confirmation(campaign, plan=digest_text("other")))


def test_a_defect_and_a_reopening_are_what_a_draft_has_to_answer(campaign):
    defect = log_confirmation(campaign, confirmation(campaign, verdict="defect"))
    entry, _ = reopen_decision(campaign, TERMS)
    log_confirmation(campaign, confirmation(campaign))
    found = LiveEvidence.of(campaign.ledger.entries())
    assert found.to_answer == tuple(sorted([defect.confirmation, entry.envelope]))


def test_a_monitor_says_what_it_looked_at(campaign):
    summary = MonitoringSummary(
        plan="",
        deployment="assistant",
        since="2026-11-22T06:00:00Z",
        until="2026-11-22T07:00:00Z",
        exchanges=1000,
        unassessed=3,
        alarms=1,
        at="",
    )
    log_monitoring(campaign, summary)
    (found,) = live_statements(campaign)
    assert found.entry.plan == campaign.plan_digest
    with refused("monitoring-amounts"):
        log_monitoring(campaign, msgspec.structs.replace(summary, alarms=-1))


@pytest.mark.parametrize("damage", ["missing", "changed", "another"])
def test_a_statement_that_is_not_the_logged_one_is_an_integrity_fault(campaign, damage):
    open_incident(campaign, opened(), "monitor")
    (path,) = (campaign.folder.live / "incidents").iterdir()
    if damage == "missing":
        path.unlink()
    elif damage == "changed":
        path.write_bytes(path.read_bytes().replace(b"sig", b"gis"))
    else:
        open_incident(campaign, opened(what="another"), "monitor")
        (other,) = set((campaign.folder.live / "incidents").iterdir()) - {path}
        path.write_bytes(other.read_bytes())
    with pytest.raises(Problem) as caught:
        incidents_of(opened_again(campaign))
    assert caught.value.exit_code.value == 4
    assert caught.value.diagnostics[0].code == "live-altered"


def test_an_envelope_that_a_crash_left_without_an_entry_counts_for_nothing(campaign):
    open_incident(campaign, opened(), "monitor")
    (path,) = (campaign.folder.live / "incidents").iterdir()
    write_atomically(path.with_name("0" * 32 + ".dsse.json"), path.read_bytes())
    found = live_statements(opened_again(campaign), only=IncidentLogged)
    assert len(found) == 1
