"""Experts for the few exchanges that are worth it."""

from shipworthy.instruments.safeguards.screening.experts.classifier import (
    Classifier,
    ClassifierOptions,
    open_classifier,
)
from shipworthy.instruments.safeguards.screening.experts.judge import (
    Judge,
    JudgeOptions,
    open_judge,
    read_opinion,
)

__all__ = [
    "Classifier",
    "ClassifierOptions",
    "Judge",
    "JudgeOptions",
    "open_classifier",
    "open_judge",
    "read_opinion",
]
