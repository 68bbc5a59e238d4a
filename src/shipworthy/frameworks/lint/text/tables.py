"""The rules of this folder."""

from typing import Final

from shipworthy.frameworks.lint.finding import LintRule
from shipworthy.frameworks.lint.text.hedges import HEDGE_RULES

TEXT_RULES: Final[tuple[LintRule, ...]] = (*HEDGE_RULES,)
