"""Repeated attempts at the same scenario: measured up to what was made, forecast beyond.

Measurements (`measured_at_k`, `stopped_at_k`, episodes counted by `episode_counts`) have limits
that a requirement can read. Forecasts have none, by construction: they raise alarms and nothing
else.
"""

from shipworthy.statistics.attempts.envelope import (
    CurveBackTest,
    FamilyScore,
    back_test_asr,
    forecast_asr,
)
from shipworthy.statistics.attempts.extreme import (
    DeploymentForecast,
    Tail,
    TailBackTest,
    back_test_tail,
    behaviour_frequency,
    elicitation_score,
    fit_tail,
    forecast_deployment,
    line_through_tail,
    probability_of_score,
    worst_plausible,
    worst_query,
)
from shipworthy.statistics.attempts.forecast import (
    Alarm,
    Envelope,
    Predicted,
    Refused,
    model_free_sentence,
    unseen_worse_share,
)
from shipworthy.statistics.attempts.repeated import (
    IndependentAttempts,
    MeasuredAtK,
    asr_at_k,
    best_of_curve,
    measured_at_k,
    share_with_success,
)
from shipworthy.statistics.attempts.stopped import (
    Episode,
    StoppedAtK,
    StoppedAttempts,
    episode_counts,
    expected_calls,
    stopped_at_k,
)

__all__ = [
    "Alarm",
    "CurveBackTest",
    "DeploymentForecast",
    "Envelope",
    "Episode",
    "FamilyScore",
    "IndependentAttempts",
    "MeasuredAtK",
    "Predicted",
    "Refused",
    "StoppedAtK",
    "StoppedAttempts",
    "Tail",
    "TailBackTest",
    "asr_at_k",
    "back_test_asr",
    "back_test_tail",
    "behaviour_frequency",
    "best_of_curve",
    "elicitation_score",
    "episode_counts",
    "expected_calls",
    "fit_tail",
    "forecast_asr",
    "forecast_deployment",
    "line_through_tail",
    "measured_at_k",
    "model_free_sentence",
    "probability_of_score",
    "share_with_success",
    "stopped_at_k",
    "unseen_worse_share",
    "worst_plausible",
    "worst_query",
]
