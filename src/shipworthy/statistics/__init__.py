"""Decision statistics of a deployment gate: pure functions of counts, standard library only.

A one-sided level `alpha` is the probability of a false claim; a two-sided `confidence` belongs to
an `Interval`. Nothing attempted raises `NoEvidence`, which callers report as INCONCLUSIVE.
"""

from shipworthy.statistics.clustered import (
    DEFAULT_FEW,
    DEFAULT_ICC0,
    ClusteredBound,
    ScenarioCounts,
    clustered_bound,
    exact_scenario_lower,
    exact_scenario_upper,
)
from shipworthy.statistics.counts import NoEvidence
from shipworthy.statistics.exact import (
    attempts_needed,
    clopper_pearson,
    clopper_pearson_lower,
    clopper_pearson_upper,
    zero_success_attempts,
)
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.judged import (
    Admission,
    JudgeCard,
    admission,
    miss_adjusted_upper,
    sensitivity_lower,
)
from shipworthy.statistics.paired import (
    PairedTable,
    PairedWorstCases,
    mcnemar_exact,
    mcnemar_midp,
    paired_with_unassessed,
    relative_reduction_upper,
    tango_interval,
    tango_interval_with_unassessed,
)
from shipworthy.statistics.sequential import (
    ScenarioOutcome,
    SequentialCampaign,
    SequentialDesign,
    SequentialVerdict,
    plan_sequential,
)
from shipworthy.statistics.special import (
    beta_cdf,
    beta_isf,
    beta_ppf,
    binomial_cdf,
    binomial_pmf,
    normal_cdf,
    normal_ppf,
    student_t_cdf,
    student_t_ppf,
)
from shipworthy.statistics.unassessed import identification_interval, rate_bounds

__all__ = [
    "DEFAULT_FEW",
    "DEFAULT_ICC0",
    "Admission",
    "ClusteredBound",
    "Interval",
    "JudgeCard",
    "NoEvidence",
    "PairedTable",
    "PairedWorstCases",
    "ScenarioCounts",
    "ScenarioOutcome",
    "SequentialCampaign",
    "SequentialDesign",
    "SequentialVerdict",
    "admission",
    "attempts_needed",
    "beta_cdf",
    "beta_isf",
    "beta_ppf",
    "binomial_cdf",
    "binomial_pmf",
    "clopper_pearson",
    "clopper_pearson_lower",
    "clopper_pearson_upper",
    "clustered_bound",
    "exact_scenario_lower",
    "exact_scenario_upper",
    "identification_interval",
    "mcnemar_exact",
    "mcnemar_midp",
    "miss_adjusted_upper",
    "normal_cdf",
    "normal_ppf",
    "paired_with_unassessed",
    "plan_sequential",
    "rate_bounds",
    "relative_reduction_upper",
    "sensitivity_lower",
    "student_t_cdf",
    "student_t_ppf",
    "tango_interval",
    "tango_interval_with_unassessed",
    "zero_success_attempts",
]
