"""After deployment: has a rare rate risen, how high is it, and what should people read."""

from shipworthy.statistics.monitoring.canaries import (
    DEFAULT_DISCOUNT,
    CanaryCounts,
    CanaryRate,
    canary_rate,
)
from shipworthy.statistics.monitoring.detector import RATIOS, DetectorPlan, DetectorState
from shipworthy.statistics.monitoring.prediction import (
    LEAST_COUNT,
    LabelledCounts,
    PredictedRate,
    predicted_interval,
    predicted_rate,
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
    "LEAST_COUNT",
    "RATIOS",
    "CanaryCounts",
    "CanaryRate",
    "DetectorPlan",
    "DetectorState",
    "LabelledCounts",
    "PredictedRate",
    "Reading",
    "SampledRate",
    "canary_rate",
    "draw_probabilities",
    "predicted_interval",
    "predicted_rate",
    "sampled_rate",
]
