"""Tables of the sections: rates, what people found, what changed, what was decided early."""

from shipworthy.stages.reporting.sections.tables.canaries import canary_table, canary_words
from shipworthy.stages.reporting.sections.tables.contrasts import (
    CONTRASTS,
    contrast_shares,
    contrast_table,
    in_doubt,
    is_open,
    is_shown,
    words_of,
)
from shipworthy.stages.reporting.sections.tables.early import early_table
from shipworthy.stages.reporting.sections.tables.grounds import grounds_table
from shipworthy.stages.reporting.sections.tables.languages import language_blocks
from shipworthy.stages.reporting.sections.tables.people import people_table, read_by_people
from shipworthy.stages.reporting.sections.tables.rates import (
    RateRow,
    arm_words,
    by_domain_and_arm,
    persistent_rows,
    rate_table,
)
from shipworthy.stages.reporting.sections.tables.stack import stack_blocks
from shipworthy.stages.reporting.sections.tables.transitions import transition_table

__all__ = [
    "CONTRASTS",
    "RateRow",
    "arm_words",
    "by_domain_and_arm",
    "canary_table",
    "canary_words",
    "contrast_shares",
    "contrast_table",
    "early_table",
    "grounds_table",
    "in_doubt",
    "is_open",
    "is_shown",
    "language_blocks",
    "people_table",
    "persistent_rows",
    "rate_table",
    "read_by_people",
    "stack_blocks",
    "transition_table",
    "words_of",
]
