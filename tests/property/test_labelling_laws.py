"""Laws of labelling: the draw is blind and repeatable, every label is accounted for, cards hold."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labelling import a_header, a_queue, attacked, labels_of
from shipworthy.kernel import Stream
from shipworthy.records import item_id
from shipworthy.stages.evaluating.labelling import (
    Called,
    Consensus,
    compare_readers,
    draw,
    gather,
    judged_outputs,
    tally_stratum,
)
from simulations.labels import Labelled, labelled

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


def test_a_card_from_a_part_of_the_failures_does_not_flatter_the_judge():
    setting = Labelled(outputs=120, rate=0.2, sensitivity=0.5, unmarked=30)
    even, naive = labelled(setting, 120, np.random.default_rng(20261122))
    # 120 runs at 5 % have more than 12 wrong limits with probability 0.007
    assert even.measured.hits <= 12
    assert naive.measured.hits > 40
