"""Labelling: people read a campaign's outputs blind, and what follows from their labels.

Labels change no finding and no decision.
"""

from shipworthy.app.labelling.drawing import DrawnQueue, DrawWishes, draw_queue
from shipworthy.app.labelling.results import (
    NOT_READ_BY_THE_GATE,
    LabelResult,
    label_result,
    labelled_card,
    write_card,
)
from shipworthy.app.labelling.sheets import WORDS, read_answer, read_sheet
from shipworthy.app.labelling.work import Answer, LabelWork, open_work

__all__ = [
    "NOT_READ_BY_THE_GATE",
    "WORDS",
    "Answer",
    "DrawWishes",
    "DrawnQueue",
    "LabelResult",
    "LabelWork",
    "draw_queue",
    "label_result",
    "labelled_card",
    "open_work",
    "read_answer",
    "read_sheet",
    "write_card",
]
