"""A decision that was re-opened, and the same model asked about again under another name."""

import json
import shutil

import pytest

from assessments import discreet, shipworthy
from shipworthy.testing.endpoint import SimulatedEndpoint
from signed_project import Signing, drafted_project, write_go_assessment

pytestmark = pytest.mark.slow

CAUSE = "the breach rate left its band"


def campaign_of(project, assessment):
    (plan,) = (project / assessment).glob("*/plan.json")
    return plan.parent


class Second(Signing):
    """Another assessment in the project of the first."""

    def __init__(self, folder, project):
        super().__init__(folder)
        self.project = project


@pytest.fixture(scope="module")
def reopened(tmp_path_factory):
    """A signed go, taken back, with an open incident; a second assessment, and what is decided."""
    folder = tmp_path_factory.mktemp("first")
    first = Signing(drafted_project(folder, deployment="limited"))
    for role in ("safety-lead", "accountable-executive"):
        assert first.sign(role).returncode == 0
    assert first.run("decision", "show").returncode == 0
    made = first.run(
        *("incident", "open", "--what", "a code reached users", "--severity", "high"),
        *("--owner", "safety-lead", "--by", "Cy Example"),
    )
    assert made.returncode == 0, made.stderr
    words = ("--action", "roll-back", "--why", CAUSE, "--by", "Cy Example")
    assert first.run("decision", "reopen", *words).returncode == 0
    other = folder / "other"
    other.mkdir()
    for key in folder.glob("*.pub"):
        shutil.copy(key, other)
    for role in ("safety-lead", "accountable-executive"):
        shutil.copy(folder / role, other)
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_go_assessment(other, endpoint.url, deployment="limited", seed=77)
        text = file.read_text()
        text = text.replace('name = "test"', 'name = "fresh-start"', 1)
        file.write_text(text.replace('name = "simulated"', 'name = "something-new"', 1))
        done = shipworthy("evaluate", file, "--project", folder / "runs")
    assert done.returncode == 0, done.stderr
    second = Second(other, folder / "runs")
    return first, second, second.run("decide")


def test_whoever_drafts_signs_or_reads_is_told(reopened):
    first, second, decided = reopened
    plan = first.draft["decision"]["plan"]
    assert f"ELSEWHERE  campaign {plan}" in decided.stdout
    assert CAUSE in decided.stdout
    assert decided.stdout.index("ELSEWHERE") < decided.stdout.index("GO (draft)")
    assert "ELSEWHERE" in second.run("decide", "--format", "json").stderr
    signed = second.sign("safety-lead")
    assert "ELSEWHERE" in signed.stdout
    second.sign("accountable-executive")
    shown = second.draft
    (other,) = shown["elsewhere"]["campaigns"]
    assert (other["plan"], other["kinship"]) == (plan, "name")
    assert [one["action"] for one in other["reopenings"]] == ["roll-back"]
    assert len(other["incidents_open"]) == 1
    published = second.run("report")
    assert published.returncode == 0, published.stderr
    assert "ELSEWHERE" in published.stdout
    bundle = campaign_of(second.project, "fresh-start") / "bundle"
    page = (bundle / "report.html").read_text()
    assert "Another campaign of the same model was re-opened, or has an open incident." in page
    assert CAUSE in page
    verified = shipworthy("verify", bundle)
    assert verified.returncode == 0, verified.stdout
    # The first one is told of the second as well.
    (back,) = first.draft["elsewhere"]["campaigns"]
    assert (back["assessment"], back["reopenings"]) == ("fresh-start", [])


def test_a_log_that_is_gone_is_named_as_not_known(reopened, tmp_path):
    first, second, _ = reopened
    project = tmp_path / "runs"
    shutil.copytree(second.project, project)
    plan = first.draft["decision"]["plan"]
    shutil.rmtree(campaign_of(project, "test"))
    shown = Second(second.folder, project).run("decision", "show")
    assert f"NOT KNOWN  campaign {plan}" in shown.stdout, shown.stdout + shown.stderr


def test_an_altered_log_of_another_campaign_is_no_quiet_one(reopened, tmp_path):
    _, second, _ = reopened
    project = tmp_path / "runs"
    shutil.copytree(second.project, project)
    entries = campaign_of(project, "test") / "log" / "entries.jsonl"
    lines = entries.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["type"] != "decision-reopened"]
    assert len(kept) == len(lines) - 1
    entries.write_bytes(b"".join(kept))
    shown = Second(second.folder, project).run("decision", "show")
    assert shown.returncode == 4, shown.stdout
