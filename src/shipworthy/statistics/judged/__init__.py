"""Judges as instruments: how good they are, and what their misses do to a rate."""

from shipworthy.statistics.judged.agreement import Agreement, agreement
from shipworthy.statistics.judged.calibration import (
    CanaryCheck,
    CardQuality,
    CategoryQuality,
    canary_check,
    card_quality,
)
from shipworthy.statistics.judged.card import (
    Admission,
    JudgeCard,
    admission,
    miss_adjusted_upper,
    sensitivity_lower,
)
from shipworthy.statistics.judged.prevalence import KnownQuality, corrected_rate, judged_rate
from shipworthy.statistics.judged.two_phase import (
    DeclaredLimits,
    TwoPhaseBound,
    TwoPhaseCounts,
    declared_limits,
    negatives_to_read,
    two_phase_bound,
)

__all__ = [
    "Admission",
    "Agreement",
    "CanaryCheck",
    "CardQuality",
    "CategoryQuality",
    "DeclaredLimits",
    "JudgeCard",
    "KnownQuality",
    "TwoPhaseBound",
    "TwoPhaseCounts",
    "admission",
    "agreement",
    "canary_check",
    "card_quality",
    "corrected_rate",
    "declared_limits",
    "judged_rate",
    "miss_adjusted_upper",
    "negatives_to_read",
    "sensitivity_lower",
    "two_phase_bound",
]
