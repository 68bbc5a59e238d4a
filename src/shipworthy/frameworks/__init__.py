"""Frameworks as documents that run: reading, checking, compiling, evaluating."""

from shipworthy.frameworks.atoms import DEPLOYMENT, decimal, negation, satisfying
from shipworthy.frameworks.catalogue import framework_ids, load_framework
from shipworthy.frameworks.compiler import compile_rulebook
from shipworthy.frameworks.document import (
    Clause,
    DeclaredField,
    DeclaredRule,
    FrameworkDocument,
    Governance,
    Ladder,
    Role,
    Source,
)
from shipworthy.frameworks.evaluation import (
    Case,
    Evaluation,
    Evidence,
    Gate,
    LevelInterval,
    RequirementOutcome,
    RuleOutcome,
    evaluate,
)
from shipworthy.frameworks.loader import read_framework

__all__ = [
    "DEPLOYMENT",
    "Case",
    "Clause",
    "DeclaredField",
    "DeclaredRule",
    "Evaluation",
    "Evidence",
    "FrameworkDocument",
    "Gate",
    "Governance",
    "Ladder",
    "LevelInterval",
    "RequirementOutcome",
    "Role",
    "RuleOutcome",
    "Source",
    "compile_rulebook",
    "decimal",
    "evaluate",
    "framework_ids",
    "load_framework",
    "negation",
    "read_framework",
    "satisfying",
]
