"""Lint: what is weak, missing or contradictory in a framework, one small class a rule."""

from shipworthy.frameworks.lint.engine import LintReport, Places, lint
from shipworthy.frameworks.lint.exemptions import IDLE_EXEMPTION, ExemptedFinding
from shipworthy.frameworks.lint.finding import (
    SEVERITIES,
    LintFinding,
    LintRule,
    LintSeverity,
    RuleCard,
    Subject,
)
from shipworthy.frameworks.lint.registry import lint_rules, rule_cards

__all__ = [
    "IDLE_EXEMPTION",
    "SEVERITIES",
    "ExemptedFinding",
    "LintFinding",
    "LintReport",
    "LintRule",
    "LintSeverity",
    "Places",
    "RuleCard",
    "Subject",
    "lint",
    "lint_rules",
    "rule_cards",
]
