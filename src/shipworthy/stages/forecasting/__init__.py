"""Forecasting: what several attempts on a scenario showed, and what more of them may bring.

No other stage reads it: a forecast raises an alarm, and changes no finding and no decision.
"""

from shipworthy.stages.forecasting.beyond import (
    CONFIDENCE,
    AlarmAt,
    Beyond,
    ForecastTerms,
    StratumForecast,
    Unseen,
    forecast_stratum,
)
from shipworthy.stages.forecasting.curve import CurvePoint, Levels, best_of_points, why_no_curve
from shipworthy.stages.forecasting.strata import AttackCount, Stratum

__all__ = [
    "CONFIDENCE",
    "AlarmAt",
    "AttackCount",
    "Beyond",
    "CurvePoint",
    "ForecastTerms",
    "Levels",
    "Stratum",
    "StratumForecast",
    "Unseen",
    "best_of_points",
    "forecast_stratum",
    "why_no_curve",
]
