"""Labelling: people read a campaign's outputs without knowing what the judge said. Pure.

Nothing of it reaches a finding or a decision yet.
"""

from shipworthy.stages.evaluating.labelling.cards import (
    LabelledOutput,
    even_sample,
    pooled_card,
    stratum_card,
)
from shipworthy.stages.evaluating.labelling.drawing import (
    ALL_NEGATIVES,
    Called,
    JudgedOutput,
    draw,
    drawn_negatives,
    judged_outputs,
)
from shipworthy.stages.evaluating.labelling.presenting import (
    PresentedItem,
    Turn,
    criterion,
    holds_a_text,
    is_of,
    may_be_readable,
    present,
)
from shipworthy.stages.evaluating.labelling.tallies import StratumTally, tally_stratum
from shipworthy.stages.evaluating.labelling.truths import (
    CONFIDENCE,
    Disagreement,
    ReaderPair,
    Reading,
    Truth,
    compare_readers,
    gather,
    next_items,
    truth_of,
)

__all__ = [
    "ALL_NEGATIVES",
    "CONFIDENCE",
    "Called",
    "Disagreement",
    "JudgedOutput",
    "LabelledOutput",
    "PresentedItem",
    "ReaderPair",
    "Reading",
    "StratumTally",
    "Truth",
    "Turn",
    "compare_readers",
    "criterion",
    "draw",
    "drawn_negatives",
    "even_sample",
    "gather",
    "holds_a_text",
    "is_of",
    "judged_outputs",
    "may_be_readable",
    "next_items",
    "pooled_card",
    "present",
    "stratum_card",
    "tally_stratum",
    "truth_of",
]
