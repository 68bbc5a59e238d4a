"""The parts of a framework file, each read into its own values."""

from shipworthy.frameworks.language.sections.clauses import read_clauses, read_sources
from shipworthy.frameworks.language.sections.fields import read_fields
from shipworthy.frameworks.language.sections.header import Header, read_header
from shipworthy.frameworks.language.sections.links import check_judges, check_links, check_reach
from shipworthy.frameworks.language.sections.rules import read_rules

__all__ = [
    "Header",
    "check_judges",
    "check_links",
    "check_reach",
    "read_clauses",
    "read_fields",
    "read_header",
    "read_rules",
    "read_sources",
]
