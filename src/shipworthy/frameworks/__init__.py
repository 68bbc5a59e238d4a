"""Frameworks as documents that run: reading, checking, compiling, evaluating."""

from shipworthy.frameworks.catalogue import framework_ids, load_framework
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
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.language.loader import read_framework
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, decimal, negation, satisfying
from shipworthy.frameworks.semantics.evaluation import (
    Case,
    Evaluation,
    Evidence,
    Gate,
    LevelInterval,
    RequirementOutcome,
    RuleOutcome,
    evaluate,
)

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
