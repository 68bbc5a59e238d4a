"""Live evidence: a re-opening, an incident or a defect can be neither held back nor dressed up.

The adversary holds the runner's key and reseals everything after each change. What is left to him
is to write the whole log anew: that is found by who holds an earlier checkpoint of it.
"""

import json

import pytest

from shipworthy.kernel import digest_bytes
from shipworthy.testing.bundles import example_bundle
from shipworthy_verify.live.standing import lowered
from tampered_live import ENVELOPES, EVIDENCE, EXPIRES, LATER, LOG, OPENED_AT, UNCOUNTED, Live, rows


@pytest.fixture
def live(forge):
    return Live(forge)


# What an honest runner says is verified, and lowers what the decision comes to.


@pytest.mark.parametrize(
    ("action", "to", "standing", "glyph"),
    [
        ("expire", None, "inconclusive", "?"),
        ("restrict", "limited", "inconclusive", "?"),
        ("roll-back", None, "no-go", "✗"),
    ],
)
def test_an_honest_reopening_verifies_and_lowers_the_standing(live, action, to, standing, glyph):
    live.reopen(action, to)
    live.publish(standing, glyph)
    result = live.forge.verify()
    # The report was written before and cannot count what came after; else nothing is wrong.
    assert {one.code for one in result.failures} == {UNCOUNTED}
    assert (result.ruling, result.standing) == ("go", standing)
    assert "RE-OPENED" in result.because


def test_honest_incidents_confirmations_and_monitoring_lower_nothing(live):
    name, _ = live.incident()
    live.incident({"type": "closed", "why": "fixed"}, name=name)
    live.confirm()
    live.monitor()
    live.report_again()
    live.forge.reseal()
    result = live.forge.verify()
    assert {one.code for one in result.failures} == {UNCOUNTED}
    assert result.standing == "go"
    assert "1 confirmations, 2 events of incidents" in result.checks[-1].detail


# Held back, added, or said twice.


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("reopen", "SV-REOPENING-HIDDEN"),
        ("incident", "SV-INCIDENT-HIDDEN"),
        ("confirm", "SV-CONFIRMATION-HIDDEN"),
        ("monitor", "SV-MONITORING-HIDDEN"),
    ],
)
def test_a_logged_statement_is_not_held_back(live, kind, code):
    made = getattr(live, kind)()
    del live.forge.files[made[1] if isinstance(made, tuple) else made]
    live.publish()
    assert code in live.forge.codes()


@pytest.mark.parametrize("kind", sorted(ENVELOPES))
def test_a_statement_whose_entry_is_taken_out_is_refused(live, kind):
    tag = ENVELOPES[kind][0]
    {"reopening": live.reopen, "confirmation": live.confirm}.get(
        kind, live.incident if kind == "incident" else live.monitor
    )()
    live.drop_logged(tag)
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-LIVE-UNLOGGED"}


def test_a_log_without_the_reopening_is_no_extension_of_its_checkpoint(live):
    path = live.reopen()
    live.publish()
    held = live.forge.files["log/checkpoint"]
    live.drop_logged("decision-reopened")
    del live.forge.files[path]
    live.forge.reseal()
    assert "SV-LOG-FORK" in live.forge.codes(checkpoint=held)


def test_an_event_in_the_middle_is_missed_even_where_its_entry_is_gone_too(live):
    name, _ = live.incident()
    _, middle = live.incident(
        {"type": "classified", "severity": "critical", "kinds": ["death"], "why": "x"}, name=name
    )
    live.incident({"type": "closed", "why": "nothing happened"}, name=name)
    gone = digest_bytes(live.forge.files.pop(middle))
    live.forge.edit_lines(LOG, lambda entries: [e for e in entries if e.get("envelope") != gone])
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-INCIDENT-CHAIN"}


def test_a_confirmation_does_not_count_twice(live):
    live.confirm()
    live.forge.edit_lines(LOG, lambda entries: [*entries, {**entries[-1], "at": LATER}])
    live.report_again()
    live.forge.reseal()
    assert "SV-LIVE-TWICE" in live.forge.codes()


# Dated back, changed, forged, replayed.


def test_a_reopening_is_not_dated_before_what_the_log_holds_before_it(live):
    live.reopen(at="2026-11-20T00:00:00Z")
    live.publish()
    assert "SV-LIVE-TIME" in live.forge.codes()


def test_a_reopening_is_not_dated_otherwise_than_it_was_signed(live):
    live.reopen()
    live.edit_logged("decision-reopened", at=LATER)
    live.publish()
    assert "SV-LIVE-ENTRY" in live.forge.codes()


def test_a_confirmation_is_not_logged_before_it_ended(live):
    live.confirm(ended_at="2026-11-23T00:00:00Z")
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-LIVE-TIME"}


@pytest.mark.parametrize(
    "changes",
    [{"expires_at": "2036-12-22T08:00:00Z"}, {"verdict": "confirmed"}, {"deployment": "other"}],
)
def test_a_log_says_of_a_confirmation_what_it_says(live, changes):
    live.confirm("inconclusive")
    live.edit_logged("confirmation-logged", **changes)
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-LIVE-ENTRY"}


def test_a_changed_statement_has_no_signature(live):
    path = live.confirm("defect")
    envelope = live.forge.json(path)
    said = live.forge.payload(path)
    said["predicate"]["verdict"] = "confirmed"
    import base64

    envelope["payload"] = base64.b64encode(json.dumps(said).encode()).decode()
    live.forge.write(path, envelope)
    live.edit_logged(
        "confirmation-logged",
        confirmation=digest_bytes(live.forge.files[path]),
        verdict="confirmed",
    )
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-SIGNATURE"}


@pytest.mark.parametrize("kind", ["confirmation", "incident", "monitoring"])
def test_only_the_runner_says_what_is_evidence(live, kind):
    person = live.forge.keys.people["safety-lead"]
    words = {
        "confirmation": {"deployment": "a", "verdict": "confirmed", "expires_at": EXPIRES},
        "incident": {"incident": "inc-1", "number": 1, "previous": "", "at": OPENED_AT}
        | {"change": {"type": "opened"}},
        "monitoring": {"since": OPENED_AT, "until": OPENED_AT, "exchanges": 1, "unassessed": 0}
        | {"alarms": 0, "at": LATER},
    }[kind]
    live.say(kind, words, person)
    live.report_again()
    live.forge.reseal()
    assert "SV-LIVE-SIGNER" in live.forge.codes()


def test_a_person_reopens_in_a_listed_role_by_the_own_name_alone(live):
    lead = live.forge.keys.people["safety-lead"]
    live.reopen("roll-back", signer=lead, role="safety-lead", by="Ada Example")
    live.publish("no-go", "✗")
    assert "SV-LIVE-SIGNER" not in live.forge.codes()
    for changes in ({"by": "Grace Example"}, {"role": "accountable-executive"}):
        words = {"role": "safety-lead", "by": "Ada Example", "cause": "other"} | changes
        live.reopen("roll-back", signer=lead, **words)
    live.report_again()
    live.forge.reseal()
    assert "SV-LIVE-SIGNER" in live.forge.codes()


@pytest.mark.parametrize("where", ["statement", "both"])
def test_a_confirmation_of_another_campaign_is_not_replayed(live, where):
    other = digest_bytes(b"another plan")
    live.confirm(plan=other)
    if where == "statement":
        live.edit_logged("confirmation-logged", plan=live.plan)
    live.report_again()
    live.forge.reseal(plan=False)
    assert "SV-LIVE-PLAN" in live.forge.codes()


def test_an_incident_has_the_id_of_what_it_was_opened_for(live):
    live.incident(name="inc-0123456789abcdef")
    live.report_again()
    live.forge.reseal()
    assert live.forge.codes() - {UNCOUNTED} == {"SV-INCIDENT-CHAIN"}


@pytest.mark.parametrize(
    ("action", "to"),
    [
        ("restrict", None),
        ("restrict", "open-weights"),
        ("restrict", "closed-product"),
        ("expire", "internal"),
        ("forgive", None),
    ],
)
def test_a_reopening_asks_for_something_stricter(live, action, to):
    live.reopen(action, to)
    live.publish()
    assert "SV-REOPENING-ACTION" in live.forge.codes()


def test_a_reopening_names_an_incident_that_the_log_holds(live):
    live.reopen(incident="inc-0123456789abcdef")
    live.publish()
    assert "SV-INCIDENT-HIDDEN" in live.forge.codes()


@pytest.mark.parametrize(
    "changes", [{"exchanges": -1}, {"alarms": "none"}, {"since": LATER}, {"until": "soon"}]
)
def test_a_monitor_has_possible_amounts_and_times(live, changes):
    live.monitor(**changes)
    live.report_again()
    live.forge.reseal()
    assert "SV-MONITORING" in live.forge.codes()


# The report, and the draft.


def test_a_report_from_before_the_reopening_is_refused(live):
    live.reopen()
    live.forge.reseal()
    assert {"SV-LIVE-UNREPORTED", "SV-REPORT-STANDING", UNCOUNTED} <= live.forge.codes()


def test_a_report_does_not_show_a_go_that_was_reopened(live):
    live.reopen()
    live.report_again()
    live.forge.reseal()
    assert "SV-REPORT-STANDING" in live.forge.codes()


def test_a_draft_does_not_answer_what_the_log_does_not_hold(live):
    live.forge.edit(
        "decision.json",
        lambda decision: decision.update(
            live={"answers": [EVIDENCE], "confirmation_days": 0, "confirmation_deployment": ""}
        ),
    )
    live.forge.reseal()
    assert "SV-ANSWERS" in live.forge.codes()


def test_a_draft_does_not_answer_what_came_after_it(live):
    path = live.reopen()
    answer = digest_bytes(live.forge.files[path])
    live.forge.edit(
        "decision.json",
        lambda decision: decision.update(
            live={"answers": [answer], "confirmation_days": 0, "confirmation_deployment": ""}
        ),
    )
    live.publish()
    assert "SV-ANSWERS" in live.forge.codes()


@pytest.mark.parametrize(
    "terms",
    [
        {"answers": [], "confirmation_days": 0, "confirmation_deployment": ""},
        {"answers": [EVIDENCE, EVIDENCE], "confirmation_days": 0, "confirmation_deployment": ""},
        {"answers": ["all"], "confirmation_days": 1, "confirmation_deployment": "production"},
        {"answers": [], "confirmation_days": True, "confirmation_deployment": "production"},
        {"answers": [], "confirmation_days": 3, "confirmation_deployment": "production", "x": 1},
        {"answers": [], "confirmation_days": 3, "confirmation_deployment": ""},
        {"answers": [EVIDENCE], "confirmation_days": 0, "confirmation_deployment": "production"},
        {"answers": [], "confirmation_days": 3},
    ],
)
def test_what_a_draft_says_of_live_evidence_has_its_form(live, terms):
    live.forge.edit("decision.json", lambda decision: decision.update(live=terms))
    live.forge.reseal()
    assert "SV-ANSWERS" in live.forge.codes()


def test_a_confirmation_that_the_assessment_requires_is_not_waived(live):
    live.forge.files["assessment.toml"] += (
        b"\n[confirmation]\nmax_age_days = 14\ndeployment = 'production'\n"
    )
    live.forge.reseal()
    assert live.forge.codes() == {"SV-CONFIRMATION-TERMS"}


class Agreed:
    """A bundle as far as a standing reads it: a signed draft that requires a confirmation."""

    agreed = True

    def __init__(self, *confirmations):
        self._entries = [
            {
                "deployment": name,
                "verdict": verdict,
                "confirmation": EVIDENCE,
                "at": OPENED_AT,
                "expires_at": EXPIRES,
            }
            for name, verdict in confirmations
        ]

    def json(self, path):
        assert path == "decision.json"
        terms = {"confirmation_days": 14, "confirmation_deployment": "production"}
        return {"live": {"answers": [], **terms}}

    def logged(self, kind):
        report = {"kind": "report", "at": LATER}
        return {"confirmation-logged": self._entries, "statement": [report]}.get(kind, [])


@pytest.mark.parametrize(
    ("confirmations", "standing"),
    [
        ([("production", "inconclusive"), ("staging", "confirmed")], "inconclusive"),
        ([("staging", "confirmed")], "inconclusive"),
        ([("production", "confirmed"), ("staging", "inconclusive")], "go"),
        ([("production", "confirmed"), ("staging", "defect")], "no-go"),
        ([("production", "confirmed"), ("production", "inconclusive")], "inconclusive"),
    ],
)
def test_a_confirmation_of_another_deployment_does_not_stand_in(confirmations, standing):
    assert lowered("go", Agreed(*confirmations)) == standing


def test_a_draft_asks_for_the_deployment_that_was_assessed(live):
    live.forge.files["assessment.toml"] += (
        b"\n[confirmation]\nmax_age_days = 14\ndeployment = 'production'\n"
    )
    terms = {"answers": [], "confirmation_days": 14, "confirmation_deployment": "staging"}
    live.forge.edit("decision.json", lambda decision: decision.update(live=terms))
    live.forge.reseal()
    assert "SV-CONFIRMATION-TERMS" in live.forge.codes()


def test_a_defect_makes_a_no_go_of_a_signed_go(live):
    live.confirm("defect")
    live.publish("no-go", "✗")
    result = live.forge.verify()
    assert result.standing == "no-go"
    assert "found a defect on the deployed path" in result.because


def test_the_honest_bundle_says_how_it_stands(tmp_path):
    result = example_bundle(tmp_path).folder / "report.json"
    marked = [one for one in rows(json.loads(result.read_text())) if one.get("anchor")]
    assert any(one["anchor"] == "live-standing" for one in marked)
