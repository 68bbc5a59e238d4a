"""From counts to findings, with all that stands against reading them favourably."""

from shipworthy.stages.evaluating.findings.at_least_one import PERSISTENT, attempts_each
from shipworthy.stages.evaluating.findings.drawing import (
    LEAST_SCENARIOS,
    blockers_of,
    bound_terms,
    bounds_of,
    draw_findings,
)
from shipworthy.stages.evaluating.findings.terms import JUDGED, FindingTerms, least_sensitivity

__all__ = [
    "JUDGED",
    "LEAST_SCENARIOS",
    "PERSISTENT",
    "FindingTerms",
    "attempts_each",
    "blockers_of",
    "bound_terms",
    "bounds_of",
    "draw_findings",
    "least_sensitivity",
]
