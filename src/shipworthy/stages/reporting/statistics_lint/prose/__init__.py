"""Lint of prose: statistical statements of any report that cannot carry what they claim."""

from shipworthy.stages.reporting.statistics_lint.prose.finding import (
    ProseFinding,
    ProseRule,
    Sureness,
)
from shipworthy.stages.reporting.statistics_lint.prose.passages import Passage, Prose, Sentence
from shipworthy.stages.reporting.statistics_lint.prose.reading import read_prose
from shipworthy.stages.reporting.statistics_lint.prose.registry import PROSE_RULES, lint_prose

__all__ = [
    "PROSE_RULES",
    "Passage",
    "Prose",
    "ProseFinding",
    "ProseRule",
    "Sentence",
    "Sureness",
    "lint_prose",
    "read_prose",
]
