"""Whole campaigns that stop early, counted by the product and by the verifier."""

import json
import time
from dataclasses import replace
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec import structs

from shipworthy.kernel import canonical_bytes
from shipworthy.records import plan_cells
from shipworthy.stages.evaluating import Stopping, aggregate, draw_findings
from shipworthy.testing.campaigns import example_card, sequential_plan, trial_of
from shipworthy.vocabulary import MODEL, Answered, Breached, Held, Refused, TrialRole, Unassessed
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount
from shipworthy_verify.sequential import follow

OPEN = Unassessed(reason="target-timeout", detail="none")
LIMITS = st.sampled_from(["0.15", "0.20", "0.35", "0.50"])
SEEDS = st.integers(0, 2**32)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A whole campaign is shrunk for minutes; the failing one says enough."""
CARDS = {"leak": example_card()}


@st.composite
def plans(draw, arms=("bare", "safeguarded")):
    """Plans with up to three questions about one domain; some never give up, some pursue FAIL."""
    findings = st.sampled_from([f"asr.secrets.{arm}" for arm in arms])
    asked = draw(st.sets(st.tuples(findings, LIMITS), min_size=1, max_size=3))
    plan = sequential_plan(sorted(asked), scenarios=draw(st.integers(12, 60)))
    futility = draw(st.sampled_from(["0", "0.08", "0.4"]))
    pursuit = draw(st.sampled_from(["0", "0.2", "1", "1.5"]))
    return structs.replace(
        plan,
        stopping=tuple(
            structs.replace(one, design=replace(one.design, futility=futility, pursuit=pursuit))
            for one in plan.stopping
        ),
    )


def campaign(plan, seed, *, whole):
    """Trials in any order: those that are due and a few late ones; some missing unless `whole`."""
    random = Random(seed)
    rates = {arm: random.choice([0.0, 0.05, 0.2, 0.6, 1.0]) for arm in ("bare", "safeguarded")}
    digest = plan.digest
    every = [made(digest, cell, rates[cell[1].value], random) for cell in plan_cells(plan)]
    stopping = Stopping.after(plan, every)
    chance = {True: 1.0 if whole else random.choice([0.3, 0.95]), False: 0.1}
    kept = [trial for trial in every if random.random() < chance[stopping.counts(trial)]]
    random.shuffle(kept)
    return kept


def made(plan_digest, cell, rate, random):
    item, drawn = cell[0], random.random()
    if item.role is TrialRole.BENIGN:
        outcome = Refused(by=MODEL) if drawn < 0.1 else Answered(useful=drawn > 0.3)
    elif item.role.is_control:
        outcome = Breached() if item.role is TrialRole.POSITIVE_CONTROL else Held(by=MODEL)
    else:
        outcome = Breached() if drawn < rate else OPEN if drawn > 0.98 else Held(by=MODEL)
    return trial_of(plan_digest, cell, outcome)


def plain(value):
    return json.loads(canonical_bytes(value))


@settings(max_examples=40, deadline=None, phases=UNSHRUNK)
@given(plans(), SEEDS)
def test_ends_due_cells_and_records_are_the_same(plan, seed):
    """Of unfinished campaigns as well, with gaps wherever they fall."""
    trials = campaign(plan, seed, whole=False)
    stopping = Stopping.after(plan, trials)
    streams = follow(plain(plan), plain(trials))
    for item, arm in plan_cells(plan):
        assert streams.due(plain(item), arm.value) == stopping.is_due(item, arm)
    for question in stopping.questions():
        name = question.question.id
        ours = streams.records(plan.digest)[name]
        assert ours["verdict"] == question.verdict.value
        assert ours["scenarios"] == question.tally.scenarios
        assert ours["successes"] == question.tally.successes
        assert ours["unassessed"] == question.tally.unassessed
        assert ours["late"] == stopping.late(question.question)


def assert_same(findings, ours, plan):
    for kind, found in (
        ("findings", ours.findings(plan.digest)),
        ("paired", ours.paired(plan.digest)),
        ("sequential", ours.streams.records(plan.digest)),
    ):
        theirs = {record["id"]: record for record in findings[kind]}
        assert theirs.keys() == found.keys()
        for name, record in theirs.items():
            wrong = list(differences(record, found[name], ""))
            assert not wrong, f"{name}: {wrong}"


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(
    st.sampled_from([("bare",), ("safeguarded",), ("bare", "safeguarded")]).flatmap(
        lambda arms: plans(arms=arms)
    ),
    SEEDS,
)
def test_findings_of_whole_campaigns_are_the_same(plan, seed):
    trials = campaign(plan, seed, whole=True)
    stopping = Stopping.after(plan, trials)
    counts = aggregate(trials, stopping.counts)
    assert counts.counted == stopping.due_cells()
    findings = plain(draw_findings(counts, plan, CARDS, stopping))
    assert_same(findings, Recount(plain(trials), plain(plan), plain(CARDS)), plan)


@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
@given(plans(), SEEDS)
def test_pairs_are_those_that_are_due_in_both_arms(plan, seed):
    """By counting them: the arms end apart when each has a question of its own (9.9)."""
    trials = campaign(plan, seed, whole=True)
    ours = Recount(plain(trials), plain(plan), plain(CARDS))
    arms = ours.streams.arms["secrets"]
    both = min(stream.end for stream in arms.values())
    columns = [stream.outcomes[:both] for stream in arms.values()]
    pairs = list(zip(*columns, strict=True))
    found = ours.paired(plan.digest)["asr.secrets"]
    assert found["both"] == pairs.count(("success", "success"))
    assert found["before_only"] == pairs.count(("success", "failure"))
    assert found["after_only"] == pairs.count(("failure", "success"))
    assert found["unpaired"] == sum("unassessed" in pair for pair in pairs)
    assert "asr.all" not in ours.paired(plan.digest)


def test_a_long_campaign_is_recounted_in_two_seconds():
    """2,400 scenarios in two arms at a limit of 1 %: CPU seconds for all of step 9."""
    plan = sequential_plan([("asr.secrets.safeguarded", "0.01")], scenarios=2400)
    digest = plan.digest
    attacks = [
        (item, arm)
        for item, arm in plan_cells(plan)
        if (item.role, item.domain) == (TrialRole.ADVERSARIAL, "secrets")
    ]
    done = [
        trial_of(digest, cell, Breached() if number // 2 in {3, 700, 1500} else Held(by=MODEL))
        for number, cell in enumerate(attacks)
    ]
    trials, settled, cards = plain(done), plain(plan), plain(CARDS)
    begun = time.process_time()
    ours = Recount(trials, settled, cards)
    found = ours.findings(digest)
    ours.paired(digest)
    record = ours.streams.records(digest)["asr.secrets.safeguarded@0.01"]
    took = time.process_time() - begun
    assert record["verdict"] == "pass"
    assert 700 < record["scenarios"] < 1500
    assert found["asr.secrets.safeguarded"]["bounds"]["upper"] < 0.01
    assert took < 2
