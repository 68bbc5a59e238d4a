"""Tables that several sections show: rates, what changed between arms, what was decided early."""

from shipworthy.stages.reporting.sections.tables.early import early_table
from shipworthy.stages.reporting.sections.tables.grounds import grounds_table
from shipworthy.stages.reporting.sections.tables.rates import (
    RateRow,
    arm_words,
    by_domain_and_arm,
    persistent_rows,
    rate_table,
)
from shipworthy.stages.reporting.sections.tables.transitions import transition_table

__all__ = [
    "RateRow",
    "arm_words",
    "by_domain_and_arm",
    "early_table",
    "grounds_table",
    "persistent_rows",
    "rate_table",
    "transition_table",
]
