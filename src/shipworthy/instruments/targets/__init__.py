"""Targets: what is asked. Hosted endpoints, the offline model, and scripted controls."""

from shipworthy.instruments.targets.account import Account, Health, Price
from shipworthy.instruments.targets.local import LocalOptions, open_local
from shipworthy.instruments.targets.openai import OpenAIOptions, RetryPolicy, open_openai
from shipworthy.instruments.targets.planted import PLANTS, PlantedOptions, open_planted
from shipworthy.instruments.targets.protocol import (
    OpenedTarget,
    Probing,
    ReplyFunction,
    TargetContext,
    TargetFactory,
)
from shipworthy.instruments.targets.scripted import (
    ScriptedTarget,
    complying_reply,
    open_always_complies,
    open_always_refuses,
    refusing_reply,
)

__all__ = [
    "PLANTS",
    "Account",
    "Health",
    "LocalOptions",
    "OpenAIOptions",
    "OpenedTarget",
    "PlantedOptions",
    "Price",
    "Probing",
    "ReplyFunction",
    "RetryPolicy",
    "ScriptedTarget",
    "TargetContext",
    "TargetFactory",
    "complying_reply",
    "open_always_complies",
    "open_always_refuses",
    "open_local",
    "open_openai",
    "open_planted",
    "refusing_reply",
]
