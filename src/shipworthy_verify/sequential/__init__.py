"""Campaigns that stop as soon as the evidence allows, replayed from plan and trials alone.

From spec/sequential.md: `evidence` compares mixtures (clause 3), `design` reads what a plan
registers (2), `decide` replays verdicts (4), `certificate` computes what a design gets wrong at
most (6), `limits` what holds at any moment (7), and the others the campaign (9).
"""

from shipworthy_verify.sequential.bounds import (
    ANYTIME,
    arm_bounds,
    broken_promises,
    fair_coin,
    paired_limits,
    ratio_limit,
)
from shipworthy_verify.sequential.levels import gate_alpha, part_of, read_level
from shipworthy_verify.sequential.limits import lower_limit, upper_limit
from shipworthy_verify.sequential.questions import ADVERSARIAL, read_questions
from shipworthy_verify.sequential.streams import Stream, Streams, follow

__all__ = [
    "ADVERSARIAL",
    "ANYTIME",
    "Stream",
    "Streams",
    "arm_bounds",
    "broken_promises",
    "fair_coin",
    "follow",
    "gate_alpha",
    "lower_limit",
    "paired_limits",
    "part_of",
    "ratio_limit",
    "read_level",
    "read_questions",
    "upper_limit",
]
