"""The scripted servers behind the gateway: the model, and the judge."""

from shipworthy.traffic.conformance.model.judge import ScriptedJudge
from shipworthy.traffic.conformance.model.server import ScriptedModel, Turn

__all__ = ["ScriptedJudge", "ScriptedModel", "Turn"]
