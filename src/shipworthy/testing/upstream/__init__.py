"""A scripted model server in the four dialects, with faults, for tests of gateways."""

from shipworthy.testing.upstream.server import (
    Answering,
    Heard,
    ScriptedUpstream,
    UpstreamFault,
    echo,
)
from shipworthy.testing.upstream.wording import PATHS, Script, events, last_text, whole_answer

__all__ = [
    "PATHS",
    "Answering",
    "Heard",
    "Script",
    "ScriptedUpstream",
    "UpstreamFault",
    "echo",
    "events",
    "last_text",
    "whole_answer",
]
