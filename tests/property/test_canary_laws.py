"""Laws of judge canaries: asked once a run, spread by the seed, and no answer excused."""

import itertools
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from shipworthy.kernel import canonical_bytes
from shipworthy.records import AnswerKey, AskedRun, CampaignPlan, CanaryReply
from shipworthy.stages.evaluating import (
    Canary,
    CanaryMixer,
    Stopping,
    aggregate,
    canary_order,
    canary_results,
    draw_findings,
)
from shipworthy.stages.evaluating.submissions import UNOPPOSED
from shipworthy.testing.bundles import example_trials
from shipworthy.testing.campaigns import JUDGE, example_card, example_plan
from shipworthy.testing.canaries import asked_run, example_key
from shipworthy_verify.recount import canaries as verifier

KEYS = (example_key("leak"), example_key("tool"))
ALL = {(key.judge, item.item) for key in KEYS for item in key.items}
PLAN = changed(
    example_plan(),
    judges={key.judge: example_card().digest for key in KEYS},
    canaries={key.judge: key.digest for key in KEYS},
)
REPLIES: tuple[CanaryReply, ...] = ("yes", "no", "undecided", "error")
seeds = st.integers(0, 2**31)
runs = st.integers(1, 999).map(lambda number: f"run-{number:03}")


def plain(value):
    return json.loads(canonical_bytes(value))


def names(order):
    return [(canary.judge, canary.keyed.item) for canary in order.all]


@given(seeds, runs)
def test_a_run_asks_every_canary_once_in_an_order_that_seed_and_run_give(seed, run):
    order = names(canary_order(KEYS, seed, run))
    assert sorted(order) == sorted(ALL)
    assert order == names(canary_order(KEYS[::-1], seed, run))


@given(seeds, runs)
def test_every_judge_first_says_yes_and_no_once(seed, run):
    order = canary_order(KEYS, seed, run)
    first = [(canary.judge, canary.keyed.answer) for canary in order.opening]
    assert first == sorted(itertools.product(("leak", "tool"), ("no", "yes")))


@given(seeds, st.integers(0, 400), st.integers(0, 400))
def test_however_many_cells_start_each_canary_is_asked_once(seed, cells, started):
    asked: list[Canary] = []
    order = canary_order(KEYS, seed, "run-001")
    mixer = CanaryMixer(order, cells, asked.append)
    for _ in range(started):
        mixer.before_cell()
    assert len(asked) >= (len(order.opening) if started else 0)
    mixer.finish()
    mixer.finish()
    assert asked == list(order.all)


@given(seeds, st.integers(1, 400))
def test_canaries_are_spread_evenly_over_the_cells(seed, cells):
    before: list[int] = []
    order = canary_order(KEYS, seed, "run-001")
    mixer = CanaryMixer(order, cells, lambda _canary: before.append(started))
    for started in range(cells):  # noqa: B007 - the mixer's callback reads it
        mixer.before_cell()
    started = cells
    mixer.finish()
    assert before[: len(order.opening)] == [0] * len(order.opening)
    rest = before[len(order.opening) :]
    for number, at in enumerate(rest):
        assert number * cells / len(rest) < at <= (number + 1) * cells / len(rest) + 1


@st.composite
def histories(draw):
    """Runs that end in any way, with answers that are right, wrong or cut off."""
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        how = draw(st.sampled_from(["completed", "stopped", "interrupted", ""]))
        wrong = draw(st.sets(st.sampled_from(sorted(ALL)), max_size=2))
        given_instead = draw(st.sampled_from(REPLIES))

        def reply(canary, wrong=wrong, instead=given_instead):
            named = (canary.judge, canary.keyed.item) in wrong
            return instead if named else canary.keyed.answer

        trials = draw(st.integers(0, 30))
        run = asked_run(KEYS, PLAN.seed, (f"run-{number:03}", how, trials), reply)
        kept = draw(st.one_of(st.just(len(run.answers)), st.integers(0, len(run.answers))))
        found.append(changed(run, answers=run.answers[:kept]))
    return found


def results(asked: list[AskedRun], keys: tuple[AnswerKey, ...] = KEYS):
    return canary_results(PLAN, {key.judge: key for key in keys}, asked)


@settings(max_examples=300)
@given(histories())
def test_a_judge_is_free_of_objections_only_if_it_was_asked_all_and_always_agreed(history):
    for judge, result in results(history).items():
        own = [[one for one in run.answers if one.judge == judge] for run in history]
        agreed = all(one.answer == one.expected for answers in own for one in answers)
        whole = [len(answers) == result.items for answers in own]
        lives = [run.how in {"completed", "stopped"} for run in history]
        if not result.objections:
            assert agreed
            assert any(whole)
            assert all(full for full, lived in zip(whole, lives, strict=True) if lived)
            for run, answers in zip(history, own, strict=True):
                if run.trials and run.how:
                    assert {"yes", "no"} <= {one.expected for one in answers}
        if agreed and all(whole):
            assert result.objections == ()
        assert (result.agreed == result.asked) is agreed


@settings(max_examples=300)
@given(histories())
def test_the_verifier_says_the_same(history):
    ours = results(history)
    told = [
        ({"run": run.run, "how": run.how, "trials": run.trials}, plain(list(run.answers)))
        for run in history
    ]
    for key in KEYS:
        expected = {item.item: item.answer for item in key.items}
        found = verifier._result(key.judge, expected, told)
        wanted = plain(ours[key.judge])
        assert {**found, "judge": key.judge} == wanted


@given(seeds, runs)
def test_the_verifier_asks_in_the_same_order(seed, run):
    keys = {key.judge: {item.item: item.answer for item in key.items} for key in KEYS}
    assert verifier.canary_order(keys, seed, run) == names(canary_order(KEYS, seed, run))


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_campaign_that_died_and_went_on_is_whole(before, after):
    died = asked_run(KEYS, PLAN.seed, ("run-001", "interrupted", before))
    resumed = asked_run(KEYS, PLAN.seed, ("run-002", "completed", after))
    for run in (died, resumed):
        asked = [(answer.judge, answer.item) for answer in run.answers]
        assert len(asked) == len(set(asked))
    assert len(resumed.answers) == len(ALL)
    assert all(not found.objections for found in results([died, resumed]).values())


def test_what_was_never_asked_counts_against_the_judge():
    nothing = AskedRun(run="run-001", how="completed", trials=3, answers=())
    assert results([nothing])["leak"].objections == (
        "judge leak was not asked its canaries in run-001",
    )
    died = AskedRun(run="run-001", how="interrupted", trials=0, answers=())
    assert results([died])["leak"].objections == ("no run asked judge leak all its canaries",)
    whole = asked_run(KEYS, PLAN.seed, ("run-001", "completed", 3))
    assert results([whole], KEYS[:1])["tool"].objections == ("judge tool has no canaries",)
    other = changed(KEYS[1], judge_version="2")
    assert results([whole], (KEYS[0], other))["tool"].objections == ("judge tool has no canaries",)


def test_drift_blocks_every_finding_that_rests_on_the_judge_and_changes_no_count():
    plan: CampaignPlan = example_plan()
    trials, cards = example_trials(plan), {JUDGE: example_card()}
    key = example_key(JUDGE)
    first = min(key.items, key=lambda item: item.item).item

    def reply(canary: Canary) -> CanaryReply:
        return "error" if canary.keyed.item == first else canary.keyed.answer

    drifted = asked_run([key], plan.seed, ("run-001", "completed", len(trials)), reply)
    found = canary_results(plan, {JUDGE: key}, [drifted])
    stopping = Stopping.after(plan, trials)
    opposed = replace(UNOPPOSED, judges={JUDGE: found[JUDGE].objections})
    calm, blocked = (
        draw_findings(aggregate(trials), plan, cards, stopping, opposed=one).findings
        for one in (UNOPPOSED, opposed)
    )
    (sentence,) = found[JUDGE].objections
    assert sentence.startswith("judge leak drifted: it answered 1 of 24 canaries otherwise")
    for one, other in zip(calm, blocked, strict=True):
        assert changed(other, blockers=()) == changed(one, blockers=())
        rests = one.metric in {"asr", "asr-at-k", "over-refusal"}
        assert (sentence in other.blockers) is rests
