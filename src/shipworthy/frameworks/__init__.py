"""Frameworks as documents that run: reading, checking, compiling, evaluating."""

from shipworthy.frameworks.catalogue import framework_ids, load_framework
from shipworthy.frameworks.document import (
    Clause,
    DeclaredField,
    DeclaredRule,
    DeclaredScenario,
    FrameworkDocument,
    Governance,
    Ladder,
    RiskOutcome,
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
from shipworthy.frameworks.semantics.threats import matters, unmapped, without_evidence

__all__ = [
    "DEPLOYMENT",
    "Case",
    "Clause",
    "DeclaredField",
    "DeclaredRule",
    "DeclaredScenario",
    "Evaluation",
    "Evidence",
    "FrameworkDocument",
    "Gate",
    "Governance",
    "Ladder",
    "LevelInterval",
    "RequirementOutcome",
    "RiskOutcome",
    "Role",
    "RuleOutcome",
    "Source",
    "compile_rulebook",
    "decimal",
    "evaluate",
    "framework_ids",
    "load_framework",
    "matters",
    "negation",
    "read_framework",
    "satisfying",
    "unmapped",
    "without_evidence",
]
