"""Conditions: the same scenario, dressed or announced otherwise."""

from shipworthy.instruments.conditions.condition import CONDITIONS, Condition

__all__ = ["CONDITIONS", "Condition"]
