"""Canaries come from the labelled sets, and the stored answers are those that made the cards."""

from dataclasses import replace

import pytest

from shipworthy.instruments.judges import JUDGES
from shipworthy.instruments.judges.calibration import (
    answer_of,
    built_in_set,
    canaries,
    canaries_of,
    compute_answers,
    default_card,
    stored_answers,
    stored_cards,
)
from shipworthy.kernel import ExitCode, Problem, digest_of

OWN = {card.judge: card for card in stored_cards() if card.labelled_set.startswith("shipworthy/")}


def test_the_stored_answers_are_what_the_judges_say() -> None:
    assert stored_answers() == compute_answers()


@pytest.mark.parametrize("judge", JUDGES)
def test_the_answers_give_the_counts_of_the_card_on_the_same_items(judge: str) -> None:
    key, card = canaries_of(judge).key, OWN[judge]
    rows = [(item.positive, item.answer) for item in key.items]

    assert key.labelled_set_digest == card.labelled_set_digest
    assert key.judge_version == card.judge_version
    assert rows.count((True, "yes")) == card.true_positives
    assert rows.count((False, "no")) == card.true_negatives
    assert len(rows) == card.positives + card.negatives


@pytest.mark.parametrize("judge", JUDGES)
def test_the_card_that_the_gate_reads_is_of_the_version_whose_answers_are_stored(
    judge: str,
) -> None:
    assert default_card(judge).judge_version == canaries_of(judge).key.judge_version


@pytest.mark.parametrize("judge", JUDGES)
def test_a_key_holds_digests_and_no_text_of_an_item(judge: str) -> None:
    found = canaries_of(judge)
    assert {item.item for item in found.key.items} == set(found.items)
    assert all(digest_of(item) == digest for digest, item in found.items.items())
    written = str(found.key)
    assert not any(item.text in written for item in built_in_set(judge).items if len(item.text) > 5)


def test_a_judge_that_raises_has_answered_wrongly_and_no_more() -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("no state")

    item = built_in_set("leak").items[0]
    assert answer_of(JUDGES["leak"], item) == "yes"
    assert answer_of(replace(JUDGES["leak"], decide=broken), item) == "error"


def test_answers_to_another_set_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = built_in_set("tool")
    monkeypatch.setattr(canaries, "built_in_set", lambda _judge: other)
    canaries_of.cache_clear()
    try:
        with pytest.raises(Problem) as caught:
            canaries_of("leak")
    finally:
        canaries_of.cache_clear()
    assert caught.value.diagnostics[0].code == "canaries-altered"
    assert caught.value.exit_code is ExitCode.INTEGRITY
