"""One HTTP exchange through the guard engine: bytes in, bytes out, without input or output."""

from shipworthy.traffic.passages.outcomes import (
    JSON_TYPE,
    STREAM_TYPE,
    Answer,
    Circumstances,
    Ending,
    ReplyMode,
    Taken,
    ToModel,
)
from shipworthy.traffic.passages.passage import Passage

__all__ = [
    "JSON_TYPE",
    "STREAM_TYPE",
    "Answer",
    "Circumstances",
    "Ending",
    "Passage",
    "ReplyMode",
    "Taken",
    "ToModel",
]
