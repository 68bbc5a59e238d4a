"""The same scenarios before and after a change, in the laboratory and in the field, as dealt."""

from shipworthy.statistics.paired.change import change_lower, change_upper
from shipworthy.statistics.paired.dealt import dealt_alike_millionths
from shipworthy.statistics.paired.field import (
    FieldCounts,
    FieldVerdict,
    field_verdict,
    log_evidence_not_worse,
    log_evidence_worse,
)
from shipworthy.statistics.paired.grouped import (
    GroupedDifference,
    ScenarioArms,
    any_success_table,
    grouped_difference,
)
from shipworthy.statistics.paired.published import (
    bonett_price,
    jeffreys,
    mcnemar_chi_square,
    newcombe_difference,
    wald_difference,
    wilson,
)
from shipworthy.statistics.paired.scores import (
    mcnemar_exact,
    mcnemar_midp,
    relative_reduction_upper,
    tango_interval,
    tango_interval_with_unassessed,
)
from shipworthy.statistics.paired.stack import StackCounts, StackReport, stack_report
from shipworthy.statistics.paired.table import (
    PairedTable,
    PairedWorstCases,
    paired_with_unassessed,
)
from shipworthy.statistics.paired.transitions import Transition, TransitionTable, transitions

__all__ = [
    "FieldCounts",
    "FieldVerdict",
    "GroupedDifference",
    "PairedTable",
    "PairedWorstCases",
    "ScenarioArms",
    "StackCounts",
    "StackReport",
    "Transition",
    "TransitionTable",
    "any_success_table",
    "bonett_price",
    "change_lower",
    "change_upper",
    "dealt_alike_millionths",
    "field_verdict",
    "grouped_difference",
    "jeffreys",
    "log_evidence_not_worse",
    "log_evidence_worse",
    "mcnemar_chi_square",
    "mcnemar_exact",
    "mcnemar_midp",
    "newcombe_difference",
    "paired_with_unassessed",
    "relative_reduction_upper",
    "stack_report",
    "tango_interval",
    "tango_interval_with_unassessed",
    "transitions",
    "wald_difference",
    "wilson",
]
