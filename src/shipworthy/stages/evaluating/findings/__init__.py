"""From counts to findings, with all that stands against reading them favourably."""

from shipworthy.stages.evaluating.findings.at_least_one import PERSISTENT, attempts_each
from shipworthy.stages.evaluating.findings.balance import supposed_balance
from shipworthy.stages.evaluating.findings.contrasts import contrast_blockers, contrast_bounds
from shipworthy.stages.evaluating.findings.drawing import (
    LEAST_SCENARIOS,
    blockers_of,
    bound_terms,
    bounds_of,
    draw_findings,
)
from shipworthy.stages.evaluating.findings.terms import JUDGED, FindingTerms, least_sensitivity
from shipworthy.stages.evaluating.findings.tested_controls import (
    FEWEST_VARIANTS,
    control_bounds,
    control_findings,
    with_controls,
)

__all__ = [
    "FEWEST_VARIANTS",
    "JUDGED",
    "LEAST_SCENARIOS",
    "PERSISTENT",
    "FindingTerms",
    "attempts_each",
    "blockers_of",
    "bound_terms",
    "bounds_of",
    "contrast_blockers",
    "contrast_bounds",
    "control_bounds",
    "control_findings",
    "draw_findings",
    "least_sensitivity",
    "supposed_balance",
    "with_controls",
]
