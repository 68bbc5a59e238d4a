"""Named rules over exchanges: patterns in linear time, in one pass, whole or in pieces."""

from shipworthy.instruments.safeguards.screening.rules.matching import (
    CONTROL,
    MatcherBlindError,
    Re2Sets,
    RuleSet,
    SetBuilder,
    SetMatcher,
)
from shipworthy.instruments.safeguards.screening.rules.rule import Rule, read_rules
from shipworthy.instruments.safeguards.screening.rules.scanning import RuleScan
from shipworthy.instruments.safeguards.screening.rules.views import View, see, seen_bytes

__all__ = [
    "CONTROL",
    "MatcherBlindError",
    "Re2Sets",
    "Rule",
    "RuleScan",
    "RuleSet",
    "SetBuilder",
    "SetMatcher",
    "View",
    "read_rules",
    "see",
    "seen_bytes",
]
