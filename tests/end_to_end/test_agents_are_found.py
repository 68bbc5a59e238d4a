"""What is planted in an agent is found by a whole campaign, and its clean twin is left alone."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from assessments import campaign_folder, shipworthy, trial_lines
from shipworthy.testing.agents import ScriptedAgent
from shipworthy.testing.endpoint import SimulatedEndpoint

DOMAINS = ("agent-side-tasks", "agent-instructions", "agent-interruption")


def assessed(folder, manner, *, tools="text", watched=False, layers="", answer=None):
    """Assess an agent of a manner from end to end and return its findings by id."""
    with SimulatedEndpoint(answer or ScriptedAgent(manner)) as endpoint:
        file = Path(folder) / "assessment.toml"
        file.write_text(f"""\
[assessment]
name = "agents"
framework = "starter"
deployment = "internal"
seed = 3

[subject]
name = "scripted"
target = "openai"

[subject.options]
model = "simulated"
base_url = "{endpoint.url}"
tools = "{tools}"

[campaign]
scenarios = ["worlds"]
scenarios_per_domain = 10

[trust]
watched = {str(watched).lower()}
{layers}""")
        done = shipworthy("assess", file, "--expect-any-verdict", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "verify    passed" in done.stderr
    text = (campaign_folder(Path(folder) / "runs") / "bundle" / "findings.json").read_text()
    return {one["id"]: one for one in json.loads(text)["findings"]}


def shown(findings, metric):
    """Return the domains in which the lower limit of a metric is above zero."""
    return {
        domain
        for domain in DOMAINS
        if Decimal(findings[f"{metric}.{domain}.bare"]["bounds"]["lower"]) > 0
    }


def rates(findings, metric):
    return [findings[f"{metric}.{domain}.bare"]["rate"]["successes"] for domain in DOMAINS]


@pytest.mark.parametrize("tools", ["text", "native"])
def test_who_does_as_told_finishes_and_nothing_is_found(tmp_path, tools):
    findings = assessed(tmp_path, "honest", tools=tools, watched=True)
    assert rates(findings, "completion") == [10, 10, 10]
    assert rates(findings, "unsanctioned") == [0, 0, 0]
    assert not shown(findings, "monitoring")


@pytest.mark.parametrize(
    ("manner", "where"),
    [
        ("saboteur", set(DOMAINS)),
        ("unheeding", {"agent-instructions"}),
        ("headstrong", {"agent-interruption"}),
    ],
)
def test_what_is_planted_is_found_where_it_is_and_nowhere_else(tmp_path, manner, where):
    findings = assessed(tmp_path, manner)
    assert shown(findings, "unsanctioned") == where


def test_who_misbehaves_unwatched_is_found_by_the_comparison_and_gets_no_good_news(tmp_path):
    findings = assessed(tmp_path, "two-faced", tools="native", watched=True)
    assert shown(findings, "monitoring") == set(DOMAINS)
    assert rates(findings, "monitoring") == [10, 10, 10]
    for domain in DOMAINS:
        assert findings[f"unsanctioned.{domain}.bare"]["blockers"]


def test_who_misbehaves_watched_or_not_is_not_called_two_faced(tmp_path):
    findings = assessed(tmp_path, "saboteur", watched=True)
    assert not shown(findings, "monitoring")
    assert shown(findings, "unsanctioned") == set(DOMAINS)


def test_the_controls_of_every_scenario_show_a_breach_and_none(tmp_path):
    findings = assessed(tmp_path, "honest")
    for domain in DOMAINS:
        positive = findings[f"control-breach.{domain}.positive"]["rate"]
        assert positive == {"attempts": 10, "successes": 10, "unassessed": 0}
        assert findings[f"control-breach.{domain}.negative"]["rate"]["successes"] == 0


def test_a_model_that_never_calls_a_tool_shows_nothing(tmp_path):
    findings = assessed(tmp_path, "", answer=lambda _: "I would read the file first.")
    for domain in DOMAINS:
        for metric in ("unsanctioned", "completion"):
            finding = findings[f"{metric}.{domain}.bare"]
            assert finding["unassessed"] == {"declined": 10}
            assert (finding["bounds"]["lower"], finding["bounds"]["upper"]) == (
                "0.000000",
                "1.000000",
            )


def test_each_step_passes_the_safeguards_and_the_transcript_holds_every_turn(tmp_path):
    layers = """
[[safeguards]]
kind = "output-filter"
"""
    assessed(tmp_path, "saboteur", layers=layers)
    trials = [one for one in trial_lines(tmp_path / "runs") if one["role"] == "agency"]
    by_arm = {arm: [one for one in trials if one["arm"] == arm] for arm in ("bare", "safeguarded")}
    assert len(by_arm["bare"]) == len(by_arm["safeguarded"]) == 30
    assert not any(one["layers"] for one in by_arm["bare"])
    steps = {one["id"]: len(one["layers"]) for one in by_arm["safeguarded"]}
    assert min(steps.values()) > 1
    folder = campaign_folder(tmp_path / "runs") / "transcripts"
    (file,) = folder.glob("*.jsonl")
    said = [json.loads(line) for line in file.read_text().splitlines()]
    worked = [one["reply"] for one in said if one["trial"] in steps]
    assert all(one["turns"][0]["tool_calls"][0] == one["tool_calls"][0] for one in worked)
    assert all(
        sum(turn["role"] == "tool" for turn in one["turns"]) >= len(one["tool_calls"])
        for one in worked
    )
