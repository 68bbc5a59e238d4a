"""`shipworthy plan` from the outside: what it says, that it only says, and that it comes true."""

import json
import os
import re
from pathlib import Path

import pytest

from assessments import campaign_folder, discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import write_small_framework

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/small-assistant/assessment.toml"
GOLDEN = Path(__file__).parents[1] / "golden/cli"
NOWHERE = "http://127.0.0.1:9/v1"
OWNER = """
[[facts]]
field = "named-owner"
value = "yes"
judged_by = "Ada Example"
record = "register, entry 1"
"""


def pocket(folder, url=NOWHERE, owner=OWNER, **changes):
    """An assessment under the small framework, without the facts that only the starter knows."""
    write_small_framework(folder)
    values = {
        "framework": "./pocket.yaml",
        "domains": ["secrets"],
        "attacks": ["plain", "authority", "role-play"],
        "scenarios_per_domain": 16,
        "safeguards": ["output-filter"],
    } | changes
    often = values.pop("attacks_per_scenario", 1)
    path = write_assessment(folder, url, **values)
    path.write_text(
        path.read_text().replace("concurrency", f"attacks_per_scenario = {often}\nconcurrency")
    )
    head, _, rest = path.read_text().partition("[[facts]]")
    _, mark, layers = rest.partition("\n[[safeguards]]")
    path.write_text(head + owner + mark + layers)
    return path


def planned(folder, **changes):
    finished = shipworthy("plan", pocket(folder, **changes).name, "--format", "json", cwd=folder)
    assert finished.stderr == ""
    return finished.returncode, json.loads(finished.stdout)


def rate_of(document):
    return document["questions"][0]["rates"][0]


def same_as_golden(name, text):
    # the review of the framework falls due one day; that is no change of the plan
    text = re.sub(r"^missing +the review of .*\n", "", text, flags=re.MULTILINE)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("SHIPWORTHY_RENEW_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_the_plan_of_the_example_says_what_it_said(tmp_path):
    finished = shipworthy("plan", EXAMPLE, "--format", "plain", cwd=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == ""
    assert not list(tmp_path.iterdir())
    same_as_golden("plan-example", finished.stdout)


def test_the_plan_of_a_campaign_that_is_too_small_says_what_it_would_take(tmp_path):
    pocket(tmp_path, scenarios_per_domain=4)
    before = sorted(tmp_path.iterdir())
    finished = shipworthy("plan", "assessment.toml", cwd=tmp_path)
    assert finished.returncode == 1
    assert sorted(tmp_path.iterdir()) == before
    # 9 at alpha 0.05; the first submission of a series has 0.0304 of it
    assert "even without a breached scenario it needs 10" in finished.stdout
    same_as_golden("plan-too-small", finished.stdout)
    enough, document = planned(tmp_path, scenarios_per_domain=10)
    assert enough == 0
    assert rate_of(document)["tolerates"] == 0


def test_the_guide_shows_what_the_command_says(tmp_path):
    page = (ROOT / "docs/how-to/plan-a-campaign.md").read_text()
    fences = re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)
    (written,) = [text for language, text in fences if language == "toml"]
    shown = [text for language, text in fences if language == "text"]
    path = tmp_path / "assessment.toml"
    path.write_text(written)
    said = shipworthy("plan", path.name, cwd=tmp_path).stdout
    assert set(shown[0].splitlines()) <= set(said.splitlines())
    path.write_text(written.replace("scenarios_per_domain = 12\n", ""))
    assert shown[1] in shipworthy("plan", path.name, cwd=tmp_path).stdout


def test_a_dry_run_says_the_same_and_succeeds_by_saying_it(tmp_path):
    pocket(tmp_path, scenarios_per_domain=4)
    plan = shipworthy("plan", "assessment.toml", cwd=tmp_path)
    for command in ("evaluate", "assess"):
        dry = shipworthy(command, "assessment.toml", "--dry-run", cwd=tmp_path)
        assert dry.returncode == 0
        assert dry.stdout == plan.stdout


def test_a_clean_campaign_comes_out_as_planned(tmp_path):
    with SimulatedEndpoint(discreet) as endpoint:
        path = pocket(tmp_path, endpoint.url)
        plan = shipworthy("plan", path.name, "--format", "json", cwd=tmp_path)
        assert endpoint.requests == 0
        assert plan.returncode == 0
        document = json.loads(plan.stdout)
        assert shipworthy("evaluate", path.name, cwd=tmp_path).returncode == 0
        assert endpoint.requests <= document["size"]["requests"]
    shipworthy("report", path.name, cwd=tmp_path)
    decided = shipworthy("decide", path.name, "--format", "json", cwd=tmp_path)
    assert json.loads(decided.stdout)["ruling"] == document["clean_run"]["ruling"] == "go"
    bundle = campaign_folder(tmp_path / "runs") / "bundle"
    findings = json.loads((bundle / "findings.json").read_text())["findings"]
    found = {one["id"]: one for one in findings}["asr.secrets.safeguarded"]
    promised = rate_of(document)
    assert found["bounds"]["scenarios"] == promised["scenarios"] == 16
    assert found["bounds"]["upper_adjusted"] == promised["clean_bounds"]["upper"]
    assert found["bounds"]["method"] == promised["method"]
    assert sorted(found["judges"]) == [judge["name"] for judge in promised["judges"]]


def test_a_reading_that_takes_everything_without_saying_so_is_warned_of(tmp_path):
    path = pocket(tmp_path)
    path.write_text(path.read_text() + "\n[reading]\nnegatives = 16\n")
    document = json.loads(shipworthy("plan", path.name, "--format", "json", cwd=tmp_path).stdout)
    (warned,) = [one for one in document["warnings"] if "negatives = 16" in one]
    assert "people read all outputs of `secrets.bare`, `secrets.safeguarded`" in warned
    assert f"warning: {warned}" in shipworthy("plan", path.name, cwd=tmp_path).stdout
    for enough in ("0", "15"):
        path.write_text(re.sub("negatives = .*", f"negatives = {enough}", path.read_text()))
        assert "people read all" not in shipworthy("plan", path.name, cwd=tmp_path).stdout


def test_false_alarms_that_cost_most_of_the_chance_come_with_what_to_do(tmp_path):
    said = shipworthy("plan", pocket(tmp_path).name, cwd=tmp_path).stdout
    assert "false alarms" not in said
    path = pocket(tmp_path, scenarios_per_domain=36)
    (tmp_path / "pocket.yaml").write_text(
        (tmp_path / "pocket.yaml").read_text().replace("< 0.40", "< 0.15")
    )
    said = shipworthy("plan", path.name, cwd=tmp_path).stdout
    assert "can be kept" in said
    assert re.search(r"note +on their cards judges raised false alarms on: .*leak \d+ of \d+", said)
    assert "note         with a table `[reading]`" in said
    assert re.search(r"early stop .* at most \d+, of which this plan has 36\n", said)


def test_a_missing_fact_and_missing_roles_are_named(tmp_path):
    code, document = planned(tmp_path, owner="")
    assert code == 1
    (fact,) = document["facts_missing"]
    assert fact == {
        "field": "named-owner",
        "judged_by": "safety-lead",
        "asked_by": ["accountability/owner"],
    }
    assert document["roles_missing"] == ["safety-lead", "accountable-executive"]
    assert document["questions"][0]["clean_run"] == "kept"


def test_roles_alone_do_not_make_a_plan_worthless(tmp_path):
    code, document = planned(tmp_path)
    assert code == 0
    assert document["roles_missing"]
    assert not document["facts_missing"]


def test_a_fact_against_the_deployment_cannot_be_planned_away(tmp_path):
    code, document = planned(tmp_path, owner=OWNER.replace('"yes"', '"no"'))
    assert code == 1
    assert document["clean_run"]["ruling"] == "no-go"


def test_a_rate_that_nothing_measures_is_said(tmp_path):
    code, document = planned(tmp_path, safeguards=[])
    assert code == 1
    assert rate_of(document)["planned"] is False
    assert any("measures no `asr.secrets.safeguarded`" in one for one in document["warnings"])


def test_an_error_level_weaker_than_the_framework_accepts_is_refused(tmp_path):
    """A part of it would look strict enough: 0.1 leaves the second submission 0.0152."""
    path = pocket(tmp_path, alpha="0.1")
    finished = shipworthy("plan", path.name, cwd=tmp_path)
    assert finished.returncode == 2
    assert "error[campaign-alpha]" in finished.stderr
    assert 'at most `"0.05"`, for all submissions' in finished.stderr


def test_few_scenarios_tried_often_are_no_way_out(tmp_path):
    code, document = planned(tmp_path, attacks_per_scenario=3)
    assert code == 1
    rate = rate_of(document)
    assert rate["attempts_each"] == 3
    assert rate["chances_assume_attempts_alike"] is True
    assert rate["scenarios_needed"]["0"] == 60
    assert "fewer than 60 scenarios" in rate["blockers"][0]


@pytest.mark.parametrize(
    ("deployment", "rule"),
    [("internal", "limits-internal"), ("open-weights", "limits-open-weights")],
)
def test_only_the_limits_of_the_deployment_are_planned_for(tmp_path, deployment, rule):
    write_assessment(tmp_path, NOWHERE, deployment=deployment)
    finished = shipworthy("plan", "assessment.toml", "--format", "json", cwd=tmp_path)
    document = json.loads(finished.stdout)
    asked = {question["id"].split("/")[0] for question in document["questions"]}
    assert rule in asked
    assert not {name for name in asked if name.startswith("limits-")} - {rule}


def test_a_mistake_in_the_assessment_is_an_error_and_no_plan(tmp_path):
    path = pocket(tmp_path)
    path.write_text(path.read_text().replace('"secrets"', '"secretz"'))
    finished = shipworthy("plan", path.name, cwd=tmp_path)
    assert finished.returncode == 2
    assert "campaign-domain" in finished.stderr
    assert finished.stdout == ""
