"""After deployment: has a rare rate risen, how high is it, and what should people read."""

from shipworthy.statistics.monitoring.active import (
    ActiveRate,
    ActiveReading,
    DrawPlan,
    ScoreBin,
    active_rate,
    draw_plan,
)
from shipworthy.statistics.monitoring.betting import Ranged, drawn_lower, drawn_upper
from shipworthy.statistics.monitoring.budget import AlarmBudget, tail_share
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
from shipworthy.statistics.monitoring.clusters import (
    ClusterPlan,
    ClusterState,
    NamedCluster,
)
from shipworthy.statistics.monitoring.detector import (
    HIGHEST,
    RATIOS,
    DetectorPlan,
    DetectorState,
    baseline_from,
)
from shipworthy.statistics.monitoring.drift import (
    DriftState,
    after_block,
    log_needed,
    total_variation,
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
from shipworthy.statistics.monitoring.readers import krippendorff_alpha
from shipworthy.statistics.monitoring.sampling import (
    DEFAULT_FLOOR,
    Reading,
    SampledRate,
    draw_probabilities,
    sampled_rate,
)
from shipworthy.statistics.monitoring.signatures import bands, signature, similarity, word_features

__all__ = [
    "DEFAULT_DISCOUNT",
    "DEFAULT_FLOOR",
    "HIGHEST",
    "LEAST_COUNT",
    "RATIOS",
    "ActiveRate",
    "ActiveReading",
    "AlarmBudget",
    "CanaryCounts",
    "CanaryRate",
    "ChangeEstimate",
    "ChangeState",
    "ClusterPlan",
    "ClusterState",
    "DetectorPlan",
    "DetectorState",
    "DrawPlan",
    "DriftState",
    "LabelledCounts",
    "NamedCluster",
    "PredictedRate",
    "Ranged",
    "Reading",
    "SampledRate",
    "ScoreBin",
    "Stretch",
    "active_rate",
    "after_block",
    "after_window",
    "bands",
    "baseline_from",
    "canary_rate",
    "change_estimate",
    "draw_plan",
    "draw_probabilities",
    "drawn_lower",
    "drawn_upper",
    "krippendorff_alpha",
    "log_evidence_above",
    "log_evidence_below",
    "log_needed",
    "no_change",
    "predicted_interval",
    "predicted_rate",
    "rate_lower",
    "rate_upper",
    "sampled_rate",
    "signature",
    "similarity",
    "tail_share",
    "total_variation",
    "word_features",
]
