"""The rules of this folder."""

from typing import Final

from shipworthy.frameworks.lint.coverage.domains import (
    ExclusionWithoutReason,
    OnlyMentioned,
    UncoveredDomain,
)
from shipworthy.frameworks.lint.coverage.release import (
    ConditionalDisclosure,
    IrreversibleRelease,
    LateRedTeaming,
    UnvalidatedMonitoring,
)
from shipworthy.frameworks.lint.coverage.topics import (
    NoComputeTrigger,
    NoEvaluationCadence,
    NotExecutable,
    SilentTopic,
)
from shipworthy.frameworks.lint.encoded import NotEncoded
from shipworthy.frameworks.lint.finding import LintRule

COVERAGE_RULES: Final[tuple[LintRule, ...]] = (
    NotEncoded(),
    UncoveredDomain(),
    OnlyMentioned(),
    ExclusionWithoutReason(),
    NoComputeTrigger(),
    NoEvaluationCadence(),
    IrreversibleRelease(),
    LateRedTeaming(),
    UnvalidatedMonitoring(),
    ConditionalDisclosure(),
    SilentTopic(),
    NotExecutable(),
)
