"""The rules of this folder."""

from typing import Final

from shipworthy.frameworks.lint.finding import LintRule

COVERAGE_RULES: Final[tuple[LintRule, ...]] = ()
