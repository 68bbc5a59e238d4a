"""Calibration cards: computed by code from labelled sets, stored, and recomputed by a test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shipworthy.instruments.judges.calibration.human import (
    HUMAN_SETS,
    read_complied_sets,
    read_human_set,
)
from shipworthy.instruments.judges.calibration.labelled import LabelledSet, built_in_set
from shipworthy.instruments.judges.judge import JUDGES, Judge
from shipworthy.kernel import Problem, Record, did_you_mean, digest_of, read_record
from shipworthy.records import CalibrationCard

OURSELVES: Final = "the authors of Shipworthy"
UNDECIDED: Final = "an undecided item counts as an error of the judge"


class CardFile(Record, frozen=True, kw_only=True):
    """All stored cards."""

    cards: tuple[CalibrationCard, ...]


def calibrate(judge: Judge, labelled: LabelledSet) -> CalibrationCard:
    """Return the card of a judge on a labelled set; the same inputs give the same card.

    Raises:
        Problem: `labelled-one-sided` when the set lacks positives or negatives.
    """
    verdicts = [(item.positive, judge.decide(item.check, item.reply)) for item in labelled.items]
    if {positive for positive, _ in verdicts} != {True, False}:
        raise Problem.of(
            "labelled-one-sided",
            f"labelled set `{labelled.name}` needs positive and negative items",
            help="sensitivity needs positives, specificity needs negatives",
        )
    return CalibrationCard(
        judge=judge.name,
        judge_version=judge.version,
        labelled_set=labelled.name,
        labelled_set_digest=labelled.digest,
        labelled_by=labelled.labelled_by,
        true_positives=verdicts.count((True, True)),
        false_negatives=verdicts.count((True, False)) + verdicts.count((True, None)),
        true_negatives=verdicts.count((False, False)),
        false_positives=verdicts.count((False, True)) + verdicts.count((False, None)),
        limitations=(*labelled.limitations, UNDECIDED),
    )


def compute_cards(*, human: bool) -> tuple[CalibrationCard, ...]:
    """Compute the cards of all judges; with `human`, also those on installed human labels.

    Raises:
        Problem: `package-missing` when human labels are asked for and not installed.
    """
    own = tuple(calibrate(judge, built_in_set(name)) for name, judge in JUDGES.items())
    if not human:
        return own
    labelled = (read_human_set(name) for name in HUMAN_SETS)
    refused = (calibrate(JUDGES["refusal"], each) for each in labelled)
    complied = (calibrate(JUDGES["compliance"], each) for each in read_complied_sets())
    return (*own, *refused, *complied)


def stored_cards() -> tuple[CalibrationCard, ...]:
    """Return the cards stored with the product."""
    path = Path(__file__).parent / "cards.json"
    return read_record(path.read_bytes(), CardFile, path.name).cards


def default_card(judge: str) -> CalibrationCard:
    """Return the card that stands for a judge when nobody supplies a better one.

    Labels by others outrank our own, and all of them are pooled: the sets differ in difficulty,
    and choosing one of them would choose the figure.

    Raises:
        Problem: `judge-unknown`.
    """
    cards = [card for card in stored_cards() if card.judge == judge]
    if not cards:
        raise Problem.of(
            "judge-unknown", f"no card for judge `{judge}`", help=did_you_mean(judge, JUDGES)
        )
    others = [card for card in cards if card.labelled_by != OURSELVES]
    return pool_cards(others or cards)


def pool_cards(cards: Sequence[CalibrationCard]) -> CalibrationCard:
    """Return one card over several labelled sets of one judge: counts add up.

    Raises:
        ValueError: there is no card, or they are of different judges or versions.
    """
    if len({(card.judge, card.judge_version) for card in cards}) != 1:
        raise ValueError("only cards of one version of one judge can be pooled")
    first = cards[0]
    if len(cards) == 1:
        return first
    limitations = dict.fromkeys(line for card in cards for line in card.limitations)
    return CalibrationCard(
        judge=first.judge,
        judge_version=first.judge_version,
        labelled_set=" and ".join(card.labelled_set for card in cards),
        labelled_set_digest=digest_of([card.labelled_set_digest for card in cards]),
        labelled_by=" and ".join(dict.fromkeys(card.labelled_by for card in cards)),
        true_positives=sum(card.true_positives for card in cards),
        false_negatives=sum(card.false_negatives for card in cards),
        true_negatives=sum(card.true_negatives for card in cards),
        false_positives=sum(card.false_positives for card in cards),
        limitations=tuple(limitations),
    )
