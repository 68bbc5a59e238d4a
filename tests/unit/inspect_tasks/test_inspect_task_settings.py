"""Options of a task: what is refused, and that their digest covers all of them."""

import pytest

from shipworthy.instruments.inspect_tasks import read_options, scorer_named
from shipworthy.kernel import Location, Problem

PLACE = Location("assessment.toml", 9)
LEAST = {
    "task": "parcels.py",
    "model": "clerk/usual",
    "breach_when": ["judge == I"],
    "held_when": ["judge == C"],
}


def test_the_least_that_can_be_said_is_read():
    found = read_options(LEAST, PLACE)
    assert (found.epochs, found.scenario_by, found.accomplice) == (1, "", None)
    assert [rule.text for rule in found.rules.all] == ["judge == I", "judge == C"]


@pytest.mark.parametrize(
    "change",
    [
        {"task_args": {"doors": 3}},
        {"generate": {"temperature": 0.5}},
        {"epochs": 2},
        {"scenario_by": "street"},
        {"model_roles": {"grader": "openai/x"}},
        {"limits": {"messages": 3}},
        {"accomplice": {"model": "clerk/gives"}},
        {"held_when": ["judge == C", "judge == P"]},
    ],
)
def test_every_setting_changes_the_digest(change):
    assert read_options(LEAST | change, PLACE).digest != read_options(LEAST, PLACE).digest


def test_the_order_of_settings_does_not_change_the_digest():
    turned = dict(reversed(LEAST.items()))
    assert read_options(turned, PLACE).digest == read_options(LEAST, PLACE).digest


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"task": " "}, "inspect-setting"),
        ({"model": ""}, "inspect-setting"),
        ({"model_args": {"api_key": "x"}}, "inspect-setting"),
        ({"model_args": {"auth_token": "x"}}, "inspect-setting"),
        ({"accomplice": {"model": "a/b", "model_args": {"apikey": "x"}}}, "inspect-setting"),
        ({"generate": {"extra_headers": {"Authorization": "x"}}}, "inspect-setting"),
        ({"base_url": "https://me:x@example.com"}, "inspect-setting"),
        ({"accomplice": {}}, "inspect-setting"),
        ({"epochs": 0}, "inspect-setting"),
        ({"epochs": 10**7}, "inspect-setting"),
        ({"controls": -1}, "inspect-setting"),
        ({"limits": {"tokens": -5}}, "inspect-setting"),
        ({"limits": {"turns": 5}}, "record-invalid"),
        ({"breach_when": []}, "inspect-rule"),
        ({"held_when": ["judge is C"]}, "inspect-rule"),
        ({"epocs": 2}, "record-invalid"),
    ],
)
def test_what_cannot_be_is_refused(change, code):
    with pytest.raises(Problem) as caught:
        read_options(LEAST | change, PLACE)
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert found.location.file.startswith("assessment.toml")


def test_settings_that_only_sound_like_credentials_are_taken():
    generate = {"max_tokens": 5, "stop_seqs": ["key"]}
    assert read_options(LEAST | {"generate": generate}, PLACE).generate == generate


def test_another_address_or_another_temperature_is_another_subject():
    changes = [{}, {"base_url": "https://a.example"}, {"generate": {"temperature": 0.5}}]
    reached = [read_options(LEAST | change, PLACE).reached for change in changes]
    assert len(set(reached)) == 3
    assert not any("example" in one for one in reached)


def test_a_rule_is_about_the_longest_scorer_that_fits_its_name():
    scorers = ("judge", "judge.harm")
    assert scorer_named("judge", scorers) == "judge"
    assert scorer_named("judge.refusal", scorers) == "judge"
    assert scorer_named("judge.harm.worst", scorers) == "judge.harm"
    assert scorer_named("judges", scorers) == ""
