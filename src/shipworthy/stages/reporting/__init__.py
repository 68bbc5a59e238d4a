"""Reporting: one typed document, every number a claim, rendered as a page and as JSON."""

from shipworthy.stages.reporting.build import (
    SECTION_IDS,
    SECTIONS,
    SectionBuilder,
    build_report,
)
from shipworthy.stages.reporting.cells import (
    BY_LANGUAGE,
    AgentCell,
    AttackLimits,
    HumanBaseline,
    LanguageCell,
    LiveRecords,
    ShownClock,
    ShownConfirmation,
    ShownCounts,
    ShownWatch,
    agent_cells,
    attack_limits,
    human_baselines,
    language_cells,
)
from shipworthy.stages.reporting.claims import ClaimBook
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import Document, Section
from shipworthy.stages.reporting.html import render_html
from shipworthy.stages.reporting.inputs import (
    AttackCell,
    ClauseEntry,
    IgnoredSignOff,
    NewBreach,
    ReportInput,
    ScenarioEntry,
    SubmissionHistory,
    TrialCounts,
)
from shipworthy.stages.reporting.json_format import render_json
from shipworthy.stages.reporting.statistics_lint import (
    Recorded,
    RecordFinding,
    lint_records,
    refuse_impossible_statistics,
)

__all__ = [
    "BY_LANGUAGE",
    "SECTIONS",
    "SECTION_IDS",
    "AgentCell",
    "AttackCell",
    "AttackLimits",
    "ClaimBook",
    "ClauseEntry",
    "Context",
    "Document",
    "HumanBaseline",
    "IgnoredSignOff",
    "LanguageCell",
    "LiveRecords",
    "NewBreach",
    "RecordFinding",
    "Recorded",
    "ReportInput",
    "ScenarioEntry",
    "Section",
    "SectionBuilder",
    "ShownClock",
    "ShownConfirmation",
    "ShownCounts",
    "ShownWatch",
    "SubmissionHistory",
    "TrialCounts",
    "agent_cells",
    "attack_limits",
    "build_report",
    "human_baselines",
    "language_cells",
    "lint_records",
    "refuse_impossible_statistics",
    "render_html",
    "render_json",
]
