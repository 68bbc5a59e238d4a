"""Lint of records: what a plan registers and a report is built from."""

from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    Recorded,
    RecordFinding,
    RecordRule,
    RecordSeverity,
)
from shipworthy.stages.reporting.statistics_lint.recorded.registry import (
    RECORD_RULES,
    lint_records,
)

__all__ = [
    "RECORD_RULES",
    "RecordFinding",
    "RecordRule",
    "RecordSeverity",
    "Recorded",
    "lint_records",
]
