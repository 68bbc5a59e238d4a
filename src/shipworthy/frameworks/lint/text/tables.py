"""The rules of this folder."""

from typing import Final

from shipworthy.frameworks.lint.finding import LintRule
from shipworthy.frameworks.lint.text.hedges import HEDGE_RULES
from shipworthy.frameworks.lint.text.modality import Contradiction, ModalityConflict, WeakModality
from shipworthy.frameworks.lint.text.numbers import (
    IllustrativeNumber,
    NoBindingNumber,
    ToleratesFailure,
    UnstatedBound,
)
from shipworthy.frameworks.lint.text.overrides import ReRating, UnboundedOverride
from shipworthy.frameworks.lint.text.standards import (
    MixedStandard,
    MovingBaseline,
    NoBaseline,
    UntestedTarget,
)
from shipworthy.frameworks.lint.text.words import NoDeadline, UndefinedTerm, UnnamedRole

TEXT_RULES: Final[tuple[LintRule, ...]] = (
    *HEDGE_RULES,
    UnboundedOverride(),
    ReRating(),
    WeakModality(),
    ModalityConflict(),
    Contradiction(),
    MixedStandard(),
    NoBaseline(),
    MovingBaseline(),
    UntestedTarget(),
    UndefinedTerm(),
    NoDeadline(),
    UnnamedRole(),
    IllustrativeNumber(),
    NoBindingNumber(),
    UnstatedBound(),
    ToleratesFailure(),
)
