"""After deployment: has a rare rate risen, how high is it, and what should people read."""

from shipworthy.statistics.monitoring.budget import AlarmBudget
from shipworthy.statistics.monitoring.canaries import (
    DEFAULT_DISCOUNT,
    CanaryCounts,
    CanaryRate,
    canary_rate,
)
from shipworthy.statistics.monitoring.change import (
    ChangeEstimate,
    ChangeState,
    Stretch,
    after_window,
    change_estimate,
    no_change,
)
from shipworthy.statistics.monitoring.detector import (
    HIGHEST,
    RATIOS,
    DetectorPlan,
    DetectorState,
    baseline_from,
)
from shipworthy.statistics.monitoring.prediction import (
    LEAST_COUNT,
    LabelledCounts,
    PredictedRate,
    predicted_interval,
    predicted_rate,
)
from shipworthy.statistics.monitoring.rates import (
    log_evidence_above,
    log_evidence_below,
    rate_lower,
    rate_upper,
)
from shipworthy.statistics.monitoring.sampling import (
    DEFAULT_FLOOR,
    Reading,
    SampledRate,
    draw_probabilities,
    sampled_rate,
)

__all__ = [
    "DEFAULT_DISCOUNT",
    "DEFAULT_FLOOR",
    "HIGHEST",
    "LEAST_COUNT",
    "RATIOS",
    "AlarmBudget",
    "CanaryCounts",
    "CanaryRate",
    "ChangeEstimate",
    "ChangeState",
    "DetectorPlan",
    "DetectorState",
    "LabelledCounts",
    "PredictedRate",
    "Reading",
    "SampledRate",
    "Stretch",
    "after_window",
    "baseline_from",
    "canary_rate",
    "change_estimate",
    "draw_probabilities",
    "log_evidence_above",
    "log_evidence_below",
    "no_change",
    "predicted_interval",
    "predicted_rate",
    "rate_lower",
    "rate_upper",
    "sampled_rate",
]
