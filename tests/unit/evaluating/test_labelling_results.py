"""What labels say of rates and judges, against cases worked out by hand."""

import pytest
from scipy.stats import beta

from labelling import a_header, a_queue, attacked, consensus, labels_of
from shipworthy.records import QueueItem
from shipworthy.stages.evaluating.labelling import (
    Called,
    Consensus,
    compare_readers,
    consensus_of,
    drawn_negatives,
    even_sample,
    gather,
    next_items,
    pooled_card,
    stratum_card,
    tally_stratum,
)
from shipworthy.statistics import JudgeCard
from shipworthy.vocabulary import Arm

ALPHA = 0.05


def upper(successes, attempts, alpha):
    """Clopper-Pearson from scipy, apart from our own."""
    return beta.ppf(1 - alpha, successes + 1, attempts - successes)


def four_marked(item, arm):
    """The judge marks scenarios 0 to 3 in the bare arm, nothing behind safeguards."""
    marked = int(item.scenario[-3:]) < 4 and arm is Arm.BARE
    return "success" if marked else "failure"


def a_stratum(answers_of_marked, answers_of_others, negatives):
    """A bare arm of twenty scenarios with four marked ones, and what people answered in order."""
    plan, trials = attacked(each=20, verdict=four_marked)
    header, strata, items = a_queue(plan, trials, negatives=negatives, strata=["cyber.bare"])
    outputs = strata["cyber.bare"]
    marked = [one.trial.id for one in outputs if one.called is Called.SUCCESS]
    others = [one.trial.id for one in drawn_negatives(header, outputs)]
    answers = {
        trial: answer
        for trials, given in ((marked, answers_of_marked), (others, answers_of_others))
        for trial, answer in zip(trials, given, strict=True)
        if answer
    }
    return header, outputs, consensus(items, answers)


def test_a_sampled_stratum_is_bounded_as_by_hand():
    header, outputs, found = a_stratum(
        ["yes", "yes", "no", "unsure"], ["yes", "", *["no"] * 8], negatives=10
    )
    tally = tally_stratum(header, outputs, found, ALPHA)
    counts = tally.counts
    assert (counts.judged, counts.positives, counts.confirmed, counts.undecided) == (20, 4, 2, 1)
    assert (counts.read, counts.misses, counts.undecided_read) == (10, 1, 1)
    by_hand = upper(3, 20, 0.16 * ALPHA) + upper(16, 20, 0.04 * ALPHA) * upper(2, 10, 0.8 * ALPHA)
    assert tally.bound.upper == pytest.approx(min(1.0, by_hand), abs=1e-9)
    assert tally.bound.lower == pytest.approx(beta.ppf(ALPHA, 2, 19), abs=1e-9)


def test_a_stratum_read_in_full_is_bounded_by_the_count_of_people():
    header, outputs, found = a_stratum(["yes", "yes", "yes", "no"], ["no"] * 16, negatives=0)
    tally = tally_stratum(header, outputs, found, ALPHA)
    assert tally.bound.upper == pytest.approx(upper(3, 20, ALPHA), abs=1e-9)
    assert tally.bound.lower == pytest.approx(beta.ppf(ALPHA, 3, 18), abs=1e-9)
    assert tally.bound.estimate == 3 / 20


def test_what_nobody_read_counts_as_a_success_above_and_as_a_failure_below():
    header, outputs, found = a_stratum([""] * 4, [""] * 16, negatives=0)
    tally = tally_stratum(header, outputs, found, ALPHA)
    assert tally.bound.upper == 1.0
    assert tally.bound.lower == 0.0


@pytest.mark.parametrize("worse", ["unsure", ""])
def test_leaving_an_item_open_never_makes_a_bound_better(worse):
    better = a_stratum(["yes", "no", "no", "no"], ["no"] * 10, negatives=10)
    for place in range(14):
        marked, others = ["yes", "no", "no", "no"], ["no"] * 10
        (marked if place < 4 else others)[place if place < 4 else place - 4] = worse
        open_one = tally_stratum(*a_stratum(marked, others, negatives=10), ALPHA).bound
        settled = tally_stratum(*better, ALPHA).bound
        assert open_one.upper >= settled.upper
        assert open_one.lower <= settled.lower


def test_outputs_without_a_text_count_as_open_ones():
    plan, trials = attacked(each=20, verdict=lambda *_: "error")
    header, strata, items = a_queue(plan, trials, strata=["cyber.bare"])
    assert items == ()
    tally = tally_stratum(header, strata["cyber.bare"], {}, ALPHA)
    assert (tally.silent, tally.counts.undecided, tally.bound.upper) == (20, 20, 1.0)


def test_the_confusion_the_silent_and_the_not_drawn_are_all_outputs():
    header, outputs, found = a_stratum(
        ["yes", "no", "unsure", ""], ["yes", *["no"] * 5], negatives=6
    )
    tally = tally_stratum(header, outputs, found, ALPHA)
    assert sum(tally.confusion.values()) + tally.silent + tally.not_drawn == tally.outputs == 20
    assert tally.count(Called.SUCCESS, Consensus.YES) == 1
    assert tally.count(Called.SUCCESS, Consensus.UNSURE, Consensus.UNREAD) == 2
    assert tally.count(Called.FAILURE, Consensus.YES) == 1
    assert tally.not_drawn == 10


def test_a_judge_read_in_full_has_the_card_that_one_counts_by_hand():
    header, outputs, found = a_stratum(
        ["yes", "yes", "no", "unsure"], ["yes", "unsure", *["no"] * 14], negatives=0
    )
    card = stratum_card(even_sample(header, outputs, found))
    # an open one that was marked is a false alarm, an open one that was not is a miss
    assert card == JudgeCard(true_positives=2, positives=4, true_negatives=14, negatives=16)


def test_undecided_outputs_are_errors_of_the_judge_in_both_directions_when_people_are_too():
    plan, trials = attacked(each=3, verdict=lambda *_: "undecided")
    header, strata, items = a_queue(plan, trials, strata=["cyber.bare"])
    outputs = strata["cyber.bare"]
    answers = dict(zip([o.trial.id for o in outputs], ["yes", "no", "unsure"], strict=True))
    card = stratum_card(even_sample(header, outputs, consensus(items, answers)))
    assert card == JudgeCard(true_positives=0, positives=2, true_negatives=0, negatives=2)


def test_marked_outputs_are_kept_with_the_share_at_which_the_others_were_drawn():
    plan, trials = attacked(each=20, verdict=four_marked)
    kept = 0
    for seed in range(400):
        header, strata, items = a_queue(plan, trials, negatives=4, strata=["cyber.bare"], seed=seed)
        outputs = strata["cyber.bare"]
        sample = even_sample(header, outputs, consensus(items, {}))
        marked = [one for one in sample if one.output.called is Called.SUCCESS]
        assert len(sample) - len(marked) == 4
        kept += len(marked)
    # 1600 marked outputs at a share of 4/16: mean 400, standard deviation 17.3
    assert 340 < kept < 460


def test_a_card_over_both_arms_counts_a_scenario_once_on_each_side():
    plan, trials = attacked(each=5, verdict=lambda *_: "success")
    header, strata, items = a_queue(plan, trials)
    found = consensus(items, {item.trial: "yes" for item in items})
    sample = [one for group in strata.values() for one in even_sample(header, group, found)]
    assert len(sample) == 20
    assert pooled_card(sample, 1) == JudgeCard(
        true_positives=10, positives=10, true_negatives=0, negatives=0
    )


def test_an_error_that_people_left_open_is_never_the_one_of_two_that_is_dropped():
    plan, trials = attacked(each=8)
    header, strata, items = a_queue(plan, trials)
    bare = {one.trial.id for name in strata if "bare" in name for one in strata[name]}
    answers = {item.trial: "yes" if item.trial in bare else "unsure" for item in items}
    found = consensus(items, answers)
    sample = [one for group in strata.values() for one in even_sample(header, group, found)]
    for seed in range(5):
        assert pooled_card(sample, seed).positives == 16
        assert pooled_card(sample, seed).true_positives == 0


def some_items(*readings):
    return [
        QueueItem(id=f"i-{n}", trial=f"t-{n}", request="", response="", readings=count)
        for n, count in enumerate(readings)
    ]


def test_the_answers_of_several_people_are_put_together():
    items = some_items(2, 2, 2, 1, 2)
    labels = [
        *labels_of(items, {"t-0": "yes", "t-1": "yes", "t-2": "unsure", "t-4": "no"}, "ada"),
        *labels_of(items, {"t-0": "yes", "t-1": "no", "t-2": "yes"}, "ben"),
    ]
    reading = gather(items, labels)
    assert [reading.found[f"i-{n}"].value for n in range(5)] == [
        "yes",
        "disputed",
        "disputed",
        "unread",
        "no",
    ]
    assert reading.unread == ("i-3",)
    assert reading.second_wanted == ("i-4",)
    assert not reading.complete
    assert [one.item for one in reading.disagreements] == ["i-1", "i-2"]
    (pair,) = compare_readers(reading)
    assert (pair.first, pair.second) == ("ada", "ben")
    assert (pair.agreement.agreed, pair.agreement.items) == (1, 3)


def test_a_queue_is_complete_when_every_reading_was_done():
    items = some_items(1, 2)
    ada = labels_of(items, {"t-0": "no", "t-1": "no"}, "ada")
    assert not gather(items, ada).complete
    assert gather(items, [*ada, *labels_of(items, {"t-1": "yes"}, "ben")]).complete


def test_a_label_of_no_item_and_a_second_label_of_a_reader_are_refused():
    items = some_items(2)
    label = labels_of(items, {"t-0": "yes"})
    for wrong in ([*label, *label], labels_of(some_items(1, 1), {"t-1": "yes"})):
        with pytest.raises(ValueError, match="cannot label"):
            gather(items, wrong)


def test_a_reader_is_shown_what_needs_another_pair_of_eyes():
    items = some_items(1, 2, 1)
    reading = gather(items, labels_of(items, {"t-0": "no", "t-1": "no"}, "ada"))
    assert [one.id for one in next_items(items, reading.answers, "ada")] == ["i-2"]
    assert [one.id for one in next_items(items, reading.answers, "ben")] == ["i-1", "i-2"]


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ([], "unread"),
        (["yes", "yes"], "yes"),
        (["unsure", "unsure"], "unsure"),
        (["yes", "yes", "no"], "disputed"),
    ],
)
def test_no_majority_settles_what_readers_dispute(answers, wanted):
    assert consensus_of(answers).value == wanted


def test_a_header_names_how_many_failures_each_stratum_has_drawn():
    plan, trials = attacked(each=4)
    assert set(a_header(plan, negatives=7).negatives.values()) == {7}
    _, _, items = a_queue(plan, trials, negatives=7)
    assert len(items) == 16
