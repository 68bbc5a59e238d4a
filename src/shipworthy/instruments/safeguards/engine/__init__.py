"""One state machine for a stack of layers: campaigns, gateway, monitor and replay drive it."""

from shipworthy.instruments.safeguards.engine.consulting import Consultation, drive, drive_now
from shipworthy.instruments.safeguards.engine.machine import (
    Admission,
    GuardEngine,
    active_layers,
)
from shipworthy.instruments.safeguards.engine.streams import Finish, Flow, Released, ReplyStream

__all__ = [
    "Admission",
    "Consultation",
    "Finish",
    "Flow",
    "GuardEngine",
    "Released",
    "ReplyStream",
    "active_layers",
    "drive",
    "drive_now",
]
