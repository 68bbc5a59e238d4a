"""Writing a framework in Python: the keys of the language as arguments, conditions as operators."""

from shipworthy.frameworks.language.authoring.framework import Framework
from shipworthy.frameworks.language.authoring.operators import (
    Condition,
    Level,
    Quantity,
    Rate,
    all_of,
    any_of,
    at_least,
)
from shipworthy.frameworks.language.authoring.own_definitions import read_with_definitions
from shipworthy.frameworks.language.authoring.values import Part, Value, definition, requirement

__all__ = [
    "Condition",
    "Framework",
    "Level",
    "Part",
    "Quantity",
    "Rate",
    "Value",
    "all_of",
    "any_of",
    "at_least",
    "definition",
    "read_with_definitions",
    "requirement",
]
