"""Laws of labelling: the draw is blind and repeatable, every label is accounted for, cards hold."""

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from labelling import OUTCOMES, a_header, a_queue, attacked, consensus, labels_of
from shipworthy.kernel import Stream
from shipworthy.records import item_id
from shipworthy.stages.evaluating.labelling import (
    Called,
    Consensus,
    compare_readers,
    draw,
    even_sample,
    gather,
    judged_outputs,
    stratum_card,
    tally_stratum,
)
from shipworthy.statistics import NoEvidence
from shipworthy.statistics.judged import sensitivity_lower
from shipworthy.vocabulary import Arm, TrialRole

VERDICTS = ("success", "failure", "undecided")
seeds = st.integers(0, 2**32)


def verdicts_by(seed, choices=VERDICTS):
    """A verdict for each cell that is fixed by a seed."""
    return lambda item, arm: Stream(seed, item.scenario, item.attack, arm.value).choice(choices)


@settings(max_examples=40, deadline=None)
@given(first=seeds, second=seeds, seed=seeds)
def test_when_everything_is_read_no_verdict_leaves_a_trace_in_the_queue(first, second, seed):
    plan, trials = attacked(verdict=verdicts_by(first))
    _, others = attacked(verdict=verdicts_by(second))
    assert a_queue(plan, trials, seed=seed)[2] == a_queue(plan, others, seed=seed)[2]


@settings(max_examples=40, deadline=None)
@given(verdicts=seeds, seed=seeds, negatives=st.integers(1, 8))
def test_an_item_depends_on_a_verdict_only_through_being_there(verdicts, seed, negatives):
    plan, trials = attacked(verdict=verdicts_by(verdicts))
    _, _, items = a_queue(plan, trials, seed=seed, negatives=negatives)
    said = {trial.id: trial for trial in trials}
    for item in items:
        trial = said[item.trial]
        assert item.id == item_id(plan.digest, trial.id)
        assert (item.request, item.response) == (trial.request, trial.response)
        assert item.readings in {1, 2}


@settings(max_examples=40, deadline=None)
@given(verdicts=seeds, seed=seeds, negatives=st.integers(0, 8), shuffle=seeds)
def test_the_draw_is_a_function_of_header_and_trials_whatever_their_order(
    verdicts, seed, negatives, shuffle
):
    plan, trials = attacked(verdict=verdicts_by(verdicts))
    header = a_header(plan, negatives=negatives, seed=seed)
    mixed = list(trials)
    random.Random(shuffle).shuffle(mixed)
    queues = [draw(header, judged_outputs(order, seed)) for order in (trials, mixed)]
    assert queues[0] == queues[1]


@settings(max_examples=60, deadline=None)
@given(verdicts=seeds, answers=seeds, negatives=st.integers(0, 8))
def test_every_label_and_every_output_is_accounted_for(verdicts, answers, negatives):
    plan, trials = attacked(verdict=verdicts_by(verdicts, (*VERDICTS, "error")))
    header, strata, items = a_queue(plan, trials, negatives=negatives)
    words = ("yes", "no", "unsure", "")
    given_by = {
        reader: {
            item.trial: word
            for item in items
            if (word := Stream(answers, reader, item.id).choice(words))
        }
        for reader in ("ada", "ben")
    }
    labels = [
        label for reader, said in given_by.items() for label in labels_of(items, said, reader)
    ]
    reading = gather(items, labels)
    assert sum(len(one) for one in reading.answers.values()) == len(labels)
    tallies = [tally_stratum(header, strata[name], reading.found, 0.05) for name in strata]
    assert sum(sum(one.confusion.values()) for one in tallies) == len(items)
    for one in tallies:
        assert sum(one.confusion.values()) + one.silent + one.not_drawn == one.outputs
        assert one.bound.lower <= one.bound.upper
    unread = sum(one.count(called, Consensus.UNREAD) for one in tallies for called in Called)
    assert unread == len(reading.unread)
    both = sum(pair.agreement.items for pair in compare_readers(reading))
    assert both == sum(len(one) == 2 for one in reading.answers.values())


def a_campaign(trials, chance, sensitivity):
    """The trials with one true success in five, of which the judge misses some; and the truths."""
    said, judged = {}, []
    for trial in trials:
        true = chance.random() < 0.2
        said[trial.id] = "yes" if true else "no"
        caught = true and chance.random() < sensitivity
        outcome = OUTCOMES["success" if caught else "failure"]
        judged.append(msgspec.structs.replace(trial, outcome=outcome))
    return judged, said


def test_a_card_from_a_part_of_the_failures_does_not_flatter_the_judge():
    chance, sensitivity, runs = random.Random(20261122), 0.5, 120
    plan, every_trial = attacked(each=120)
    bare = [t for t in every_trial if t.role is TrialRole.ADVERSARIAL and t.arm is Arm.BARE]
    trials = [trial for trial in bare if trial.domain == "cyber"]
    covered, naive = 0, 0
    for seed in range(runs):
        judged, said = a_campaign(trials, chance, sensitivity)
        header, strata, items = a_queue(
            plan, judged, seed=seed, negatives=30, strata=["cyber.bare"]
        )
        found = consensus(items, said)
        outputs = strata["cyber.bare"]
        card = stratum_card(even_sample(header, outputs, found))
        covered += _lower(card.true_positives, card.positives) <= sensitivity
        tally = tally_stratum(header, outputs, found, 0.05)
        hits = tally.count(Called.SUCCESS, Consensus.YES)
        naive += _lower(hits, hits + tally.count(Called.FAILURE, Consensus.YES)) <= sensitivity
    # covers 95 % or more; 120 runs at 95 % fall below 108 with probability 0.007
    assert covered >= 108
    assert naive < 80


def _lower(hits, positives):
    try:
        return sensitivity_lower(hits, positives, 0.05)
    except NoEvidence:
        return 0.0
