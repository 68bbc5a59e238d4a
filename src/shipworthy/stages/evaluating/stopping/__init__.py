"""Campaigns that end as soon as the evidence allows (`spec/sequential.md`, 9)."""

from shipworthy.stages.evaluating.stopping.bounds import (
    BoundTerms,
    paired_limits,
    sequential_bounds,
    sequential_findings,
)
from shipworthy.stages.evaluating.stopping.streams import (
    ArmStream,
    FollowedQuestion,
    Stopping,
)
from shipworthy.stages.evaluating.stopping.tables import boundaries_of, certificate_of

__all__ = [
    "ArmStream",
    "BoundTerms",
    "FollowedQuestion",
    "Stopping",
    "boundaries_of",
    "certificate_of",
    "paired_limits",
    "sequential_bounds",
    "sequential_findings",
]
