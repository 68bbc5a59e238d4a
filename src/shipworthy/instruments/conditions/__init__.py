"""Conditions: the same scenario, dressed or announced otherwise; and strings nobody can guess."""

from shipworthy.instruments.conditions.condition import CONDITIONS, Condition
from shipworthy.instruments.conditions.recall import CANARY, recall_scenarios

__all__ = ["CANARY", "CONDITIONS", "Condition", "recall_scenarios"]
