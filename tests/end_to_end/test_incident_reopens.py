"""From a go that stands through an incident to a decision re-opened, and to a new one."""

import json
import re
import shutil

import pytest

from assessments import campaign_folder, log_entries, shipworthy
from signed_project import Signing, drafted_project

WHAT = "a coupon code reached users"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    return drafted_project(tmp_path_factory.mktemp("live"), deployment="limited")


class Live(Signing):
    """A project with a decision that stands, and the commands of those who run the deployment."""

    def at_large(self, *words):
        return shipworthy(*words, "--project", self.project)

    def sign_all(self):
        for role in ("safety-lead", "accountable-executive"):
            signed = self.sign(role)
            assert signed.returncode == 0, signed.stderr

    def open(self, *words):
        made = self.run(
            *("incident", "open", *words, "--what", WHAT, "--severity", "high"),
            *("--owner", "safety-lead", "--by", "Cy Example"),
        )
        assert made.returncode == 0, made.stderr
        return re.search(r"inc-[0-9a-f]{16}", made.stdout)[0]

    def reopen(self, action, *words, why="the breach rate left its band"):
        return self.run(
            *("decision", "reopen", "--action", action, "--why", why, *words),
        )

    def verify(self):
        published = self.run("report")
        assert published.returncode == 0, published.stderr
        return published, shipworthy("verify", campaign_folder(self.project) / "bundle")


@pytest.fixture
def live(drafted, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(drafted, folder)
    found = Live(folder)
    found.sign_all()
    assert found.run("decision", "show").returncode == 0
    return found


def test_a_reopened_decision_stands_again_only_with_a_new_draft_that_people_sign(live):
    incident = live.open("--metric", "asr.secrets.deployed")
    first = live.draft["digest"]
    made = live.reopen("roll-back", "--by", "Cy Example", "--incident", incident)
    assert made.returncode == 0, made.stderr
    shown = live.run("decision", "show")
    assert shown.returncode == 1
    assert shown.stdout.startswith("RE-OPENED  roll-back")
    assert "by Cy Example: the breach rate left its band" in shown.stdout
    assert f"take the deployment back; incident {incident}" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "standing no-go"
    # Signing the same draft again answers nothing.
    live.sign_all()
    assert live.run("decision", "show").returncode == 1
    published, verified = live.verify()
    assert "RE-OPENED  roll-back" in published.stdout
    assert verified.returncode == 0, verified.stdout
    said = "verified: the draft says go; RE-OPENED (roll-back)"
    assert said in verified.stdout
    assert "it stands as no-go" in verified.stdout
    page = (campaign_folder(live.project) / "bundle" / "report.html").read_text()
    assert page.count("This decision was re-opened, and does not stand as a permission.") == 2
    assert incident in page
    # A new draft names what it answers, and stands once it is signed.
    assert live.run("decide").returncode == 1
    assert live.draft["digest"] == first
    decided = live.run("decide", "--answer")
    assert (decided.returncode, live.draft["digest"] != first) == (1, True)
    assert "answers  1 re-openings or defects" in decided.stdout
    assert live.sign("safety-lead").returncode == 0
    assert live.run("decision", "show").returncode == 1
    live.sign("accountable-executive")
    assert live.run("decision", "show").returncode == 0
    _, verified = live.verify()
    assert verified.returncode == 0, verified.stdout
    assert "every role signed it" in verified.stdout


def test_each_action_has_its_text_its_exit_code_and_what_may_run_meanwhile(live):
    rows = (
        (("restrict", "--to", "internal"), 3, "go back to deployment `internal`", "internal"),
        (("expire",), 3, "the decision has run out before its time", "nothing"),
        (("roll-back",), 1, "take the deployment back", "roll-back"),
    )
    for words, code, text, meanwhile in rows:
        assert live.reopen(*words, "--by", "Cy Example").returncode == 0
        shown = live.run("decision", "show")
        assert shown.returncode == code
        assert text in shown.stdout
        assert f"meanwhile  at most {meanwhile}" in shown.stdout
    machine = json.loads(live.run("decision", "show", "--format", "json").stdout)
    assert machine["by_signatures"] == "go"
    assert [one["action"] for one in machine["live"]["reopened"]] == [
        "restrict",
        "expire",
        "roll-back",
    ]


def test_the_same_cause_reopens_once(live):
    for name in ("Cy Example", "Di Example"):
        assert live.reopen("expire", "--by", name).returncode == 0
    kinds = [entry["type"] for entry in log_entries(live.project)]
    assert kinds.count("decision-reopened") == 1


def test_a_person_may_reopen_with_the_key_of_a_role_and_with_no_other(live):
    role = ("--role", "safety-lead", "--key")
    assert live.reopen("expire", *role, live.folder / "safety-lead").returncode == 0
    strange = live.reopen("expire", *role, live.folder / "stranger", why="another cause")
    assert "error[sign-key]" in strange.stderr
    assert live.run("decision", "show").returncode == 3
    _, verified = live.verify()
    assert verified.returncode == 0, verified.stdout
    entry = next(e for e in log_entries(live.project) if e["type"] == "decision-reopened")
    assert entry["by"] == "Ada Example"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("restrict", "--by", "Cy"), "reopen-restrict"),
        (("restrict", "--to", "limited", "--by", "Cy"), "reopen-restrict"),
        (("restrict", "--to", "internl", "--by", "Cy"), "reopen-restrict"),
        (("expire", "--to", "internal", "--by", "Cy"), "reopen-restrict"),
        (("expire",), "reopen-cause"),
        (("expire", "--by", "Cy", "--incident", "inc-0"), "incident-unknown"),
        (("expire", "--role", "safety-lead"), "reopen-key"),
    ],
)
def test_a_reopening_that_makes_no_sense_is_refused_and_writes_nothing(drafted, words, code):
    project = Live(drafted)
    before = len(log_entries(project.project))
    refused = project.reopen(*words)
    assert refused.returncode == 2, refused.stderr
    assert f"error[{code}]" in refused.stderr
    assert len(log_entries(project.project)) == before


def test_an_incident_from_opening_to_its_last_report(live):
    incident = live.open("--aware-at", "2026-01-01T00:00:00Z")
    assert live.open("--aware-at", "2026-01-01T00:00:00Z") == incident
    unknown = live.at_large("incident", "clocks", incident, "--at", "2026-01-01T12:00:00Z")
    assert unknown.returncode == 3
    assert "NOT CLASSIFIED" in unknown.stdout
    late = live.at_large("incident", "clocks", incident[:9])
    assert late.returncode == 1
    assert "OVERDUE" in late.stdout
    assert "OVERDUE" in live.at_large("incident", "list").stdout
    by = ("--by", "Cy Example")
    steps = (
        ("classify", "--severity", "high", "--kind", "health-or-rights", "--why", "read the log"),
        ("notify", "--authority", "eu-gpai-code-safety", "--report", "initial"),
        ("mitigate", "--how", "the coupon was withdrawn"),
        ("close", "--why", "no code works any more"),
    )
    for name, *words in steps:
        done = live.at_large("incident", name, incident, *words, *by)
        assert done.returncode == 0, done.stderr
    clocks = live.at_large("incident", "clocks", incident, "--format", "json")
    states = {one["clock"]: one["state"] for one in json.loads(clocks.stdout)}
    assert states == {"initial-health": "met", "interim": "met", "final": "due"}
    assert clocks.returncode == 0
    again = live.at_large("incident", "close", incident, "--why", "twice", *by)
    assert "error[incident-closed]" in again.stderr
    shown = live.at_large("incident", "show", incident)
    events = re.findall(r"^  \d  \S+  (\w+), by Cy Example$", shown.stdout, re.MULTILINE)
    assert events == ["opened", "classified", "notified", "mitigated", "closed"]
    _, verified = live.verify()
    assert verified.returncode == 0, verified.stdout
    assert "5 events of incidents" in verified.stdout
    # An incident alone re-opens nothing.
    assert live.run("decision", "show").returncode == 0


def test_an_event_that_is_taken_off_the_disk_is_missed(live):
    incident = live.open()
    (event,) = (campaign_folder(live.project) / "live" / "incidents").iterdir()
    event.unlink()
    for words in (("incident", "show", incident), ("incident", "list")):
        refused = live.at_large(*words)
        assert refused.returncode == 4
        assert "error[live-altered]" in refused.stderr


def test_a_required_confirmation_is_missed_until_there_is_one(live):
    plain = live.file.read_text() + "\n[confirmation]\nmax_age_days = 14\n"
    live.file.write_text(plain)
    unnamed = live.run("decision", "show")
    assert unnamed.returncode == 2
    assert "error[assessment-no-deployment]" in unnamed.stderr
    live.file.write_text(plain + 'deployment = "production"\n')
    stale = live.run("decision", "show")
    assert "error[decision-altered]" in stale.stderr
    assert live.run("decide").returncode == 3
    live.sign_all()
    shown = live.run("decision", "show")
    assert shown.returncode == 3
    assert shown.stdout.startswith(
        "NOT CONFIRMED  nobody confirmed the deployed path of `production`"
    )
    _, verified = live.verify()
    assert verified.returncode == 0, verified.stdout
    assert (
        "it needs a confirmation of the deployed path of `production`, and none counts"
        in verified.stdout
    )
