"""Evaluating: a pre-registered campaign, with and without safeguards, and what it found."""

from shipworthy.stages.evaluating.aggregation import Aggregate, aggregate
from shipworthy.stages.evaluating.canaries import (
    Canary,
    CanaryMixer,
    CanaryOrder,
    canary_order,
    canary_results,
)
from shipworthy.stages.evaluating.engine import (
    Campaign,
    Ending,
    EngineLimits,
    Exchange,
    Instruments,
    Judgement,
    Transcript,
    TrialSink,
    without_latency,
)
from shipworthy.stages.evaluating.findings import FindingTerms, draw_findings
from shipworthy.stages.evaluating.mirrors import stances_of
from shipworthy.stages.evaluating.planning import NO_ATTACK, ItemSampling, order_key, plan_items
from shipworthy.stages.evaluating.progress import ArmView, Progress, ProgressView
from shipworthy.stages.evaluating.stopping import Stopping
from shipworthy.stages.evaluating.submissions import (
    Objections,
    attacked_scenarios,
    next_submission,
    objections,
    registration,
    tried_scenarios,
    used_scenarios,
)

__all__ = [
    "NO_ATTACK",
    "Aggregate",
    "ArmView",
    "Campaign",
    "Canary",
    "CanaryMixer",
    "CanaryOrder",
    "Ending",
    "EngineLimits",
    "Exchange",
    "FindingTerms",
    "Instruments",
    "ItemSampling",
    "Judgement",
    "Objections",
    "Progress",
    "ProgressView",
    "Stopping",
    "Transcript",
    "TrialSink",
    "aggregate",
    "attacked_scenarios",
    "canary_order",
    "canary_results",
    "draw_findings",
    "next_submission",
    "objections",
    "order_key",
    "plan_items",
    "registration",
    "stances_of",
    "tried_scenarios",
    "used_scenarios",
    "without_latency",
]
