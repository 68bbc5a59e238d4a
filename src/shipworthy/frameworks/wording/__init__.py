"""The textual side of a comparison: aligned clauses, what changed, and what nobody announced."""

from shipworthy.frameworks.wording.alignment import Aligned, align
from shipworthy.frameworks.wording.changes import (
    ClauseChange,
    Outcome,
    Wording,
    classify,
    compare_wording,
)
from shipworthy.frameworks.wording.signs import Dimension, Sign, signs, similarity

__all__ = [
    "Aligned",
    "ClauseChange",
    "Dimension",
    "Outcome",
    "Sign",
    "Wording",
    "align",
    "classify",
    "compare_wording",
    "signs",
    "similarity",
]
