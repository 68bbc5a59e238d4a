"""The rules of this folder."""

from shipworthy.frameworks.lint.finding import LintRule


def governance_rules(today: str = "") -> tuple[LintRule, ...]:
    """Return the rules of this folder; `today` (ISO 8601) is the day for which they speak."""
    del today
    return ()
