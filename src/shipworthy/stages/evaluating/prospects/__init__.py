"""Prospects: what a plan can show, before anything runs. Pure."""

from shipworthy.stages.evaluating.prospects.asked import asked_goals
from shipworthy.stages.evaluating.prospects.deciding_early import (
    EarlyChance,
    EarlyDecision,
    early_decision,
)
from shipworthy.stages.evaluating.prospects.early_stopping import (
    ExpectedScenarios,
    SequentialCost,
    sequential_cost,
)
from shipworthy.stages.evaluating.prospects.goals import RateGoal, rate_goals
from shipworthy.stages.evaluating.prospects.mirrored import mirrored_rates
from shipworthy.stages.evaluating.prospects.odds import (
    KeptChance,
    WrongChance,
    at_most,
    kept_chances,
    wrong_chance,
)
from shipworthy.stages.evaluating.prospects.planned import (
    PlannedRate,
    clean_finding,
    planned_rates,
    supposed_finding,
    working_controls,
)
from shipworthy.stages.evaluating.prospects.prospect import (
    JudgeShare,
    Prospect,
    early_prospect,
    prospect,
)
from shipworthy.stages.evaluating.prospects.questions import (
    StoppingTerms,
    sequential_questions,
)
from shipworthy.stages.evaluating.prospects.room import is_kept, scenarios_needed, tolerated
from shipworthy.stages.evaluating.prospects.tested_controls import control_rates

__all__ = [
    "EarlyChance",
    "EarlyDecision",
    "ExpectedScenarios",
    "JudgeShare",
    "KeptChance",
    "PlannedRate",
    "Prospect",
    "RateGoal",
    "SequentialCost",
    "StoppingTerms",
    "WrongChance",
    "asked_goals",
    "at_most",
    "clean_finding",
    "control_rates",
    "early_decision",
    "early_prospect",
    "is_kept",
    "kept_chances",
    "mirrored_rates",
    "planned_rates",
    "prospect",
    "rate_goals",
    "scenarios_needed",
    "sequential_cost",
    "sequential_questions",
    "supposed_finding",
    "tolerated",
    "working_controls",
    "wrong_chance",
]
