"""Laboratory trials and field trials become a confirmation; canaries are drawn and audited."""

from shipworthy.stages.confirming.comparing import DEFECT_SHARE, METRICS, ComparisonTerms, compare
from shipworthy.stages.confirming.drift import (
    AnswerTriple,
    Configuration,
    DriftTerms,
    drift_checks,
)
from shipworthy.stages.confirming.layers import field_only, layer_agreement
from shipworthy.stages.confirming.replays import Replay
from shipworthy.stages.confirming.sample_size import (
    least_scenarios,
    likely_scenarios,
    spent_alpha,
)
from shipworthy.stages.confirming.schedule import Replayed, Sending, dealt_routes, schedule
from shipworthy.stages.confirming.verdicts import Shown, verdict_of

__all__ = [
    "DEFECT_SHARE",
    "METRICS",
    "AnswerTriple",
    "ComparisonTerms",
    "Configuration",
    "DriftTerms",
    "Replay",
    "Replayed",
    "Sending",
    "Shown",
    "compare",
    "dealt_routes",
    "drift_checks",
    "field_only",
    "layer_agreement",
    "least_scenarios",
    "likely_scenarios",
    "schedule",
    "spent_alpha",
    "verdict_of",
]
