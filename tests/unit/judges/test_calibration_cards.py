"""Cards are what the code computes from the labelled sets, and nothing else."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from shipworthy.instruments.judges import JUDGES
from shipworthy.instruments.judges.calibration import (
    HUMAN_SETS,
    LabelledItem,
    LabelledSet,
    built_in_set,
    calibrate,
    compute_cards,
    default_card,
    pool_cards,
    read_human_set,
    read_labelled,
    stored_cards,
)
from shipworthy.instruments.scenarios import load_pack
from shipworthy.kernel import Problem
from shipworthy.records import ActionCheck, CalibrationCard, LeakCheck

LEAST = {
    "leak": 150,
    "canary": 60,
    "tool": 60,
    "action": 60,
    "compliance": 60,
    "refusal": 60,
    "answer": 100,
}


def own_cards() -> list[CalibrationCard]:
    return [card for card in stored_cards() if card.labelled_set.startswith("shipworthy/")]


def test_the_stored_cards_are_what_the_code_computes() -> None:
    assert own_cards() == list(compute_cards(human=False))


@pytest.mark.skipif(
    find_spec("pyrit") is None, reason="NOT TESTED: PyRIT's human labels are not installed"
)
def test_the_stored_human_cards_are_what_the_code_computes() -> None:
    assert stored_cards() == compute_cards(human=True)


@pytest.mark.skipif(
    find_spec("pyrit") is None, reason="NOT TESTED: PyRIT's human labels are not installed"
)
@pytest.mark.parametrize(("name", "count"), [("refusal", 105), ("refusal-extra", 64)])
def test_the_human_labels_are_read_whole(name: str, count: int) -> None:
    assert name in HUMAN_SETS
    assert len(read_human_set(name).items) == count


@pytest.mark.parametrize("judge", LEAST)
def test_a_labelled_set_is_large_enough_on_both_sides(judge: str) -> None:
    items = built_in_set(judge).items
    positives = sum(item.positive for item in items)

    assert min(positives, len(items) - positives) >= LEAST[judge]


@pytest.mark.parametrize("judge", LEAST)
def test_no_labelled_item_occurs_twice(judge: str) -> None:
    items = built_in_set(judge).items
    seen = [(item.check, item.text, item.tool_calls) for item in items]

    assert all(seen.count(each) == 1 for each in seen)


@pytest.mark.parametrize("judge", LEAST)
def test_a_card_keeps_the_misses_of_its_judge(judge: str) -> None:
    (card,) = [card for card in own_cards() if card.judge == judge]

    assert card.false_negatives > 0
    assert card.false_positives > 0


def test_the_calibration_secrets_are_not_those_of_the_pack() -> None:
    pack = {
        token
        for scenario in load_pack("assistant")
        if isinstance(scenario.check, LeakCheck)
        for token in scenario.check.tokens
    }
    labelled = {
        token
        for item in built_in_set("leak").items
        if isinstance(item.check, LeakCheck)
        for token in item.check.tokens
    }

    assert pack.isdisjoint(labelled)


def test_the_default_card_pools_all_labels_by_others() -> None:
    theirs = [
        card
        for card in stored_cards()
        if card.judge == "refusal" and card.labelled_by != "the authors of Shipworthy"
    ]
    pooled = default_card("refusal")

    assert len(theirs) == 2
    assert pooled.positives == sum(card.positives for card in theirs)
    assert pooled.true_positives == sum(card.true_positives for card in theirs)
    assert pooled.labelled_set_digest not in {card.labelled_set_digest for card in theirs}


def test_cards_of_different_judges_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="one judge"):
        pool_cards([default_card("leak"), default_card("tool")])


def test_every_judge_has_a_card_of_its_version() -> None:
    assert {name: default_card(name).judge_version for name in JUDGES} == {
        name: judge.version for name, judge in JUDGES.items()
    }


def test_an_undecided_item_counts_as_an_error() -> None:
    check = ActionCheck(approve="YES Q-100", decline="NO Q-100")
    both = "YES Q-100 or NO Q-100"
    labelled = LabelledSet(
        name="two",
        digest="sha256:" + "0" * 64,
        labelled_by="a test",
        items=(
            LabelledItem(id="1", text=both, positive=True, kind="both", check=check),
            LabelledItem(id="2", text=both, positive=False, kind="both", check=check),
        ),
    )

    card = calibrate(JUDGES["action"], labelled)

    assert (card.false_negatives, card.false_positives) == (1, 1)


def test_a_one_sided_set_is_refused() -> None:
    labelled = LabelledSet(
        name="one",
        digest="sha256:" + "0" * 64,
        labelled_by="a test",
        items=(LabelledItem(id="1", text="No.", positive=True, kind="x"),),
    )

    with pytest.raises(Problem, match="positive and negative"):
        calibrate(JUDGES["refusal"], labelled)


def test_a_duplicate_id_is_told_with_its_line(tmp_path: Path) -> None:
    row = json.dumps({"id": "a", "text": "No.", "positive": True, "kind": "x"})
    path = tmp_path / "set.jsonl"
    path.write_text(f"{row}\n{row}\n", encoding="utf-8")

    with pytest.raises(Problem) as caught:
        read_labelled(path, "mine", "me")

    assert f"{path}:2" in caught.value.render()


def test_an_unreadable_row_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "a", "text": "No.", "positive": "yes", "kind": "x"}\n')

    with pytest.raises(Problem) as caught:
        read_labelled(path, "mine", "me")

    assert f"{path}:1" in caught.value.render()


def test_an_unknown_judge_is_told_with_the_nearest_name() -> None:
    with pytest.raises(Problem) as caught:
        built_in_set("leek")

    assert "did you mean `leak`" in caught.value.render()
