"""Labelling: people read a campaign's outputs without knowing what the judge said. Pure.

Nothing of it reaches a finding or a decision yet.
"""

from shipworthy.stages.evaluating.labelling.cards import (
    LabelledOutput,
    even_sample,
    pooled_card,
    stratum_card,
)
from shipworthy.stages.evaluating.labelling.consensus import (
    CONFIDENCE,
    Consensus,
    Disagreement,
    ReaderPair,
    Reading,
    compare_readers,
    consensus_of,
    gather,
    next_items,
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

__all__ = [
    "ALL_NEGATIVES",
    "CONFIDENCE",
    "Called",
    "Consensus",
    "Disagreement",
    "JudgedOutput",
    "LabelledOutput",
    "PresentedItem",
    "ReaderPair",
    "Reading",
    "StratumTally",
    "Turn",
    "compare_readers",
    "consensus_of",
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
]
