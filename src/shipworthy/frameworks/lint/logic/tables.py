"""The rules of this folder."""

from typing import Final

from shipworthy.frameworks.lint.finding import LintRule
from shipworthy.frameworks.lint.logic.binding import (
    AlwaysBinding,
    ConstantCondition,
    VacuousRule,
)
from shipworthy.frameworks.lint.logic.covering import (
    DuplicateRequirement,
    RedundantRule,
    ShadowedRule,
)
from shipworthy.frameworks.lint.logic.decisions import EmptyGate, UnreachableDecision
from shipworthy.frameworks.lint.logic.directions import NonMonotoneField
from shipworthy.frameworks.lint.logic.fields import (
    DomainWithoutRule,
    ThresholdWithoutEvaluation,
    UnreadField,
)
from shipworthy.frameworks.lint.logic.holes import Hole, UnansweredDanger
from shipworthy.frameworks.lint.logic.levels import IndistinctLevels
from shipworthy.frameworks.lint.logic.roles import OneJudge, UnboundRole
from shipworthy.frameworks.lint.logic.security import SecurityInversion

LOGIC_RULES: Final[tuple[LintRule, ...]] = (
    VacuousRule(),
    AlwaysBinding(),
    ConstantCondition(),
    ShadowedRule(),
    RedundantRule(),
    DuplicateRequirement(),
    EmptyGate(),
    UnreachableDecision(),
    Hole(),
    UnansweredDanger(),
    NonMonotoneField(),
    IndistinctLevels(),
    SecurityInversion(),
    ThresholdWithoutEvaluation(),
    DomainWithoutRule(),
    UnreadField(),
    UnboundRole(),
    OneJudge(),
)
