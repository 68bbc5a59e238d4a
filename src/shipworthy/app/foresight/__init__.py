"""Looking ahead: what a plan can show before it runs, and what more attempts may bring after."""

from shipworthy.app.foresight.evidence import Evidence, evidence_of_bundle, evidence_of_project
from shipworthy.app.foresight.forecasts import Forecasts, ForecastWishes, forecast
from shipworthy.app.foresight.plans import (
    CampaignSize,
    Foresight,
    MissingFact,
    Outlook,
    Question,
    foresee,
)
from shipworthy.app.foresight.risks import risk_map

__all__ = [
    "CampaignSize",
    "Evidence",
    "ForecastWishes",
    "Forecasts",
    "Foresight",
    "MissingFact",
    "Outlook",
    "Question",
    "evidence_of_bundle",
    "evidence_of_project",
    "forecast",
    "foresee",
    "risk_map",
]
