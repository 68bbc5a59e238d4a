"""Proofs about one framework: is it monotone, does it stop what is critical, does it bind?"""

from shipworthy.frameworks.prove.answers import Judged, Outcome, ReadingName, Setting
from shipworthy.frameworks.prove.binding import Gap, Loosening, Vanished, discretion_gap
from shipworthy.frameworks.prove.critical import Stopped
from shipworthy.frameworks.prove.monotone import Monotony
from shipworthy.frameworks.prove.proof import (
    QUESTIONS,
    BindingProof,
    GateProof,
    Inquiry,
    Proof,
    Question,
    Topic,
    prove,
)
from shipworthy.frameworks.prove.release import Release, ReleasingSet
from shipworthy.frameworks.prove.remains import Depth, Floor, Remaining
from shipworthy.frameworks.prove.situations import (
    Situation,
    critical_situations,
    read_situation,
)
from shipworthy.frameworks.prove.smallest import SmallestSets, smallest_sets

__all__ = [
    "QUESTIONS",
    "BindingProof",
    "Depth",
    "Floor",
    "Gap",
    "GateProof",
    "Inquiry",
    "Judged",
    "Loosening",
    "Monotony",
    "Outcome",
    "Proof",
    "Question",
    "ReadingName",
    "Release",
    "ReleasingSet",
    "Remaining",
    "Setting",
    "Situation",
    "SmallestSets",
    "Stopped",
    "Topic",
    "Vanished",
    "critical_situations",
    "discretion_gap",
    "prove",
    "read_situation",
    "smallest_sets",
]
