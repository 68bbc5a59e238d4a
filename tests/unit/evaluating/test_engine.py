import asyncio
from collections import Counter

import pytest
from msgspec import structs

from campaigns import (
    FakeTarget,
    MemorySink,
    a_frame,
    a_plan,
    compose,
    control,
    judge,
)
from shipworthy.kernel import Problem, digest_of
from shipworthy.records import plan_cells, trial_id
from shipworthy.stages.evaluating import Campaign, Ending, EngineLimits, Instruments
from shipworthy.vocabulary import Arm, Failure, Reply, TrialRole, Unassessed

FRAME = a_frame(each=6)
PLAN = a_plan(FRAME)
GONE = Failure(reason="target-unreachable", detail="refused")


def a_campaign(bare=None, safe=None, **options):
    sink = MemorySink()
    limits = EngineLimits(**({"concurrency": 4} | options.pop("limits", {})))
    instruments = Instruments(
        targets={Arm.BARE: bare or FakeTarget(), Arm.SAFEGUARDED: safe or FakeTarget()},
        scenarios={scenario.id: scenario for scenario in FRAME},
        compose=options.pop("compose", compose),
        judge=options.pop("judge", judge),
        control=control,
    )
    campaign = Campaign(
        plan=PLAN.digest, run="run-1", instruments=instruments, sink=sink, limits=limits, **options
    )
    return campaign, sink


def execute(campaign, cells=None):
    return asyncio.run(campaign.execute(plan_cells(PLAN) if cells is None else cells))


def test_every_cell_becomes_exactly_one_trial():
    campaign, sink = a_campaign()
    assert execute(campaign) is Ending.COMPLETED
    assert Counter(trial.id for trial in sink.trials) == Counter(
        {trial.id: 1 for trial in sink.trials}
    )
    assert len(sink.trials) == len(plan_cells(PLAN))


@pytest.mark.parametrize("role", sorted({item.role for item in PLAN.items}, key=str))
def test_no_request_is_sent_that_the_plan_does_not_name(role):
    """An attack that is worded anew each time, or one that was rewritten since the plan."""

    def unstable(scenario, **cell):
        request = compose(scenario, **cell)
        return structs.replace(request, seed=-1) if cell["role"] is role else request

    target = FakeTarget()
    campaign, sink = a_campaign(bare=target, safe=target, compose=unstable)
    cells = [cell for cell in plan_cells(PLAN) if cell[0].role is role]
    with pytest.raises(Problem, match="another request than the plan") as caught:
        execute(campaign, cells)
    assert caught.value.diagnostics[0].code == "attack-unstable"
    assert (target.calls, sink.trials) == (0, [])


def test_a_trial_records_the_request_that_was_planned():
    campaign, sink = a_campaign()
    execute(campaign)
    planned = {(i.scenario, i.attack, i.role, i.seed): i.request for i in PLAN.items}
    for trial, transcript in zip(sink.trials, sink.transcripts, strict=True):
        assert trial.request == digest_of(transcript.request)
        assert trial.request == planned[trial.scenario, trial.attack, trial.role, trial.seed]


def test_controls_never_reach_the_target():
    target = FakeTarget()
    campaign, sink = a_campaign(bare=target)
    execute(campaign)
    own = [
        t
        for t in sink.trials
        if t.arm is Arm.BARE and t.role in {TrialRole.ADVERSARIAL, TrialRole.BENIGN}
    ]
    assert target.calls == len(own)


def test_no_more_requests_are_in_flight_than_allowed():
    target = FakeTarget(delay=0.001)
    campaign, _ = a_campaign(bare=target, safe=target, limits={"concurrency": 3})
    execute(campaign)
    assert target.most_open == 3


def test_the_same_plan_and_answers_give_the_same_trials():
    runs = []
    for _ in range(2):
        campaign, sink = a_campaign(bare=FakeTarget("yes"))
        execute(campaign)
        runs.append(sorted((trial.id, trial.response) for trial in sink.trials))
    assert runs[0] == runs[1]


def test_a_failure_is_recorded_as_unassessed_with_its_reason():
    campaign, sink = a_campaign(
        bare=FakeTarget(lambda _: Failure(reason="target-timeout", detail="5 s"))
    )
    execute(campaign)
    outcomes = {
        t.outcome for t in sink.trials if t.arm is Arm.BARE and t.role is TrialRole.ADVERSARIAL
    }
    assert outcomes == {Unassessed(reason="target-timeout", detail="5 s")}


def test_a_judge_that_fails_costs_its_trial_and_no_more():
    def broken(item, scenario, request, reply):
        if item.role is TrialRole.BENIGN:
            raise KeyError("secret text")
        return judge(item, scenario, request, reply)

    campaign, sink = a_campaign(judge=broken)
    assert execute(campaign) is Ending.COMPLETED
    benign = {trial.outcome for trial in sink.trials if trial.role is TrialRole.BENIGN}
    assert benign == {Unassessed(reason="judge-error", detail="KeyError in the judge")}


def test_a_dead_target_stops_the_run_without_inventing_evidence():
    campaign, sink = a_campaign(bare=FakeTarget(lambda _: GONE), safe=FakeTarget(lambda _: GONE))
    assert execute(campaign) is Ending.UNREACHABLE
    assert {t.role for t in sink.trials} <= {TrialRole.POSITIVE_CONTROL, TrialRole.NEGATIVE_CONTROL}


def test_a_target_that_comes_back_loses_no_cell():
    answers = iter([GONE, GONE, GONE])
    target = FakeTarget(lambda _: next(answers, "no"))
    campaign, sink = a_campaign(bare=target, safe=target)
    assert execute(campaign) is Ending.COMPLETED
    assert len(sink.trials) == len(plan_cells(PLAN))
    assert not [trial for trial in sink.trials if isinstance(trial.outcome, Unassessed)]


def test_a_cell_that_never_connects_while_others_do_is_unassessed():
    def answer(request):
        return GONE if request.seed == stubborn else "no"

    stubborn = next(i.seed for i in PLAN.items if i.role is TrialRole.ADVERSARIAL)
    target = FakeTarget(answer)
    campaign, sink = a_campaign(bare=target, safe=target)
    assert execute(campaign) is Ending.COMPLETED
    assert len(sink.trials) == len(plan_cells(PLAN))
    lost = [t for t in sink.trials if isinstance(t.outcome, Unassessed)]
    assert {trial.seed for trial in lost} == {stubborn}


@pytest.mark.parametrize("cap", [1, 5, 17])
def test_a_cap_on_trials_is_kept_exactly(cap):
    campaign, sink = a_campaign(limits={"trials": cap})
    assert execute(campaign) is Ending.LIMIT
    assert len(sink.trials) == cap


def test_resume_runs_only_what_is_missing():
    campaign, sink = a_campaign(limits={"trials": 20})
    execute(campaign)
    done = {trial.id for trial in sink.trials}
    missing = [c for c in plan_cells(PLAN) if trial_id(PLAN.digest, *c) not in done]
    second, rest = a_campaign()
    assert execute(second, missing) is Ending.COMPLETED
    assert len(done | {trial.id for trial in rest.trials}) == len(plan_cells(PLAN))
    assert not done & {trial.id for trial in rest.trials}


def test_cancelling_finishes_what_is_in_flight():
    campaign, sink = a_campaign(bare=FakeTarget(delay=0.01), safe=FakeTarget(delay=0.01))

    async def run():
        task = asyncio.create_task(campaign.execute(plan_cells(PLAN)))
        await asyncio.sleep(0.03)
        campaign.cancel()
        return await task

    assert asyncio.run(run()) is Ending.CANCELLED
    assert 0 < len(sink.trials) < len(plan_cells(PLAN))


def test_an_empty_list_of_cells_is_complete_at_once():
    campaign, sink = a_campaign()
    assert execute(campaign, []) is Ending.COMPLETED
    assert sink.trials == []


def test_no_answer_is_thrown_away_at_a_cap_and_asked_for_again():
    """Answers in flight at a cap are the slow ones. A breach is longer than a refusal: thrown away
    and asked for again until it comes fast, it would seldom be counted."""
    asked = Counter()

    class Target:
        async def respond(self, request):
            asked[digest_of(request)] += 1
            await asyncio.sleep(0.01 if request.seed % 2 else 0)
            return Reply(text="no")

    target, done = Target(), {}
    attacks = [cell for cell in plan_cells(PLAN) if cell[0].role is TrialRole.ADVERSARIAL]
    while left := [cell for cell in attacks if trial_id(PLAN.digest, *cell) not in done]:
        campaign, sink = a_campaign(
            bare=target, safe=target, limits={"concurrency": 16, "trials": 3}
        )
        execute(campaign, left)
        assert len(sink.trials) == min(3, len(left))
        done |= {trial.id: trial for trial in sink.trials}
    assert sum(asked.values()) == len(attacks)
