"""The dialect of messages, as Anthropic and servers after its example speak it."""

from shipworthy.traffic.dialects.messages.dialect import Messages

__all__ = ["Messages"]
