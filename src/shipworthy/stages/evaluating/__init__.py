"""Evaluating: a pre-registered campaign, with and without safeguards, and what it found."""

from shipworthy.stages.evaluating.aggregation import Aggregate, aggregate
from shipworthy.stages.evaluating.engine import (
    Campaign,
    Ending,
    EngineLimits,
    Instruments,
    Judgement,
    Transcript,
    TrialSink,
    without_latency,
)
from shipworthy.stages.evaluating.findings import FindingTerms, draw_findings
from shipworthy.stages.evaluating.planning import NO_ATTACK, ItemSampling, order_key, plan_items
from shipworthy.stages.evaluating.progress import ArmView, Progress, ProgressView
from shipworthy.stages.evaluating.stopping import Stopping

__all__ = [
    "NO_ATTACK",
    "Aggregate",
    "ArmView",
    "Campaign",
    "Ending",
    "EngineLimits",
    "FindingTerms",
    "Instruments",
    "ItemSampling",
    "Judgement",
    "Progress",
    "ProgressView",
    "Stopping",
    "Transcript",
    "TrialSink",
    "aggregate",
    "draw_findings",
    "order_key",
    "plan_items",
    "without_latency",
]
