"""Calibration cards: computed by code from labelled sets, stored, and recomputed by a test."""

from pathlib import Path
from typing import Final

from shipworthy.instruments.judges.calibration.human import HUMAN_SETS, read_human_set
from shipworthy.instruments.judges.calibration.labelled import LabelledSet, built_in_set
from shipworthy.instruments.judges.judge import JUDGES, Judge
from shipworthy.kernel import Problem, Record, did_you_mean, read_record
from shipworthy.records import CalibrationCard

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
    return (*own, *(calibrate(JUDGES["refusal"], each) for each in labelled))


def stored_cards() -> tuple[CalibrationCard, ...]:
    """Return the cards stored with the product."""
    path = Path(__file__).parent / "cards.json"
    return read_record(path.read_bytes(), CardFile, path.name).cards


def default_card(judge: str) -> CalibrationCard:
    """Return the stored card of a judge; of several, the least flattering.

    The least flattering has the smallest sum of sensitivity and specificity.

    Raises:
        Problem: `judge-unknown`.
    """
    cards = [card for card in stored_cards() if card.judge == judge]
    if not cards:
        raise Problem.of(
            "judge-unknown", f"no card for judge `{judge}`", help=did_you_mean(judge, JUDGES)
        )
    return min(cards, key=_informedness)


def _informedness(card: CalibrationCard) -> float:
    return card.true_positives / card.positives + card.true_negatives / card.negatives
