"""Section `live`: what became of the decision in deployment, at the top where it matters."""

import msgspec
import pytest
from msgspec.structs import replace

from shipworthy.kernel import digest_text
from shipworthy.records import ConfirmationLogged, DecisionReopened, MonitoringLogged
from shipworthy.records.live.incidents import Incident, IncidentEvent, Opened
from shipworthy.records.live.reopenings import Elsewhere, OtherCampaign, OtherReopening
from shipworthy.stages.reporting import (
    LiveRecords,
    ShownClock,
    ShownConfirmation,
    build_report,
    render_html,
)
from shipworthy.stages.reporting.document import Notice
from shipworthy.testing.small_report import small_report

PLAN = digest_text("plan")
AT = "2026-11-23T08:00:00Z"
NOTICE = "This decision was re-opened, and does not stand as a permission."


def reopening(action="roll-back", to=""):
    return DecisionReopened(
        plan=PLAN,
        decision=digest_text("draft"),
        cause="asr.cyber.deployed left its band, 12 times",
        action=action,
        to=to,
        incident="inc-0123456789abcdef",
        by="monitor",
        envelope=digest_text(action),
        at=AT,
    )


def incident():
    opened = Opened(
        severity="high",
        what="a secret reached 3 users",
        metrics=("asr.cyber.deployed",),
        deployment="assistant",
        decision=digest_text("draft"),
        detected_by="monitor",
        owner="safety-lead",
        aware_at=AT,
    )
    event = IncidentEvent(
        plan=PLAN,
        incident="inc-0123456789abcdef",
        number=1,
        previous="",
        by="monitor",
        at=AT,
        change=opened,
    )
    return Incident(id=event.incident, events=(event,))


def confirmed(verdict):
    entry = ConfirmationLogged(
        plan=PLAN,
        confirmation=digest_text(verdict),
        deployment="assistant",
        verdict=verdict,
        expires_at=AT,
        at=AT,
    )
    return ShownConfirmation(entry=entry, deployment="assistant", reasons=("7 routes differ",))


def clock(state, due_at=AT, late=False):
    return ShownClock(
        incident="inc-0123456789abcdef",
        authority="eu-gpai-code-safety",
        about="first report within 2 days",
        report="initial",
        state=state,
        due_at=due_at,
        late=late,
        in_force="from the first of August, as we read it",
    )


FULL = LiveRecords(
    confirmations=(confirmed("defect"), confirmed("inconclusive"), confirmed("confirmed")),
    monitorings=(
        MonitoringLogged(
            plan=PLAN,
            monitoring=digest_text("monitoring"),
            since="2026-11-22T08:00:00Z",
            until=AT,
            exchanges=41_000,
            unassessed=17,
            alarms=2,
            at=AT,
        ),
    ),
    monitored=("assistant-staging",),
    incidents=(incident(),),
    clocks=(
        clock("overdue", late=True),
        clock("due"),
        clock("possible", late=True),
        clock("met", late=True),
        clock("waiting", due_at=""),
    ),
    reopenings=(reopening("expire"), reopening("restrict", "internal"), reopening()),
    unanswered=(reopening("restrict", "internal"), reopening()),
    defects=(confirmed("defect").entry,),
    meanwhile="roll-back",
)


def page(live, standing="inconclusive"):
    document = build_report(replace(small_report(), live=live, standing=standing))
    return document, render_html(document).decode()


def section(document, name):
    return next(one for one in document.sections if one.id == name)


def words(text):
    """Return a page without its tags."""
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_report_without_live_evidence_says_so_and_claims_nothing():
    document, text = page(LiveRecords())
    shown = words(text)
    assert shown.count("None recorded.") == 2
    assert "None recorded: nobody confirmed" in shown
    assert "Not monitored: the log holds no statement of a monitor" in shown
    assert not any(one.claim.id.startswith("live#") for one in document.evidence)


def test_a_reopening_stands_first_in_the_summary_and_in_its_section():
    document, _ = page(FULL, "no-go")
    for name in ("summary", "live"):
        first = section(document, name).blocks[0]
        assert isinstance(first, Notice)
        assert first.state == "no-go"
        assert NOTICE in str(msgspec.to_builtins(first))


def test_everything_is_shown_with_its_counts():
    document, text = page(FULL, "no-go")
    values = {one.claim.id: one.claim.value for one in document.evidence}
    assert {name: value for name, value in values.items() if name.startswith("live#")} == {
        "live#confirmations": "3",
        "live#defects": "1",
        "live#incidents": "1",
        "live#incidents_open": "1",
        "live#monitorings": "1",
        "live#reopenings": "3",
        "live#reopenings_open": "2",
    }
    assert values["monitoring:1#exchanges"] == "41000"
    shown = words(text)
    assert "assistant-staging" in shown, "a monitor of another deployment is no monitor of this one"
    for expected in ("overdue", "possible , late", "met , late", "not started", "roll-back"):
        assert expected in shown
    assert "nobody has classified it" in shown
    assert shown.count("from the first of August, as we read it") == len(FULL.clocks)
    assert "No legal advice" in shown


@pytest.mark.parametrize(
    ("live", "title"),
    [
        (
            LiveRecords(defects=FULL.defects, confirmations=FULL.confirmations),
            "A confirmation found a defect on the deployed path.",
        ),
        (
            LiveRecords(wanting="nobody confirmed the deployed path"),
            "The decision needs a confirmation of the deployed path, and none counts.",
        ),
    ],
)
def test_a_defect_and_a_missing_confirmation_are_said_first(live, title):
    document, _ = page(live)
    assert title in str(msgspec.to_builtins(section(document, "summary").blocks[0]))


def test_an_answered_reopening_stays_on_record_and_raises_no_box():
    document, text = page(LiveRecords(reopenings=(reopening(),)))
    assert NOTICE not in text
    assert not isinstance(section(document, "live").blocks[0], Notice)
    assert "by this draft" in words(text)


def test_another_campaign_of_the_model_is_shown_with_what_its_log_holds():
    reopened = OtherReopening(
        action="restrict",
        to="internal",
        cause="the breach rate left its band",
        by="Cy Example",
        at=AT,
        statement=digest_text("statement"),
        named=False,
    )
    other = OtherCampaign(
        plan=digest_text("another plan"),
        assessment="spring",
        product="assistant",
        deployment="limited",
        kinship="weights",
        registered_at=AT,
        reopenings=(reopened, replace(reopened, named=True, cause="an older one")),
        incidents_open=("inc-0123456789abcdef",),
    )
    gone = digest_text("a plan whose folder is gone")
    _, text = page(LiveRecords(elsewhere=Elsewhere(campaigns=(other,), unknown=(gone,))), "go")
    shown = words(text)
    assert "Another campaign of the same model was re-opened, or has an open incident." in shown
    for expected in ("spring", "the same weights", "inc-0123456789abcdef", gone, "an older one"):
        assert expected in shown
    answered = replace(other, reopenings=other.reopenings[1:], incidents_open=())
    _, text = page(LiveRecords(elsewhere=Elsewhere(campaigns=(answered,))), "go")
    assert "Another campaign of the same model was re-opened" not in words(text)
    assert "a later draft of it names this" in words(text)
