"""Calibration: how often each judge was right, on labelled sets, as cards; canaries of the sets."""

from shipworthy.instruments.judges.calibration.canaries import (
    AnswerFile,
    CanarySet,
    answer_of,
    canaries_of,
    compute_answers,
    stored_answers,
)
from shipworthy.instruments.judges.calibration.cards import (
    CardFile,
    calibrate,
    compute_cards,
    default_card,
    pool_cards,
    stored_cards,
)
from shipworthy.instruments.judges.calibration.human import HUMAN_SETS, read_human_set
from shipworthy.instruments.judges.calibration.labelled import (
    LabelledItem,
    LabelledSet,
    built_in_set,
    read_labelled,
)
from shipworthy.instruments.judges.calibration.scanning import (
    ScannedItem,
    suspicion_card,
    suspicion_items,
)

__all__ = [
    "HUMAN_SETS",
    "AnswerFile",
    "CanarySet",
    "CardFile",
    "LabelledItem",
    "LabelledSet",
    "ScannedItem",
    "answer_of",
    "built_in_set",
    "calibrate",
    "canaries_of",
    "compute_answers",
    "compute_cards",
    "default_card",
    "pool_cards",
    "read_human_set",
    "read_labelled",
    "stored_answers",
    "stored_cards",
    "suspicion_card",
    "suspicion_items",
]
