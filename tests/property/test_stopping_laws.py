"""Laws of campaigns that end early (spec/sequential.md, 9)."""

import asyncio
from fractions import Fraction
from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import (
    CARD,
    MemorySink,
    a_question,
    a_sequential_plan,
    compose,
    control,
    judge,
    trials_of,
)
from campaigns import a_frame as frame
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import (
    Campaign,
    Ending,
    EngineLimits,
    Instruments,
    Stopping,
    aggregate,
    draw_findings,
    order_key,
)
from shipworthy.stages.evaluating.findings import FindingTerms, least_sensitivity
from shipworthy.statistics.sequential import (
    ScenarioOutcome,
    SequentialCampaign,
    SequentialVerdict,
    boundaries,
    certificate,
)
from shipworthy.vocabulary import Arm, Breached, Held, Reply, TrialRole, Unassessed

OUTCOME = {"b": Breached(), "h": Held(by="model"), "u": Unassessed(reason="timeout", detail="")}
RESULT = {
    "b": ScenarioOutcome.SUCCESS,
    "h": ScenarioOutcome.FAILURE,
    "u": ScenarioOutcome.UNASSESSED,
}
GUARDED = a_question("asr.cyber.safeguarded", "0.20")
TIGHT = a_question("asr.cyber.safeguarded", "0.10")
BARE = a_question("asr.cyber.bare", "0.50")
PLANS = {
    "one": a_sequential_plan([GUARDED]),
    "two limits": a_sequential_plan([TIGHT, GUARDED]),
    "both arms": a_sequential_plan([BARE, GUARDED]),
    "short cap": a_sequential_plan([a_question("asr.cyber.safeguarded", "0.05", cap=9)]),
}


def letters_of(weights, size):
    """Outcomes drawn by seed: a law that fails is then shown at once, not after long shrinking."""
    return st.builds(
        lambda seed, share: Random(seed).choices(weights[share], k=size),
        st.integers(0, 2**32),
        st.integers(0, len(weights) - 1),
    )


arms = letters_of(["h" * 9 + "b", "hb", "h" * 18 + "bu", "h"], 40)
LIMITS = ("0.02", "0.05", "0.10", "0.25", "0.50")
LONG = a_sequential_plan([a_question("asr.cyber.safeguarded", "0.20", cap=400)], each=400)
AT_LIMIT = a_sequential_plan([a_question("asr.cyber.safeguarded", "0.20", cap=120)], each=120)
EVERY = (*PLANS.values(), LONG, AT_LIMIT)
DIGESTS = {id(plan): plan.digest for plan in EVERY}
plans = st.sampled_from(sorted(PLANS)).map(PLANS.__getitem__)


def attacked(plan):
    return [item for item in plan.items if item.role is TrialRole.ADVERSARIAL]


@cache
def base(plan_digest):
    """Every trial of a plan once: making them costs more than all that is tested here."""
    (plan,) = (one for one in EVERY if one.digest == plan_digest)
    return tuple(trials_of(plan))


def run_of(plan, bare, safe):
    """Trials of every cell, with these outcomes in the registered order."""
    place = {item.scenario: n for n, item in enumerate(attacked(plan))}
    letters = {Arm.BARE: bare, Arm.SAFEGUARDED: safe}
    return [
        msgspec.structs.replace(trial, outcome=OUTCOME[letters[trial.arm][place[trial.scenario]]])
        if trial.role is TrialRole.ADVERSARIAL
        else trial
        for trial in base(DIGESTS[id(plan)])
    ]


def findings_of(plan, trials):
    stopping = Stopping.after(plan, trials)
    return draw_findings(
        aggregate(trials, stopping.counts), plan, {"leak": CARD}, stopping
    ), stopping


@settings(max_examples=25, deadline=None)
@given(plans, arms, arms, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(plan, bare, safe, random):
    trials = run_of(plan, bare, safe)
    first, _ = findings_of(plan, trials)
    random.shuffle(trials)
    assert findings_of(plan, trials)[0] == first


@settings(max_examples=25, deadline=None)
@given(plans, arms, arms)
def test_a_question_is_decided_as_replaying_its_log_decides_it(plan, bare, safe):
    found, _ = findings_of(plan, run_of(plan, bare, safe))
    order = tuple(item.scenario for item in attacked(plan))
    for question, decided in zip(plan.stopping, found.sequential, strict=True):
        letters = bare if question.arm == "bare" else safe
        log = [(name, RESULT[letter]) for name, letter in zip(order, letters, strict=True)]
        wanted = SequentialCampaign(boundaries(question.design), order).replay(log)
        assert decided.verdict == wanted.verdict.value
        assert decided.scenarios == wanted.tally.scenarios
        assert (decided.successes, decided.unassessed) == (
            wanted.tally.successes,
            wanted.tally.unassessed,
        )


@settings(max_examples=25, deadline=None)
@given(plans, arms, arms, arms, arms)
def test_what_comes_after_the_end_of_an_arm_changes_nothing(plan, bare, safe, later, latest):
    first, stopping = findings_of(plan, run_of(plan, bare, safe))
    ends = {arm: stopping.end("cyber", arm) for arm in ("bare", "safeguarded")}
    assert None not in ends.values()
    other_bare = bare[: ends["bare"]] + later[ends["bare"] :]
    other_safe = safe[: ends["safeguarded"]] + latest[ends["safeguarded"] :]
    assert findings_of(plan, run_of(plan, other_bare, other_safe))[0] == first


@settings(max_examples=25, deadline=None)
@given(plans, arms, arms)
def test_trials_that_count_are_those_of_due_cells_and_suffice(plan, bare, safe):
    trials = run_of(plan, bare, safe)
    first, stopping = findings_of(plan, trials)
    kept = [trial for trial in trials if stopping.counts(trial)]
    assert len(kept) == stopping.due_cells()
    found, again = findings_of(plan, kept)
    assert again.due_cells() == stopping.due_cells()
    assert all(one.late == 0 for one in found.sequential)
    without_late = [msgspec.structs.replace(one, late=0) for one in first.sequential]
    assert list(found.sequential) == without_late
    assert (found.findings, found.paired) == (first.findings, first.paired)
    rate = {one.id: one for one in found.findings}["asr.cyber.safeguarded"].rate
    assert rate.started == stopping.end("cyber", "safeguarded")


@settings(max_examples=25, deadline=None)
@given(arms, arms, st.integers(0, 39))
def test_an_arm_stays_open_while_a_result_before_its_end_is_missing(bare, safe, gap):
    plan = PLANS["one"]
    trials = run_of(plan, bare, safe)
    _, whole = findings_of(plan, trials)
    end = whole.end("cyber", "safeguarded")
    hole = attacked(plan)[gap].scenario
    left = [
        trial
        for trial in trials
        if not (
            trial.scenario == hole
            and trial.role is TrialRole.ADVERSARIAL
            and trial.arm is Arm.SAFEGUARDED
        )
    ]
    stopping = Stopping.after(plan, left)
    assert (stopping.end("cyber", "safeguarded") is None) == (gap < end)
    if gap < end:
        assert next(stopping.questions()).verdict is SequentialVerdict.CONTINUE
        assert stopping.due_cells() >= whole.due_cells()


@given(
    st.sampled_from(LIMITS),
    st.integers(20, 400),
    st.integers(0, 12),
    letters_of(["h" * 99 + "b", "h" * 19 + "b", "hhhb", "h" * 60 + "u"], 400),
)
@settings(max_examples=30, deadline=None)
def test_a_pass_clears_the_limit_that_the_gate_reads_and_a_fail_breaks_it(
    limit, positives, missed, letters
):
    card = msgspec.structs.replace(CARD, true_positives=positives, false_negatives=missed)
    terms = FindingTerms("", "0.05", {"leak": card}, {})
    caught = str(Fraction(least_sensitivity(("leak",), terms)))
    question = a_question("asr.cyber.safeguarded", limit, caught, cap=400)
    plan = msgspec.structs.replace(LONG, stopping=(question,))
    trials = run_of(LONG, ["h"] * 400, letters)
    stopping = Stopping.after(plan, trials)
    found = draw_findings(aggregate(trials, stopping.counts), plan, {"leak": card}, stopping)
    bounds = {one.id: one for one in found.findings}["asr.cyber.safeguarded"].bounds
    (decided,) = found.sequential
    if decided.verdict == "pass":
        assert Fraction(bounds.upper_adjusted) < Fraction(limit)
    if decided.verdict == "fail":
        assert Fraction(bounds.lower) >= Fraction(limit)
    assert Fraction(bounds.lower) <= Fraction(bounds.upper) <= Fraction(bounds.upper_adjusted)


class Jittery:
    """Answers after a random number of turns of the loop, with what was decided beforehand."""

    def __init__(self, answers, seed):
        self.answers, self.random = answers, Random(seed)

    async def respond(self, request):
        for _ in range(self.random.randrange(6)):
            await asyncio.sleep(0)
        return self.answers[request.seed]


@given(arms, arms, st.integers(1, 12), st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_neither_speed_nor_concurrency_changes_a_verdict(bare, safe, concurrency, seed):
    plan = PLANS["both arms"]
    scenarios = {one.id: one for one in frame(("cyber",), 40)}
    place = {item.scenario: n for n, item in enumerate(attacked(plan))}

    def answers(letters):
        said = {}
        for item in plan.items:
            token = scenarios[item.scenario].check.tokens[0]
            letter = letters[place[item.scenario]]
            said[item.seed] = Reply(text="at nine")
            if item.role is TrialRole.ADVERSARIAL and letter == "b":
                said[item.seed] = Reply(text=token)
        return said

    stopping, sink = Stopping(plan), MemorySink()
    engine = Campaign(
        plan=plan.digest,
        run="run-001",
        instruments=Instruments(
            targets={
                Arm.BARE: Jittery(answers(bare), seed),
                Arm.SAFEGUARDED: Jittery(answers(safe), seed + 1),
            },
            scenarios=scenarios,
            compose=compose,
            judge=judge,
            control=control,
        ),
        sink=sink,
        limits=EngineLimits(concurrency=concurrency),
        on_trial=stopping.take,
        is_due=stopping.is_due,
    )
    assert asyncio.run(engine.execute(plan_cells(plan))) is Ending.COMPLETED
    known = {"b": "b", "h": "h", "u": "h"}
    wanted, whole = findings_of(
        plan, run_of(plan, [known[x] for x in bare], [known[x] for x in safe])
    )
    found, _ = findings_of(plan, sink.trials)
    for ours, theirs in zip(found.sequential, wanted.sequential, strict=True):
        assert msgspec.structs.replace(ours, late=0) == msgspec.structs.replace(theirs, late=0)
    assert whole.due_cells() <= len(sink.trials) <= len(plan_cells(plan))
    rates = [(one.id, one.rate, one.bounds) for one in found.findings if one.metric == "asr"]
    assert rates == [
        (one.id, one.rate, one.bounds) for one in wanted.findings if one.metric == "asr"
    ]


def test_the_order_is_the_one_that_seed_and_names_give():
    plan = PLANS["one"]
    names = [item.scenario for item in attacked(plan)]
    assert names == sorted(names, key=lambda name: order_key(plan.seed, name))
    assert len(set(names)) == 40


def test_a_wrong_pass_is_as_rare_as_its_certificate_says():
    """1,000 campaigns of a model exactly at the limit, through the product's own path."""
    plan, design = AT_LIMIT, AT_LIMIT.stopping[0].design
    trials = run_of(plan, "h" * 120, "h" * 120)
    mine = [
        trial
        for trial in trials
        if trial.role is TrialRole.ADVERSARIAL and trial.arm is Arm.SAFEGUARDED
    ]
    random, passes, runs = Random(20261122), 0, 1000
    for _ in range(runs):
        stopping = Stopping(plan)
        for trial in mine:
            broken = random.random() < 0.20
            outcome = Breached() if broken else Held(by="model")
            stopping.take(msgspec.structs.replace(trial, outcome=outcome))
        passes += next(stopping.questions()).verdict is SequentialVerdict.PASS
    promised = float(certificate(design, boundaries(design)).false_go_as_planned)
    assert passes / runs == pytest.approx(promised, abs=4 * (promised / runs) ** 0.5)
    assert promised <= 0.04
