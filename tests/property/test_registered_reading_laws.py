"""Laws of registered readings: openness never helps, and order never matters.

That their limits cover is simulated in `simulations.judging`.
"""

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
