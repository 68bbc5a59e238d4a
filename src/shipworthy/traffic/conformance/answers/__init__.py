"""What the scripted model says, in the wire formats, cut and broken as a case wants it."""

from shipworthy.traffic.conformance.answers.cutting import cut_stream, cut_whole
from shipworthy.traffic.conformance.answers.said import CHANNELS, Said, plant
from shipworthy.traffic.conformance.answers.streams import stream_events
from shipworthy.traffic.conformance.answers.whole import whole_tree

__all__ = [
    "CHANNELS",
    "Said",
    "cut_stream",
    "cut_whole",
    "plant",
    "stream_events",
    "whole_tree",
]
