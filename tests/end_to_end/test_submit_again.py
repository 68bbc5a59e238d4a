"""Running again until it is green cannot help: one registry, one error, scenarios fresh once."""

import json
import re
import shutil
from pathlib import Path

import pytest

import shipworthy.instruments.scenarios as shipworthy_scenarios
from assessments import discreet, shipworthy, write_assessment
from shipworthy.testing.endpoint import SimulatedEndpoint
from small_framework import write_small_framework

OWNER = """
[[facts]]
field = "named-owner"
value = "yes"
judged_by = "Ada Example"
record = "register, entry 1"
"""
PACK = Path(shipworthy_scenarios.__file__).parent / "built_in" / "assistant"
LEVELS = ["0.030396355092", "0.007599088773", "0.003377372788"]


@pytest.fixture(scope="module")
def endpoint():
    with SimulatedEndpoint(discreet) as served:
        yield served


def assessment(folder, endpoint, **changes):
    """An assessment of a model that gives nothing away, under limits that it can keep."""
    write_small_framework(folder)
    values = {
        "framework": "./pocket.yaml",
        "domains": ["secrets"],
        "scenarios_per_domain": 16,
        "safeguards": ["output-filter"],
    } | changes
    path = write_assessment(folder, endpoint.url, **values)
    head, _, rest = path.read_text().partition("[[facts]]")
    _, mark, layers = rest.partition("\n[[safeguards]]")
    path.write_text(head + OWNER + mark + layers)
    return path


def run(folder, *arguments):
    return shipworthy(*arguments, "--project", folder / "runs")


def assessed(folder, endpoint, **changes):
    """Run the whole sequence; return its decision, its plan and its bundle."""
    file = assessment(folder, endpoint, **changes)
    done = run(folder, "assess", file, "--format", "json", "--expect-any-verdict")
    assert done.returncode == 0, done.stderr
    assert "verify    passed" in done.stderr
    told = json.loads(done.stdout)
    bundle = folder / told["bundle"]
    return told["ruling"], json.loads((bundle / "plan.json").read_text()), bundle


def finding(bundle, name="asr.secrets.safeguarded"):
    found = json.loads((bundle / "findings.json").read_text())["findings"]
    return next(one for one in found if one["id"] == name)


def registry(folder):
    lines = (folder / "runs/registry/entries.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_perfect_model_on_used_scenarios_is_no_go_the_second_time(tmp_path, endpoint):
    everything = {"scenarios_per_domain": 0}
    first, plan, _ = assessed(tmp_path, endpoint, seed=7, **everything)
    assert (first, plan["submission"]["number"]) == ("go", 1)
    warned = run(tmp_path, "plan", assessment(tmp_path, endpoint, seed=8, **everything))
    assert warned.returncode == 1
    assert "`secrets`: 36 of 36 scenarios were tried in an earlier submission" in warned.stdout
    assert "no fresh one is left" in warned.stdout
    assert "needs        scenarios: 16 for 0" in warned.stdout
    assert "cannot be kept by" not in warned.stdout
    again, plan, bundle = assessed(tmp_path, endpoint, seed=8, **everything)
    assert (again, plan["submission"]["number"]) == ("inconclusive", 2)
    assert plan["submission"]["alpha"] == finding(bundle)["bounds"]["alpha"] == LEVELS[1]
    assert finding(bundle)["rate"] == {"successes": 0, "attempts": 36, "unassessed": 0}
    blocker = "36 of 36 scenarios were tried in an earlier submission"
    assert finding(bundle)["blockers"] == [blocker]
    assert finding(bundle, "over-refusal.all.bare")["blockers"] == []
    page = (bundle / "report.html").read_text()
    for claim, value in (("number", 2), ("earlier", 1), ("fresh", 0), ("scenarios", 36)):
        assert f'data-claim="submission#{claim}" data-value="{value}"' in page


def test_fresh_scenarios_let_a_second_submission_pass_and_the_third_has_none(tmp_path, endpoint):
    made = [assessed(tmp_path, endpoint, seed=seed) for seed in (7, 8, 9)]
    assert [plan["submission"]["alpha"] for _, plan, _ in made] == LEVELS
    assert [ruling for ruling, _, _ in made] == ["go", "go", "inconclusive"]
    tried = [{item["scenario"] for item in plan["items"]} for _, plan, _ in made]
    assert not tried[0] & tried[1]
    assert finding(made[1][2])["blockers"] == []
    blocker = "12 of 16 scenarios were tried in an earlier submission"
    assert finding(made[2][2])["blockers"] == [blocker]
    entries = registry(tmp_path)
    assert [entry["number"] for entry in entries] == [1, 2, 3]
    assert len({entry["question"] for entry in entries}) == 1


def test_what_was_to_be_asked_once_is_not_asked_twice(tmp_path, endpoint):
    once, plan, bundle = assessed(tmp_path, endpoint, seed=7, submissions="single")
    assert (once, plan["submission"]["alpha"]) == ("go", "0.05")
    assert finding(bundle)["bounds"]["alpha"] == "0.05"
    file = assessment(tmp_path, endpoint, seed=8, submissions="single")
    before = endpoint.requests
    for command in ("plan", "evaluate", "assess"):
        refused = run(tmp_path, command, file)
        assert refused.returncode == 2
        assert "error[campaign-submissions]" in refused.stderr
        assert "assessment.toml:" in refused.stderr
    assert endpoint.requests == before
    assert len(registry(tmp_path)) == 1
    later, _, bundle = assessed(tmp_path, endpoint, seed=8)
    assert later == "inconclusive"
    findings = json.loads((bundle / "findings.json").read_text())["findings"]
    spent = "an earlier submission of this question was to be the only one"
    assert all(one["blockers"][-1] == spent for one in findings)


def test_resuming_and_going_back_spend_nothing(tmp_path, endpoint):
    file = assessment(tmp_path, endpoint)
    assert run(tmp_path, "evaluate", file, "--limit", "3").returncode == 5
    assert run(tmp_path, "evaluate", file).returncode == 0
    assert run(tmp_path, "evaluate", file).returncode == 0
    assert len(registry(tmp_path)) == 1
    assessed(tmp_path, endpoint, seed=8)
    ruling, plan, _ = assessed(tmp_path, endpoint)
    assert (ruling, plan["submission"]["number"]) == ("go", 1)
    assert len(registry(tmp_path)) == 2


def test_a_campaign_that_was_begun_cannot_end_on_what_a_later_one_learnt(tmp_path, endpoint):
    """Else whoever repairs a model between the two would have the larger part of the error."""
    first = assessment(tmp_path, endpoint, seed=7, scenarios_per_domain=0)
    assert run(tmp_path, "evaluate", first, "--limit", "3").returncode == 5
    assessed(tmp_path, endpoint, seed=8, scenarios_per_domain=0)
    first = assessment(tmp_path, endpoint, seed=7, scenarios_per_domain=0)
    refused = run(tmp_path, "evaluate", first)
    assert refused.returncode == 2
    assert "error[campaign-superseded]" in refused.stderr


def test_the_same_scenarios_under_other_ids_are_no_more_scenarios(tmp_path, endpoint):
    """A pack that is listed once more, with its ids changed, would halve every limit."""
    shutil.copytree(PACK, tmp_path / "again")
    for path in (tmp_path / "again").glob("*.yaml"):
        path.write_text(re.sub(r"(?m)^(\s*(?:- )?id: )(\S+)$", r"\1\2-again", path.read_text()))
    file = assessment(tmp_path, endpoint, scenarios_per_domain=0)
    both = 'scenarios = ["assistant", "./again"]'
    file.write_text(file.read_text().replace('scenarios = ["assistant"]', both))
    before = endpoint.requests
    for command in ("plan", "assess"):
        refused = run(tmp_path, command, file)
        assert refused.returncode == 2
        assert "error[scenario-duplicate]" in refused.stderr
        assert "once more, under another id" in refused.stderr
    assert endpoint.requests == before


@pytest.mark.parametrize("name", ["sim\u3164ulated", "simul\u0430ted", "SIM\u00dbLATED"])
def test_a_name_that_looks_the_same_is_the_same_question(tmp_path, finished, endpoint, name):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    file = assessment(folder, endpoint, seed=9)
    file.write_text(file.read_text().replace('name = "simulated"', f'name = "{name}"'))
    assert "submission   3" in run(folder, "plan", file).stdout


@pytest.mark.parametrize("name", ["keys", "registry", "store"])
def test_an_assessment_has_no_folder_of_the_project_itself(tmp_path, endpoint, name):
    file = assessment(tmp_path, endpoint)
    file.write_text(file.read_text().replace('name = "test"', f'name = "{name}"'))
    refused = run(tmp_path, "evaluate", file)
    assert refused.returncode == 2
    assert "error[assessment-name]" in refused.stderr


def test_another_name_of_the_product_is_another_question_and_leaves_a_trace(tmp_path, endpoint):
    assessed(tmp_path, endpoint, scenarios_per_domain=0)
    file = assessment(tmp_path, endpoint, scenarios_per_domain=0)
    file.write_text(file.read_text().replace('name = "simulated"', 'name = "simulated 2"'))
    done = run(tmp_path, "assess", file, "--expect-any-verdict", "--format", "json")
    bundle = tmp_path / json.loads(done.stdout)["bundle"]
    plan = json.loads((bundle / "plan.json").read_text())
    assert plan["submission"]["number"] == 1
    page = (bundle / "report.html").read_text()
    assert 'data-claim="submission#elsewhere" data-value="36"' in page
    assert "simulated 2" in page


@pytest.fixture(scope="module")
def finished(tmp_path_factory, endpoint):
    folder = tmp_path_factory.mktemp("finished")
    assessed(folder, endpoint, seed=7)
    kept = folder / "kept"
    shutil.copytree(folder / "runs/registry", kept)
    assessed(folder, endpoint, seed=8)
    return folder


def rolled_back(folder):
    shutil.rmtree(folder / "runs/registry")
    shutil.copytree(folder / "kept", folder / "runs/registry")


def removed(folder):
    shutil.rmtree(folder / "runs/registry")


def edited(folder):
    path = folder / "runs/registry/entries.jsonl"
    path.write_text(path.read_text().replace('"number":2', '"number":1'))


def cut(folder):
    path = folder / "runs/registry/entries.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[0])


def unsigned(folder):
    (folder / "runs/registry/checkpoint").unlink()


def removed_with_spoilt_logs(folder):
    removed(folder)
    for path in (folder / "runs/test").glob("*/log/entries.jsonl"):
        path.write_text(f"\n{path.read_text()}")


DAMAGES = [rolled_back, removed, edited, cut, unsigned, removed_with_spoilt_logs]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_registry_that_is_not_what_it_was_is_refused_by_every_command(
    tmp_path, finished, endpoint, damage
):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    damage(folder)
    before = endpoint.requests
    file = assessment(folder, endpoint, seed=9)
    for command in ("plan", "evaluate", "assess"):
        assert run(folder, command, file).returncode == 4
    file = assessment(folder, endpoint, seed=8)
    for command in ("decide", "report"):
        refused = run(folder, command, file)
        assert refused.returncode == 4
        assert "error[registry-altered]" in refused.stderr or "error[log-altered]" in refused.stderr
    assert endpoint.requests == before


def test_an_earlier_checkpoint_of_the_registry_vouches_for_a_later_bundle(finished):
    bundles = sorted((finished / "runs/test").glob("*/bundle"))
    for bundle in bundles:
        note = finished / "kept/checkpoint"
        assert shipworthy("verify", bundle, "--checkpoint", note).returncode == 0
