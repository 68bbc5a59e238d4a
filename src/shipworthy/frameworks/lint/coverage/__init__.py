"""Lint rules about what a framework does not speak of."""

from shipworthy.frameworks.lint.coverage.tables import COVERAGE_RULES

__all__ = ["COVERAGE_RULES"]
