"""Pure monitoring: windows, canaries and labels go in, alarms and findings come out."""

from shipworthy.stages.monitoring.bands import (
    DEFAULT_RULES,
    STRICTNESS,
    band_of_series,
    judge_band,
    what_follows,
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
    "Expected",
    "SeriesState",
    "WatchPlan",
    "WatchState",
    "WatchedSeries",
    "band_of_series",
    "gaps",
    "judge_band",
    "restarted",
    "series_name",
    "silences",
    "watch",
    "what_follows",
]
