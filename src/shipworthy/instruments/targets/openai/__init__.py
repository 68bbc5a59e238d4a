"""Targets behind OpenAI-compatible endpoints: hosted models, vLLM, llama.cpp, gateways."""

from shipworthy.instruments.targets.openai.chat import ChatSettings, ChatTarget, Describe
from shipworthy.instruments.targets.openai.credential import Credential, credential_from
from shipworthy.instruments.targets.openai.encoding import Dialect
from shipworthy.instruments.targets.openai.opening import open_openai
from shipworthy.instruments.targets.openai.options import OpenAIOptions, check_sampling
from shipworthy.instruments.targets.openai.retries import RetryPolicy
from shipworthy.instruments.targets.openai.transport import Link, Transport

__all__ = [
    "ChatSettings",
    "ChatTarget",
    "Credential",
    "Describe",
    "Dialect",
    "Link",
    "OpenAIOptions",
    "RetryPolicy",
    "Transport",
    "check_sampling",
    "credential_from",
    "open_openai",
]
