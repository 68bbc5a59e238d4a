"""Plans of campaigns that stop early: whatever leaves a choice to the runner is refused."""

import json
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

import pytest
from msgspec import structs

from early_ends import FINDING, names, replan
from shipworthy.statistics.sequential import Tally
from shipworthy.statistics.sequential.limits import anytime_upper
from shipworthy.testing.bundles import example_bundle
from shipworthy.testing.campaigns import sequential_plan
from shipworthy_verify import verify_bundle


@pytest.fixture
def forge(early, tmp_path, forgery):
    return forgery(early, tmp_path)


def questions(change):
    """Return an edit of a plan that lets `change` alter its questions."""
    return lambda plan: change(plan["stopping"])


def swap(plan, one, other):
    """Change the places of two scenarios in the order of the domain."""
    items = plan["items"]
    places = [
        [i for i, item in enumerate(items) if item["scenario"] == name] for name in (one, other)
    ]
    for left, right in zip(*places, strict=True):
        items[left], items[right] = items[right], items[left]


BAD_PLANS = {
    "an order of one's own": lambda plan: swap(plan, *names(plan)[:2]),
    "another seed": lambda plan: plan.update(seed=8),
    "two attacks on a scenario": lambda plan: plan["items"].append(
        {**next(i for i in plan["items"] if i["scenario"] == names(plan)[-1]), "attack": "base64"}
    ),
    "questions out of order": questions(list.reverse),
    "a question twice": questions(lambda asked: asked.append(asked[-1])),
    "more scenarios than there are": questions(lambda asked: asked[0]["design"].update(cap=61)),
    "no scenario": questions(lambda asked: asked[0]["design"].update(cap=0)),
    "all of the error for the rate": questions(
        lambda asked: asked[0]["design"].update(alpha="0.05", pass_level="0.05")
    ),
    "a limit below PASS": questions(lambda asked: asked[0].update(limit="0.1")),
    "FAIL below the limit": questions(
        lambda asked: asked[1]["design"].update(fail_theta="0.349999")
    ),
    "FAIL below PASS": questions(lambda asked: asked[1]["design"].update(fail_theta="0.3")),
    "a float in words": questions(lambda asked: asked[0]["design"].update(beta="5e-2")),
    "a superfluous zero": questions(lambda asked: asked[0]["design"].update(beta="0.050")),
    "an error of a half": questions(lambda asked: asked[0]["design"].update(beta="0.5")),
    "certain futility": questions(lambda asked: asked[0]["design"].update(futility="1")),
    "pursuit in a calibrated design": questions(
        lambda asked: asked[0]["design"].update(pass_level="0.05", pursuit="1")
    ),
    "a rate above theta for PASS": questions(
        lambda asked: asked[0]["design"]["pass_grid"]["ratios"].__setitem__(0, "1.1")
    ),
    "a rate below theta for FAIL": questions(
        lambda asked: asked[0]["design"]["fail_grid"]["ratios"].__setitem__(0, "1")
    ),
    "a weight of nothing": questions(
        lambda asked: asked[0]["design"]["pass_grid"]["weights"].__setitem__(0, 0)
    ),
    "a true for a count": questions(lambda asked: asked[0]["design"].update(fixed_scenarios=True)),
    "a field left out": questions(lambda asked: asked[0]["design"].pop("power")),
    "a finding of another metric": questions(
        lambda asked: asked[0].update(finding="over-refusal.secrets.safeguarded")
    ),
    "a finding over all domains": questions(
        lambda asked: asked[0].update(finding="asr.all.safeguarded")
    ),
    "an arm that does not run": questions(
        lambda asked: asked[0].update(finding="asr.secrets.deployed")
    ),
    "a domain without attacks": questions(
        lambda asked: asked[0].update(finding="asr.nothing.safeguarded")
    ),
    "no list": lambda plan: plan.update(stopping=[["asr.secrets.safeguarded"]]),
}


@pytest.mark.parametrize("spoil", BAD_PLANS.values(), ids=BAD_PLANS)
def test_a_plan_that_leaves_a_choice_is_refused(forge, spoil):
    replan(forge, spoil)
    assert "SV-PLAN-STOPPING" in forge.codes()


def test_a_plan_without_its_questions_owes_every_trial(forge):
    replan(forge, lambda plan: plan.update(stopping=[]))
    assert {"SV-TRIAL-MISSING", "SV-SEQUENTIAL", "SV-FINDING-BOUNDS"} <= forge.codes()


def test_a_question_dropped_to_end_earlier_turns_trials_into_late_ones(forge):
    replan(forge, questions(lambda asked: asked.pop(0)))
    assert {"SV-SEQUENTIAL", "SV-FINDING-COUNTS", "SV-FINDING-BOUNDS"} <= forge.codes()


def redesigned(question, **changes):
    return structs.replace(question, design=replace(question.design, **changes))


def verify_campaign(folder, plan):
    """Run a campaign honestly under a plan, and verify its bundle."""
    result = verify_bundle(example_bundle(folder, plan=plan).folder)
    return {failure.code for failure in result.failures}, [f.message for f in result.failures]


def test_a_pass_that_says_more_than_the_bound_is_refused(tmp_path):
    """A design whose theta is the limit leaves nothing for what the judge misses (9.8)."""
    reached = anytime_upper(Tally(20, 0, 0), "0.04")
    limit = str(reached.quantize(Decimal("0.0001"), ROUND_CEILING))
    plan = sequential_plan([(FINDING, limit)])
    honest, _ = verify_campaign(tmp_path / "honest", plan)
    assert honest == set()
    tight = redesigned(plan.stopping[0], theta=limit)
    codes, messages = verify_campaign(tmp_path, structs.replace(plan, stopping=(tight,)))
    assert codes == {"SV-SEQUENTIAL"}
    assert "passes although" in messages[0]


def test_a_fail_that_says_more_than_the_bound_is_refused(tmp_path):
    """A design with another error for FAIL than the bounds have (9.8)."""
    plan = sequential_plan([("asr.secrets.bare", "0.35")])
    for beta, expected in (("0.05", set()), ("0.4", {"SV-SEQUENTIAL"})):
        loose = redesigned(plan.stopping[0], beta=beta, futility="0")
        campaign = structs.replace(plan, stopping=(loose,))
        codes, messages = verify_campaign(tmp_path / beta, campaign)
        assert codes == expected
    assert "fails although" in messages[0]


def test_every_way_to_end_verifies(tmp_path):
    """PASS, FAIL, NOT-SHOWN by futility and at the cap, in one campaign of the bare arm."""
    plan = sequential_plan([("asr.secrets.bare", limit) for limit in ("0.20", "0.40", "0.50")])
    easy, even, hard = plan.stopping
    campaign = structs.replace(
        plan,
        stopping=(
            easy,
            redesigned(even, futility="0"),
            redesigned(hard, futility="0", cap=40, fail_theta="0.75"),
        ),
    )
    codes, _ = verify_campaign(tmp_path, campaign)
    assert codes == set()
    found = json.loads((tmp_path / "bundle" / "findings.json").read_bytes())["sequential"]
    assert [kept["verdict"] for kept in found] == ["not-shown", "fail", "not-shown"]
    assert found[0]["scenarios"] < found[2]["scenarios"] == found[2]["cap"] == 40
