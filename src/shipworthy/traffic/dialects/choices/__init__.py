"""The two dialects whose answers are a list of choices: chat completions and completions."""

from shipworthy.traffic.dialects.choices.chat import Chat
from shipworthy.traffic.dialects.choices.completions import Completions

__all__ = ["Chat", "Completions"]
