"""Controls around an agent: monitors, approval policies, limits, kill switches, and stacks."""

from shipworthy.instruments.controls.approval import Approval, ApprovalOptions
from shipworthy.instruments.controls.factory import CONTROLS, ControlFactory
from shipworthy.instruments.controls.kill_switch import KillSwitch, KillSwitchOptions
from shipworthy.instruments.controls.limits import ActionLimits, LimitOptions
from shipworthy.instruments.controls.monitor import Monitor, MonitorOptions
from shipworthy.instruments.controls.options import (
    ControlSettings,
    identity_of,
    read_control_options,
)
from shipworthy.instruments.controls.patterns import CallPattern
from shipworthy.instruments.controls.protocol import ALLOW, Control, Opinion, Seen, View
from shipworthy.instruments.controls.rules import (
    AmountLimit,
    ApprovalRule,
    Flow,
    RateLimit,
    Signal,
)
from shipworthy.instruments.controls.stack import ControlStack, Judged, consult, sharpest

__all__ = [
    "ALLOW",
    "CONTROLS",
    "ActionLimits",
    "AmountLimit",
    "Approval",
    "ApprovalOptions",
    "ApprovalRule",
    "CallPattern",
    "Control",
    "ControlFactory",
    "ControlSettings",
    "ControlStack",
    "Flow",
    "Judged",
    "KillSwitch",
    "KillSwitchOptions",
    "LimitOptions",
    "Monitor",
    "MonitorOptions",
    "Opinion",
    "RateLimit",
    "Seen",
    "Signal",
    "View",
    "consult",
    "identity_of",
    "read_control_options",
    "sharpest",
]
