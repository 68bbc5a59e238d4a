"""Labelling: people read a campaign's outputs without knowing what the judge said. Pure.

What they find reaches findings where the plan registered the reading, and only there.
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
    is_readable,
    judged_outputs,
)
from shipworthy.stages.evaluating.labelling.presenting import (
    PresentedItem,
    Turn,
    criterion,
    is_of,
    present,
)
from shipworthy.stages.evaluating.labelling.registered import (
    RegisteredQueue,
    planned_reading,
    reading_blockers,
    reading_bounds,
    registered_header,
    registered_queue,
    supposed_reading,
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
    "RegisteredQueue",
    "StratumTally",
    "Turn",
    "compare_readers",
    "consensus_of",
    "criterion",
    "draw",
    "drawn_negatives",
    "even_sample",
    "gather",
    "is_of",
    "is_readable",
    "judged_outputs",
    "next_items",
    "planned_reading",
    "pooled_card",
    "present",
    "reading_blockers",
    "reading_bounds",
    "registered_header",
    "registered_queue",
    "stratum_card",
    "supposed_reading",
    "tally_stratum",
]
