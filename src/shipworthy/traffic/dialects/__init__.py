"""Wire formats of model APIs, read and written without input or output."""

from shipworthy.traffic.dialects.every import DIALECTS_BY_NAME, DIALECTS_BY_PATH
from shipworthy.traffic.dialects.protocol import (
    Answered,
    Asked,
    Dialect,
    Piece,
    Ruled,
    Said,
    StreamCodec,
)
from shipworthy.traffic.dialects.reading import Kind, Reading, Unreadable, broken
from shipworthy.traffic.dialects.sse import EventReader, ServerEvent
from shipworthy.traffic.dialects.words import finish_of

__all__ = [
    "DIALECTS_BY_NAME",
    "DIALECTS_BY_PATH",
    "Answered",
    "Asked",
    "Dialect",
    "EventReader",
    "Kind",
    "Piece",
    "Reading",
    "Ruled",
    "Said",
    "ServerEvent",
    "StreamCodec",
    "Unreadable",
    "broken",
    "finish_of",
]
