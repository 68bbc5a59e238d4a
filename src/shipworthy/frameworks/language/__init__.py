"""How a framework is written: reading, checking, compiling and printing it (`spec/language.md`)."""

from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.frameworks.language.loader import read_framework
from shipworthy.frameworks.language.printing import print_framework
from shipworthy.frameworks.language.schema import framework_schema

__all__ = ["compile_rulebook", "framework_schema", "print_framework", "read_framework"]
