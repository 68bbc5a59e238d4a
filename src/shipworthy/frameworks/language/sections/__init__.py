"""The parts of a framework file, each read into its own values."""

from shipworthy.frameworks.language.sections.clauses import read_clauses, read_sources
from shipworthy.frameworks.language.sections.directions import check_directions
from shipworthy.frameworks.language.sections.fields import read_fields
from shipworthy.frameworks.language.sections.governance import read_governance
from shipworthy.frameworks.language.sections.header import Header, read_header, read_scope
from shipworthy.frameworks.language.sections.links import check_judges, check_links, check_reach
from shipworthy.frameworks.language.sections.names import Names
from shipworthy.frameworks.language.sections.outcomes import OutcomeTerms, read_outcomes
from shipworthy.frameworks.language.sections.rules import read_rules
from shipworthy.frameworks.language.sections.text_layer import read_text_layer

__all__ = [
    "Header",
    "Names",
    "OutcomeTerms",
    "check_directions",
    "check_judges",
    "check_links",
    "check_reach",
    "read_clauses",
    "read_fields",
    "read_governance",
    "read_header",
    "read_outcomes",
    "read_rules",
    "read_scope",
    "read_sources",
    "read_text_layer",
]
