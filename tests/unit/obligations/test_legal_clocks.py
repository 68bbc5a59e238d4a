"""Legal clocks: what is due when, worked out by hand from the facts of the catalogues."""

import pytest

from shipworthy.cli.live.incident_text import clock_lines, clocks_of, incident_lines
from shipworthy.cli.output.streams import Output
from shipworthy.frameworks.obligations import catalogue_ids, load_catalogue, running
from shipworthy.kernel import Problem, digest_text
from shipworthy.records.live.incidents import (
    KIND_WORDS,
    Classified,
    Closed,
    Incident,
    IncidentEvent,
    Notified,
    Opened,
    incident_id,
)

EU, SB53, RAISE = "eu-gpai-code-safety", "california-sb-53", "new-york-raise"
PLAN = digest_text("plan")
AWARE = "2026-11-01T10:00:00Z"
NOON = "2026-11-01T12:00:00Z"

OPENED = Opened(
    severity="high",
    what="weights were copied",
    deployment="assistant",
    decision=digest_text("draft"),
    detected_by="person",
    owner="safety-lead",
    aware_at=AWARE,
)


def incident(*changes):
    """Return an incident with these further events, each `(at, change)`."""
    events = [(AWARE, OPENED), *changes]
    name = incident_id(PLAN, OPENED)
    return Incident(
        id=name,
        events=tuple(
            IncidentEvent(
                plan=PLAN,
                incident=name,
                number=number,
                previous=digest_text(str(number - 1)) if number > 1 else "",
                by="Ada Example",
                at=at,
                change=change,
            )
            for number, (at, change) in enumerate(events, start=1)
        ),
    )


def classified(*kinds, at=NOON):
    return at, Classified(severity="high", kinds=kinds, why="read the logs")


def told(authority, report, at):
    return at, Notified(authority=authority, report=report, sent_at=at)


def clocks(authority, found, at=NOON):
    return {
        one.clock.id: (one.state, one.due_at, one.late)
        for one in running(authority, load_catalogue(authority).clocks, found, at)
    }


@pytest.mark.parametrize(
    ("authority", "kind", "clock", "due"),
    [
        (EU, "critical-infrastructure", "initial-infrastructure", "2026-11-03T10:00:00Z"),
        (EU, "cyber-or-exfiltration", "initial-cyber", "2026-11-06T10:00:00Z"),
        (EU, "death", "initial-death", "2026-11-11T10:00:00Z"),
        (EU, "health-or-rights", "initial-health", "2026-11-16T10:00:00Z"),
        (SB53, "critical-safety", "incident", "2026-11-16T10:00:00Z"),
        (SB53, "imminent-danger", "imminent-danger", "2026-11-02T10:00:00Z"),
        (RAISE, "safety", "incident", "2026-11-04T10:00:00Z"),
        (RAISE, "imminent-danger", "imminent-danger", "2026-11-02T10:00:00Z"),
    ],
)
def test_a_first_report_is_due_from_awareness(authority, kind, clock, due):
    found = incident(classified(kind))
    assert clocks(authority, found)[clock] == ("due", due, False)
    assert clocks(authority, found, due)[clock] == ("due", due, False)
    after = due.replace("00:00Z", "00:01Z")
    assert clocks(authority, found, after)[clock] == ("overdue", due, True)
    others = [state for name, (state, *_) in clocks(authority, found).items() if name != clock]
    assert set(others) <= {"not-triggered", "waiting"}


def test_before_anybody_classifies_every_clock_may_run():
    found = clocks(EU, incident(), "2026-11-07T00:00:00Z")
    assert found["initial-infrastructure"] == ("possible", "2026-11-03T10:00:00Z", True)
    assert found["initial-cyber"] == ("possible", "2026-11-06T10:00:00Z", True)
    assert found["initial-death"] == ("possible", "2026-11-11T10:00:00Z", False)
    assert found["final"] == ("waiting", "", False)


def test_an_incident_of_no_kind_triggers_nothing():
    assert {state for state, *_ in clocks(EU, incident(classified())).values()} == {"not-triggered"}


def test_the_last_classification_counts():
    twice = incident(classified(), classified("death", at="2026-11-02T00:00:00Z"))
    assert clocks(EU, twice)["initial-death"][0] == "due"


def test_interim_reports_are_due_every_four_weeks_until_it_is_closed():
    found = [classified("death"), told(EU, "initial", "2026-11-05T10:00:00Z")]
    assert clocks(EU, incident(*found))["interim"] == ("due", "2026-12-03T10:00:00Z", False)
    late = clocks(EU, incident(*found), "2026-12-04T00:00:00Z")
    assert late["interim"] == ("overdue", "2026-12-03T10:00:00Z", True)
    found.append(told(EU, "interim", "2026-12-01T10:00:00Z"))
    assert clocks(EU, incident(*found))["interim"] == ("due", "2026-12-29T10:00:00Z", False)
    found.append(("2026-12-20T10:00:00Z", Closed(why="weights were found")))
    assert clocks(EU, incident(*found), "2027-01-05T00:00:00Z")["interim"][0] == "met"


def test_the_last_report_is_due_sixty_days_after_closing():
    found = [
        classified("death"),
        told(EU, "initial", "2026-11-05T10:00:00Z"),
        ("2026-11-20T10:00:00Z", Closed(why="weights were found")),
    ]
    assert clocks(EU, incident(*found))["final"] == ("due", "2027-01-19T10:00:00Z", False)
    found.append(told(EU, "final", "2027-01-20T10:00:00Z"))
    assert clocks(EU, incident(*found))["final"] == ("met", "2027-01-19T10:00:00Z", True)


def test_a_report_to_one_authority_is_none_to_another():
    found = incident(classified("imminent-danger"), told(SB53, "initial", NOON))
    assert clocks(SB53, found)["imminent-danger"][0] == "met"
    assert clocks(RAISE, found)["imminent-danger"][0] == "due"


def test_a_report_that_went_out_late_is_met_and_late():
    found = incident(classified("safety"), told(RAISE, "initial", "2026-11-05T00:00:00Z"))
    assert clocks(RAISE, found)["incident"] == ("met", "2026-11-04T10:00:00Z", True)


def test_every_kind_of_incident_has_a_clock_and_every_catalogue_says_it_is_no_advice():
    catalogues = [load_catalogue(name) for name in catalogue_ids()]
    timed = {kind for one in catalogues for clock in one.clocks for kind in clock.kinds}
    assert timed == set(KIND_WORDS)
    assert all("Not legal advice" in one.standing for one in catalogues if one.clocks)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("hours: 360", "hours: 0", "framework-type"),
        ("kinds: [critical-safety]", "kinds: [critical-saftey]", "framework-unknown-kind"),
        ("start: awareness", "start: tomorrow", "framework-type"),
    ],
)
def test_a_bad_clock_is_refused_with_its_place(tmp_path, old, new, code):
    from importlib.resources import files

    source = files("shipworthy.frameworks") / "obligations" / "catalogues" / f"{SB53}.yaml"
    text = source.read_text()
    assert old in text
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(Problem) as caught:
        load_catalogue(str(path))
    found = caught.value.diagnostics[0]
    assert found.code == code
    assert found.location is not None
    assert found.location.line > 1


def test_since_when_a_text_is_in_force_stands_below_its_clocks():
    found = incident(classified("safety"))
    lines = list(clock_lines(found, clocks_of(found, NOON), Output.choose("plain")))
    assert any("2026-11-04T10:00:00Z" in line and RAISE in line for line in lines)
    assert f"in force  {RAISE}: {load_catalogue(RAISE).in_force}" in lines
    assert not any(SB53 in line for line in lines)


def test_events_are_shown_in_words():
    shown = "\n".join(incident_lines(incident(classified("safety", "death"))))
    assert "kinds: safety, death" in shown
    assert "(" not in shown
