"""Gates that are decided as soon as the evidence allows, with certified error rates.

The rules, clause by clause: `spec/sequential.md`.
"""

from shipworthy.statistics.sequential.boundary import Boundaries, boundaries, fewest_to_pass
from shipworthy.statistics.sequential.campaign import (
    OutOfOrder,
    SequentialCampaign,
    SequentialDecision,
    Tally,
    scenario_outcome,
)
from shipworthy.statistics.sequential.certificate import (
    COST_MULTIPLES,
    Certificate,
    CostRow,
    calibrated,
    certificate,
    cost_table,
)
from shipworthy.statistics.sequential.characteristics import (
    OperatingCharacteristics,
    fail_probability,
    operating_characteristics,
    pass_probability,
)
from shipworthy.statistics.sequential.design import (
    FAIL_GRID,
    FUTILITY,
    PASS_GRID,
    PURSUIT,
    Grid,
    SequentialDesign,
    fixed_design,
    plan_sequential,
    read_design,
)
from shipworthy.statistics.sequential.limits import (
    AnytimeLimits,
    anytime_limits,
    anytime_lower,
    anytime_upper,
)
from shipworthy.statistics.sequential.many_gates import (
    all_must_pass,
    benjamini_hochberg_adjusted,
    failing_by_discovery_rate,
    failing_by_family_error,
    holm_adjusted,
)
from shipworthy.statistics.sequential.mixture import Mixture
from shipworthy.statistics.sequential.resubmission import submission_alpha
from shipworthy.statistics.sequential.search import SearchState, StratumSearch, stratum_search
from shipworthy.statistics.sequential.verdicts import ScenarioOutcome, SequentialVerdict

__all__ = [
    "COST_MULTIPLES",
    "FAIL_GRID",
    "FUTILITY",
    "PASS_GRID",
    "PURSUIT",
    "AnytimeLimits",
    "Boundaries",
    "Certificate",
    "CostRow",
    "Grid",
    "Mixture",
    "OperatingCharacteristics",
    "OutOfOrder",
    "ScenarioOutcome",
    "SearchState",
    "SequentialCampaign",
    "SequentialDecision",
    "SequentialDesign",
    "SequentialVerdict",
    "StratumSearch",
    "Tally",
    "all_must_pass",
    "anytime_limits",
    "anytime_lower",
    "anytime_upper",
    "benjamini_hochberg_adjusted",
    "boundaries",
    "calibrated",
    "certificate",
    "cost_table",
    "fail_probability",
    "failing_by_discovery_rate",
    "failing_by_family_error",
    "fewest_to_pass",
    "fixed_design",
    "holm_adjusted",
    "operating_characteristics",
    "pass_probability",
    "plan_sequential",
    "read_design",
    "scenario_outcome",
    "stratum_search",
    "submission_alpha",
]
