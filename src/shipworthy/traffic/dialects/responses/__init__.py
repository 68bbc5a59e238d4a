"""The dialect of responses, as OpenAI and servers after its example speak it."""

from shipworthy.traffic.dialects.responses.dialect import Responses

__all__ = ["Responses"]
