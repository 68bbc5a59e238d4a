"""Lint of statistics: of the records behind a report, and of the sentences of any report."""

from shipworthy.stages.reporting.statistics_lint.of_report import (
    lint_report_input,
    recorded_in,
    refuse_impossible_statistics,
)
from shipworthy.stages.reporting.statistics_lint.recorded import (
    RECORD_RULES,
    Recorded,
    RecordFinding,
    RecordRule,
    RecordSeverity,
    lint_records,
)

__all__ = [
    "RECORD_RULES",
    "RecordFinding",
    "RecordRule",
    "RecordSeverity",
    "Recorded",
    "lint_records",
    "lint_report_input",
    "recorded_in",
    "refuse_impossible_statistics",
]
