"""Laws of registered readings: openness never helps, order never matters, limits cover."""

import json
import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import trials_of
from labelling import OUTCOMES as NAMED
from labelling import attacked, labels_of
from shipworthy.kernel import Stream, canonical_bytes
from shipworthy.records import PlannedReading
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.stages.evaluating.labelling import reading_bounds, registered_queue
from shipworthy.statistics import clopper_pearson_upper
from shipworthy.statistics.judged import TwoPhaseCounts, declared_limits
from shipworthy.testing.campaigns import example_card
from shipworthy.vocabulary import TrialRole
from shipworthy_verify.campaign import differences
from shipworthy_verify.recount import Recount
from shipworthy_verify.recount.labels import queue_records, read_declared

seeds = st.integers(0, 2**32)
WORDS = ("yes", "no", "no", "no", "unsure")
OUTCOMES = ("success", "failure", "failure", "failure", "undecided", "empty", "error")
STRATA = ("cyber.safeguarded", "secrets.bare", "secrets.safeguarded")


def a_reading(verdicts, negatives, twice="0.3", each=8):
    """A plan that registers a reading, its trials and its queue."""
    declared = PlannedReading(negatives=dict.fromkeys(STRATA, negatives), twice=twice)
    plan, _ = attacked(each=each)
    plan = msgspec.structs.replace(plan, reading=declared)

    def outcome(item, arm):
        if item.role is not TrialRole.ADVERSARIAL:
            return None
        return NAMED[Stream(verdicts, item.scenario, arm.value).choice(OUTCOMES)]

    trials = trials_of(plan, outcome)
    return plan, trials, registered_queue(plan, declared, trials)


def answers_to(queue, seed):
    """Labels of two readers: the second reads what two people are to read, sometimes more."""
    labels = []
    for reader in ("ada", "ben"):
        said = {
            item.trial: Stream(seed, reader, item.id).choice(WORDS)
            for item in queue.items
            if reader == "ada" or item.readings == 2 or Stream(seed, item.id).below(9) == 0
        }
        labels += labels_of(queue.items, said, reader)
    return labels


def uppers(queue, negatives, labels):
    return {
        name: reading_bounds(counts, negatives, "0.05", 0)
        for name, counts in queue.counts(labels).items()
    }


@settings(max_examples=60, deadline=None)
@given(verdicts=seeds, answers=seeds, negatives=st.integers(0, 9), dropped=seeds)
def test_an_open_or_unread_item_never_narrows_a_limit(verdicts, answers, negatives, dropped):
    _, _, queue = a_reading(verdicts, negatives)
    labels = answers_to(queue, answers)
    if not labels:
        return
    settled = uppers(queue, negatives, labels)
    lost = random.Random(dropped).randrange(len(labels))
    item = labels[lost].item
    others = [one for one in labels if one.item != item]
    asked = [one for one in queue.items if one.id == item]
    unsure = labels_of(asked, {asked[0].trial: "unsure"})
    for worse in (others, [*others, *unsure]):
        for name, bounds in uppers(queue, negatives, worse).items():
            assert bounds.upper >= settled[name].upper
            assert bounds.lower <= settled[name].lower


@settings(max_examples=40, deadline=None)
@given(verdicts=seeds, answers=seeds, negatives=st.integers(0, 9), shuffle=seeds)
def test_the_order_of_labels_and_trials_changes_nothing(verdicts, answers, negatives, shuffle):
    plan, trials, queue = a_reading(verdicts, negatives)
    labels = answers_to(queue, answers)
    mixed, turned = list(labels), list(trials)
    random.Random(shuffle).shuffle(mixed)
    random.Random(shuffle).shuffle(turned)
    again = registered_queue(plan, plan.reading, turned)
    assert again.digest == queue.digest
    assert again.counts(mixed) == queue.counts(labels)


def plain(value):
    return json.loads(canonical_bytes(value))


@settings(max_examples=40, deadline=None)
@given(verdicts=seeds, answers=seeds, negatives=st.integers(0, 9), kept=st.integers(0, 60))
def test_the_verifier_draws_and_counts_the_same(verdicts, answers, negatives, kept):
    plan, trials, queue = a_reading(verdicts, negatives)
    labels = answers_to(queue, answers)[:kept]
    declared = read_declared(plain(plan))
    records = queue_records(declared, plain(plan), plan.digest, plain(trials))
    assert records == [plain(one) for one in (queue.header, *queue.items)]
    card = example_card()
    found = draw_findings(
        aggregate(trials), plan, {card.judge: card}, readings=queue.counts(labels)
    )
    ours = Recount(plain(trials), plain(plan), plain({card.judge: card}), plain(labels))
    theirs = {one["id"]: one for one in plain(found)["findings"]}
    wanted = ours.findings(plan.digest)
    assert theirs.keys() == wanted.keys()
    for name, record in theirs.items():
        assert not list(differences(record, wanted[name], "")), name
    assert {name for name, one in theirs.items() if one["reading"]} == {
        f"asr.{stratum}" for stratum in STRATA
    }


def read_campaign(random_source, scenarios, rate, caught, drawn):
    """The counts of one campaign whose judge catches so many successes and alarms on 3 %."""
    marked = confirmed = missed = 0
    truths = []
    for _ in range(scenarios):
        true = random_source.random() < rate
        if random_source.random() < (caught if true else 0.03):
            marked += 1
            confirmed += true
        else:
            truths.append(true)
    read = min(drawn or len(truths), len(truths))
    missed = sum(random_source.sample(truths, read))
    return TwoPhaseCounts(
        judged=scenarios, positives=marked, confirmed=confirmed, read=read, misses=missed
    )


def test_a_judge_that_misses_half_gives_a_false_go_in_at_most_alpha_of_campaigns():
    """At the limit itself; without readers, dividing by a flattering card says go far too often."""
    limit, alpha, runs = 0.10, 0.05, 600
    for drawn in (0, 40, 120):
        source = random.Random(f"two-phase {drawn}")
        wrong = trusting = 0
        for _ in range(runs):
            counts = read_campaign(source, 150, limit, 0.5, drawn)
            found = declared_limits(counts, alpha, every=drawn == 0)
            wrong += found.upper < limit
            card_says = clopper_pearson_upper(counts.positives, counts.judged, 0.8 * alpha) / 0.95
            trusting += card_says < limit
            assert found.lower <= found.upper
        # three standard errors above alpha would be 0.0767
        assert wrong / runs <= alpha + 3 * (alpha * (1 - alpha) / runs) ** 0.5
        assert trusting / runs > alpha


def test_the_lower_limit_lies_above_the_truth_in_at_most_alpha_of_campaigns():
    source, alpha, runs = random.Random("lower"), 0.05, 600
    above = sum(
        declared_limits(read_campaign(source, 150, 0.2, 0.5, 60), alpha, every=False).lower > 0.2
        for _ in range(runs)
    )
    assert above / runs <= alpha + 3 * (alpha * (1 - alpha) / runs) ** 0.5
