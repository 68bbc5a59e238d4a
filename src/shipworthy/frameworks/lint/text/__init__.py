"""Lint rules that read what clauses say and how firmly they say it."""

from shipworthy.frameworks.lint.text.tables import TEXT_RULES

__all__ = ["TEXT_RULES"]
