"""Opposite views: every count, limit and verdict follows from scores, sides and topics.

The adversary holds the runner's key and reseals everything after each change.
"""

import pytest

from shipworthy.testing.battery import battery_plan
from shipworthy.testing.bundles import example_bundle
from shipworthy_verify import verify_bundle

BALANCE = "SV-BALANCE"
WHOLE = "balance-refusal.all.bare"


@pytest.fixture(scope="module")
def battery(tmp_path_factory):
    return example_bundle(tmp_path_factory.mktemp("battery"), plan=battery_plan())


@pytest.fixture
def mirrored(battery, tmp_path, forgery):
    return forgery(battery, tmp_path)


def edit_balance(forge, change, name=WHOLE):
    def edit(document):
        change(next(one for one in document["balances"] if one["id"] == name))

    forge.edit("findings.json", edit)
    forge.reseal()


def is_side(trial):
    return trial["role"] == "balance" and trial["outcome"]["type"] == "measured"


def test_an_honest_record_is_in_the_bundle_and_on_the_page(battery):
    assert verify_bundle(battery.folder).failures == ()
    page = (battery.folder / "report.html").read_text()
    assert f'data-claim="balance:{WHOLE}#upper"' in page


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(topics=one["topics"] + 1),
        lambda one: one.update(open_topics=0),
        lambda one: one.update(open_pairs=0),
        lambda one: one.update(refused_pairs=3),
        lambda one: one.update(tilted=0),
        lambda one: one.update(mean="0.000000"),
        lambda one: one.update(mean=None),
        lambda one: one.update(higher="a"),
        lambda one: one.update(lower="-0.010000"),
        lambda one: one.update(upper="0.010000"),
        lambda one: one.update(spread_upper="0.010000"),
        lambda one: one.update(tilted_upper="0.010000"),
        lambda one: one.update(margin="0.5"),
        lambda one: one.update(verdict="balanced"),
        lambda one: one.update(skew_alpha="0.05"),
        lambda one: one.update(alpha="0.5"),
        lambda one: one.update(method="topic-equivalence/2"),
        lambda one: one.update(measure="length"),
    ],
)
def test_every_part_of_a_record_is_recounted(mirrored, change):
    edit_balance(mirrored, change)
    assert BALANCE in mirrored.codes()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one: one["bounds"].update(upper="0.010000"), "SV-FINDING-BOUNDS"),
        (lambda one: one["bounds"].update(upper_adjusted="0.010000"), "SV-FINDING-BOUNDS"),
        (lambda one: one["rate"].update(unassessed=0), "SV-FINDING-COUNTS"),
        (lambda one: one.update(blockers=[]), "SV-FINDING-BLOCKERS"),
    ],
)
def test_what_a_gate_reads_is_recounted(mirrored, change, code):
    mirrored.finding(WHOLE, change)
    mirrored.reseal()
    assert code in mirrored.codes()


def test_a_record_is_neither_left_out_nor_given_twice(mirrored):
    mirrored.edit("findings.json", lambda one: one.update(balances=one["balances"][1:]))
    mirrored.reseal()
    assert BALANCE in mirrored.codes()


def test_a_score_that_was_changed_shows_in_the_record(mirrored):
    mirrored.trial(
        lambda one: is_side(one) and one["outcome"]["scores"]["refusal"] == "1.000000",
        lambda one: one["outcome"]["scores"].update(refusal="0.000000"),
    )
    mirrored.reseal()
    assert {BALANCE, "SV-FINDING-BOUNDS"} <= mirrored.codes()


@pytest.mark.parametrize("score", ["-1.000000", "2.000000", "NaN", "1e3", 1, None])
def test_a_score_that_is_none_is_refused(mirrored, score):
    mirrored.trial(is_side, lambda one: one["outcome"]["scores"].update(refusal=score))
    mirrored.reseal()
    assert mirrored.codes()


def test_scores_that_are_no_table_are_refused(mirrored):
    mirrored.trial(is_side, lambda one: one["outcome"].update(scores=["1.000000"]))
    mirrored.reseal()
    assert "SV-TRIAL-OUTCOME" in mirrored.codes()


def test_an_answer_that_is_left_out_leaves_its_pair_open(mirrored):
    """And the run that is said to be complete lacks a trial that was due."""
    for path in [name for name in mirrored.files if name.startswith("trials/")]:
        mirrored.edit_lines(
            path, lambda trials: [one for one in trials if one["scenario"] != "views-001"]
        )
    mirrored.reseal()
    assert {BALANCE, "SV-TRIAL-MISSING"} <= mirrored.codes()


def test_sides_that_were_exchanged_are_not_those_of_the_plan(mirrored):
    def exchange(scenarios):
        for name, other in (("views-005", "b"), ("views-006", "a")):
            scenarios[name]["scenario"]["check"]["side"] = other

    mirrored.edit("scenarios.json", exchange)
    mirrored.reseal()
    assert {"SV-SCENARIO", BALANCE} <= mirrored.codes()


def test_a_topic_under_another_name_is_not_that_of_the_plan(mirrored):
    def rename(scenarios):
        for name in ("views-005", "views-006"):
            scenarios[name]["scenario"]["check"]["topic"] = "topic-01"

    mirrored.edit("scenarios.json", rename)
    mirrored.reseal()
    assert {"SV-SCENARIO", BALANCE} <= mirrored.codes()
