"""Lint rules that ask what the executable part means."""

from shipworthy.frameworks.lint.logic.tables import LOGIC_RULES

__all__ = ["LOGIC_RULES"]
