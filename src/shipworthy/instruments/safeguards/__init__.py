"""Safeguards: layers around a target, each recorded, each with a measured card."""

from shipworthy.instruments.safeguards.factory import (
    SafeguardFactory,
    make_input_classifier,
    make_output_filter,
    make_screen,
    make_svguardian,
    make_system_prompt_policy,
)
from shipworthy.instruments.safeguards.files import named_files, reads_files, with_files
from shipworthy.instruments.safeguards.options import REFUSAL, Enforcement, read_options
from shipworthy.instruments.safeguards.protocol import (
    Action,
    Layer,
    ReplyScreen,
    RequestScreen,
    Side,
)
from shipworthy.instruments.safeguards.stack import erred_layers, guard, stack_identity

__all__ = [
    "REFUSAL",
    "Action",
    "Enforcement",
    "Layer",
    "ReplyScreen",
    "RequestScreen",
    "SafeguardFactory",
    "Side",
    "erred_layers",
    "guard",
    "make_input_classifier",
    "make_output_filter",
    "make_screen",
    "make_svguardian",
    "make_system_prompt_policy",
    "named_files",
    "read_options",
    "reads_files",
    "stack_identity",
    "with_files",
]
