"""The lint rules, in one place. A new rule is added to the tuple of its folder."""

from shipworthy.frameworks.lint.coverage import COVERAGE_RULES
from shipworthy.frameworks.lint.exemptions import IDLE_EXEMPTION
from shipworthy.frameworks.lint.finding import LintRule, RuleCard
from shipworthy.frameworks.lint.governance import governance_rules
from shipworthy.frameworks.lint.logic import LOGIC_RULES
from shipworthy.frameworks.lint.text import TEXT_RULES


def lint_rules(today: str = "") -> tuple[LintRule, ...]:
    """Return every rule. `today` (ISO 8601) is the day on which a review date is past or not.

    Without it, no date is past.
    """
    return (*TEXT_RULES, *LOGIC_RULES, *governance_rules(today), *COVERAGE_RULES)


def rule_cards() -> tuple[RuleCard, ...]:
    """Return what people read about every rule, the engine's own among them."""
    return (*lint_rules(), IDLE_EXEMPTION)
