"""The same scenarios before and after a change, and in the laboratory and in the field."""

from shipworthy.statistics.paired.scores import (
    mcnemar_exact,
    mcnemar_midp,
    relative_reduction_upper,
    tango_interval,
    tango_interval_with_unassessed,
)
from shipworthy.statistics.paired.table import (
    PairedTable,
    PairedWorstCases,
    paired_with_unassessed,
)

__all__ = [
    "PairedTable",
    "PairedWorstCases",
    "mcnemar_exact",
    "mcnemar_midp",
    "paired_with_unassessed",
    "relative_reduction_upper",
    "tango_interval",
    "tango_interval_with_unassessed",
]
