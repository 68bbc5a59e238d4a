"""Pure monitoring: windows, canaries and labels go in, alarms and findings come out."""

from shipworthy.stages.monitoring.bands import (
    DEFAULT_RULES,
    STRICTNESS,
    band_of_series,
    judge_band,
    what_follows,
)
from shipworthy.stages.monitoring.canaries import canary_windows
from shipworthy.stages.monitoring.drawing import (
    Frame,
    FrameItem,
    ReviewPlan,
    draw_round,
    frame_of,
    score_cuts,
)
from shipworthy.stages.monitoring.drifting import DriftPlan, DriftWatch, watch_drift
from shipworthy.stages.monitoring.grouping import watch_cluster, watch_sketch
from shipworthy.stages.monitoring.prevalence import (
    Answers,
    answers_of,
    awaiting,
    live_card,
    prevalence_finding,
)
from shipworthy.stages.monitoring.probes import (
    ClaimPlace,
    JoinedClaim,
    ProbeClaim,
    ProbeRole,
    SeenExchange,
    join_probes,
)
from shipworthy.stages.monitoring.silence import Expected, gaps, silences
from shipworthy.stages.monitoring.watching import (
    ANY_KEY,
    SeriesState,
    WatchedSeries,
    WatchPlan,
    WatchState,
    restarted,
    series_name,
    watch,
)

__all__ = [
    "ANY_KEY",
    "DEFAULT_RULES",
    "STRICTNESS",
    "Answers",
    "ClaimPlace",
    "DriftPlan",
    "DriftWatch",
    "Expected",
    "Frame",
    "FrameItem",
    "JoinedClaim",
    "ProbeClaim",
    "ProbeRole",
    "ReviewPlan",
    "SeenExchange",
    "SeriesState",
    "WatchPlan",
    "WatchState",
    "WatchedSeries",
    "answers_of",
    "awaiting",
    "band_of_series",
    "canary_windows",
    "draw_round",
    "frame_of",
    "gaps",
    "join_probes",
    "judge_band",
    "live_card",
    "prevalence_finding",
    "restarted",
    "score_cuts",
    "series_name",
    "silences",
    "watch",
    "watch_cluster",
    "watch_drift",
    "watch_sketch",
    "what_follows",
]
