"""Claims: every number of a report, its value and the sentence that derives it."""

from shipworthy.stages.reporting.claims.agents import agent_name
from shipworthy.stages.reporting.claims.anchors import claim_anchor, row_anchor
from shipworthy.stages.reporting.claims.attacks import attack_name
from shipworthy.stages.reporting.claims.book import ClaimBook
from shipworthy.stages.reporting.claims.conditions import (
    PlacedAtom,
    is_number,
    placed_atoms,
    rate_fields,
)
from shipworthy.stages.reporting.claims.derivations import derivation
from shipworthy.stages.reporting.claims.languages import language_name
from shipworthy.stages.reporting.claims.measured import cell_name, is_reduction
from shipworthy.stages.reporting.claims.readings import condition_words
from shipworthy.stages.reporting.claims.registered import attacks_of
from shipworthy.stages.reporting.claims.tested_controls import (
    family_counts,
    family_name,
    tested_name,
)

__all__ = [
    "ClaimBook",
    "PlacedAtom",
    "agent_name",
    "attack_name",
    "attacks_of",
    "cell_name",
    "claim_anchor",
    "condition_words",
    "derivation",
    "family_counts",
    "family_name",
    "is_number",
    "is_reduction",
    "language_name",
    "placed_atoms",
    "rate_fields",
    "row_anchor",
    "tested_name",
]
