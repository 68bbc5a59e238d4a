"""Which engine answers: boxes within their budget, and SAT where that is spent.

The search of boxes gives the nearest profile and covering rules in pure Python, but is exponential
in the worst case. SAT settles most of such questions, and knows nothing of near: its profile is
moved towards the ordinary one until no single step is left.
"""

from collections.abc import Sequence
from typing import Literal

from shipworthy.frameworks.compare.boxes import (
    Answer,
    Asked,
    Covered,
    Found,
    Unsettled,
    cost_of,
    nearest,
    singleton,
)
from shipworthy.frameworks.compare.conditions import Point, truth
from shipworthy.frameworks.compare.solving.index import Binding
from shipworthy.frameworks.compare.solving.sat import Excluded, Formula, sat_installed
from shipworthy.kernel import Problem

EngineChoice = Literal["auto", "boxes", "sat"]
"""`auto`: boxes, then SAT where python-sat is installed; the others: that engine alone."""


class Solver:
    """Answers the questions of one direction of a comparison.

    Args:
        budget: boxes that a question may examine.
        engine: what may answer.
        sizes: how many cells each axis has.
        others: the rules of the side that might permit more.

    Raises:
        Problem: `compare-engine` when SAT is asked for and not installed.
    """

    def __init__(
        self, budget: int, engine: EngineChoice, sizes: Sequence[int], others: Sequence[Binding]
    ) -> None:
        if engine == "sat" and not sat_installed():
            raise Problem.of(
                "compare-engine",
                "the engine `sat` needs the package python-sat, which is not installed",
                help="pip install 'shipworthy[sat]', or leave `--engine` out",
            )
        self._budget = budget
        self._engine: EngineChoice = engine
        self._rules = sizes, others
        self._formula: Formula | None = None

    def answer(self, asked: Asked) -> Answer:
        """Answer a question."""
        if self._engine != "sat":
            answer = nearest(asked, self._budget)
            settled = not isinstance(answer, Unsettled)
            if settled or self._engine == "boxes" or not sat_installed():
                return answer
        return self._by_sat(asked)

    def _by_sat(self, asked: Asked) -> Answer:
        self._formula = self._formula or Formula(*self._rules)
        kinds = asked.region.box[0]
        found = self._formula.ask(asked.rule.node, kinds, asked.level)
        if found is None:
            return Unsettled(self._budget)
        if isinstance(found, Excluded):
            return Covered(found.by, engine="sat")
        point = shrunk(asked, found.point)
        return Found(cost_of(point, asked.others.usual), point, minimal=False, engine="sat")


def shrunk(asked: Asked, point: Point) -> Point:
    """Move a profile towards the ordinary one as long as it still answers the question.

    In the result, no single axis can be set to a nearer cell.
    """
    usual = asked.others.usual
    before = None
    while before != point:
        before = point
        for axis, ordinary in enumerate(usual):
            here = point[axis]
            step = 1 if here > ordinary else -1
            for cell in range(ordinary, here, step):
                moved = (*point[:axis], cell, *point[axis + 1 :])
                if asked.region.box[axis] >> cell & 1 and _answers(asked, moved):
                    point = moved
                    break
    return point


def _answers(asked: Asked, point: Point) -> bool:
    if not truth(asked.rule.node, singleton(point)):
        return False
    return asked.others.level(point, asked.level) >= asked.level
