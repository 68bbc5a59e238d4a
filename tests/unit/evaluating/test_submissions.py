"""Submissions of one question: the error they may spend, the scenarios they may still use."""

import msgspec
import pytest

from campaigns import CARD, a_frame, a_plan, a_scenario, trials_of
from shipworthy.kernel import Problem, digest_of
from shipworthy.records import CampaignRegistered, GateQuestion
from shipworthy.stages.evaluating import (
    aggregate,
    draw_findings,
    next_submission,
    objections,
    tried_scenarios,
    used_scenarios,
)
from shipworthy.stages.evaluating.submissions import SPENT
from shipworthy.vocabulary import Breached, TrialRole

QUESTION = GateQuestion(
    framework="starter", gate="deploy", deployment="limited", subject="Bank assistant"
)


def an_entry(scenarios=(), number=1, spending="series"):
    return CampaignRegistered(
        plan=digest_of(number),
        question=QUESTION.digest,
        number=number,
        spending=spending,
        scenarios=tuple(one.tried for one in scenarios),
        at="2026-01-01T00:00:00Z",
    )


def submitted(earlier, spending="series", alpha="0.05"):
    return next_submission(QUESTION, [an_entry(number=n) for n in range(earlier)], spending, alpha)


@pytest.mark.parametrize(
    ("earlier", "level"),
    [(0, "0.030396355092"), (1, "0.007599088773"), (2, "0.003377372788"), (9, "0.00030396355")],
)
def test_each_submission_of_a_series_has_its_part_of_the_error(earlier, level):
    """0.05 * 6 / (pi^2 j^2), cut off after twelve digits."""
    made = submitted(earlier)
    assert (made.number, made.alpha) == (1 + earlier, level)


def test_a_single_submission_has_all_of_the_error_and_comes_first_or_not_at_all():
    assert submitted(0, "single").alpha == "0.05"
    with pytest.raises(Problem) as refused:
        submitted(1, "single")
    assert refused.value.diagnostics[0].code == "campaign-submissions"
    assert "this would be submission 2" in refused.value.diagnostics[0].message


def test_a_question_asked_too_often_has_nothing_left():
    with pytest.raises(Problem, match="no error is left for submission"):
        submitted(800, alpha="0.000001")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"subject": "bank  ASSISTANT"}, True),
        ({"subject": "bank-assistant!"}, True),
        ({"subject": "\uff22ank assistant"}, True),
        ({"subject": "Bank assistant 2"}, False),
        ({"framework": "starter-2"}, False),
        ({"deployment": "internal"}, False),
        ({"gate": "develop"}, False),
    ],
)
def test_another_way_to_write_the_name_is_no_other_question(change, same):
    other = msgspec.structs.replace(QUESTION, **change)
    assert (other.digest == QUESTION.digest) is same


# What counts as tried.


@pytest.mark.parametrize(
    ("change", "tried"),
    [
        ({}, True),
        ({"id": "renamed"}, True),
        ({"id": "renamed", "title": "x", "family": "x", "severity": "high"}, True),
        ({"id": "renamed", "domain": "secrets"}, True),
        ({"request": "Reworded, under the old name."}, True),
        ({"id": "renamed", "request": "Tell me another code."}, False),
        ({"id": "renamed", "confidential_context": "Internal: nothing."}, False),
    ],
)
def test_a_scenario_was_tried_by_its_id_or_by_its_content(change, tried):
    known = a_scenario(1)
    now = msgspec.structs.replace(known, **change)
    assert used_scenarios([now], [an_entry([known])]) == ({now.id} if tried else set())


def test_the_benign_twin_of_a_scenario_is_no_part_of_its_content():
    known = a_scenario(1)
    twin = msgspec.structs.replace(known.twin, request="May I come in?")
    now = msgspec.structs.replace(known, id="renamed", twin=twin)
    assert used_scenarios([now], [an_entry([known])]) == {"renamed"}


def test_an_entry_shows_neither_names_nor_words():
    scenario = a_scenario(1)
    text = msgspec.json.encode(an_entry([scenario])).decode()
    assert scenario.id not in text
    assert scenario.request not in text


# Which scenarios are drawn.


def attacked(frame, used, **options):
    plan = a_plan(frame, used=frozenset(used), **options)
    return {item.scenario for item in plan.items if item.role is TrialRole.ADVERSARIAL}


def test_fresh_scenarios_are_drawn_first_and_used_ones_when_no_other_is_left():
    frame = a_frame(("cyber",), 6)
    used = {one.id for one in frame[:4]}
    fresh = {one.id for one in frame[4:]}
    assert attacked(frame, used, scenarios_per_domain=2) == fresh
    assert len(attacked(frame, used, scenarios_per_domain=3) - fresh) == 1
    assert attacked(frame, used) == fresh | used


def test_a_first_submission_draws_as_ever():
    frame = a_frame(("cyber",), 6)
    assert a_plan(frame, scenarios_per_domain=3) == a_plan(
        frame, scenarios_per_domain=3, used=frozenset({"of another pack"})
    )


def test_used_scenarios_do_not_change_the_order_in_which_a_campaign_may_end_early():
    frame = a_frame(("cyber",), 6)
    used = frozenset(one.id for one in frame[:3])
    plain = a_plan(frame, ordered=True)
    later = a_plan(frame, ordered=True, used=used)
    assert [item.scenario for item in plain.items] == [item.scenario for item in later.items]


# What stands against findings.


def found(earlier, decide=lambda item, arm: None):
    frame = a_frame()
    plan = a_plan(frame)
    scenarios = {one.id: one for one in frame}
    opposed = objections(plan.items, scenarios, earlier)
    counts = aggregate(trials_of(plan, decide))
    drawn = draw_findings(counts, plan, {"leak": CARD}, opposed=opposed)
    return {finding.id: finding for finding in drawn.findings}


def test_a_domain_with_used_scenarios_carries_a_blocker_in_every_arm_and_no_other_does():
    findings = found([an_entry(a_frame(("cyber",), 2))])
    words = "2 of 6 scenarios were tried in an earlier submission"
    for name, finding in findings.items():
        assert (words in finding.blockers) is name.startswith("asr.cyber."), name


def test_a_first_submission_carries_no_such_blocker():
    assert not any("submission" in one for f in found([]).values() for one in f.blockers)


def test_after_a_single_submission_every_finding_carries_a_blocker():
    findings = found([an_entry(spending="single")])
    assert findings
    assert all(finding.blockers[-1] == SPENT for finding in findings.values())


def test_a_blocker_takes_nothing_from_what_speaks_against_a_go():
    """The lower bound, which breaks limits, is the same with and without."""

    def breach(item, arm):
        return Breached() if item.role is TrialRole.ADVERSARIAL else None

    fresh, used = found([], breach), found([an_entry(a_frame())], breach)
    assert fresh["asr.cyber.bare"].bounds == used["asr.cyber.bare"].bounds


def test_the_registry_keeps_what_is_under_attack_and_nothing_else():
    frame = a_frame(("cyber",), 3)
    plan = a_plan(frame, scenarios_per_domain=2)
    kept = tried_scenarios(plan.items, {one.id: one for one in frame})
    names = attacked(frame, (), scenarios_per_domain=2)
    assert set(kept) == {one.tried for one in frame if one.id in names}
    assert list(kept) == sorted(kept, key=lambda mark: (mark.id, mark.content))
