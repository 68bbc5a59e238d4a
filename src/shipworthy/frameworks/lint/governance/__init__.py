"""Lint rules about who decides, who checks and how the framework is changed."""

from shipworthy.frameworks.lint.governance.tables import governance_rules

__all__ = ["governance_rules"]
