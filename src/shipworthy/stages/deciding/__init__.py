"""Deciding: from rulebook and evidence to a draft, from signatures to its standing. Pure."""

from shipworthy.stages.deciding.gate import DraftTerms, decide
from shipworthy.stages.deciding.inputs import admit
from shipworthy.stages.deciding.sign_off import IgnoredSignOff, SignOffState, sign_off_state
from shipworthy.stages.deciding.standing import LiveEvidence, LiveState

__all__ = [
    "DraftTerms",
    "IgnoredSignOff",
    "LiveEvidence",
    "LiveState",
    "SignOffState",
    "admit",
    "decide",
    "sign_off_state",
]
