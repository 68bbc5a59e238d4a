"""Measures of an answer that need no judge of right and wrong."""

from shipworthy.instruments.judges.measures.scores import (
    MEASURES,
    REFUSAL,
    Measure,
    view_words,
    words,
)
from shipworthy.instruments.judges.measures.stance import measured

__all__ = ["MEASURES", "REFUSAL", "Measure", "measured", "view_words", "words"]
