"""Labelling: people read a campaign's outputs blind, and what follows from their labels.

Labels reach findings and decisions only where the plan registers the reading.
"""

from shipworthy.app.labelling.drawing import DrawnQueue, DrawWishes, draw_queue
from shipworthy.app.labelling.results import (
    LabelResult,
    label_result,
    labelled_card,
    write_card,
)
from shipworthy.app.labelling.sheets import read_answer, read_sheet
from shipworthy.app.labelling.work import Answer, LabelWork, open_work

__all__ = [
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
