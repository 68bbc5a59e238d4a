"""Two rulebooks side by side: where one permits what the other forbids, with a witness."""

from shipworthy.frameworks.compare.boxes import DEFAULT_BUDGET, Cost, Engine
from shipworthy.frameworks.compare.engines import EngineChoice
from shipworthy.frameworks.compare.fates import Fate, Reading, RuleFate, Witness
from shipworthy.frameworks.compare.terms import Change, Term
from shipworthy.frameworks.compare.verdicts import (
    Comparison,
    GateComparison,
    LevelVerdict,
    Scope,
    Side,
    compare,
)

__all__ = [
    "DEFAULT_BUDGET",
    "Change",
    "Comparison",
    "Cost",
    "Engine",
    "EngineChoice",
    "Fate",
    "GateComparison",
    "LevelVerdict",
    "Reading",
    "RuleFate",
    "Scope",
    "Side",
    "Term",
    "Witness",
    "compare",
]
