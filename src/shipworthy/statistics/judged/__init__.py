"""Judges as instruments: how good they are, and what their misses do to a rate."""

from shipworthy.statistics.judged.card import (
    Admission,
    JudgeCard,
    admission,
    miss_adjusted_upper,
    sensitivity_lower,
)

__all__ = [
    "Admission",
    "JudgeCard",
    "admission",
    "miss_adjusted_upper",
    "sensitivity_lower",
]
