"""The built-in controls by kind: functions from what a person wrote to a control."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shipworthy.instruments.controls.approval import Approval, ApprovalOptions
from shipworthy.instruments.controls.kill_switch import KillSwitch, KillSwitchOptions
from shipworthy.instruments.controls.limits import ActionLimits, LimitOptions
from shipworthy.instruments.controls.monitor import Monitor, MonitorOptions
from shipworthy.instruments.controls.options import read_control_options
from shipworthy.instruments.controls.protocol import Control

ControlFactory = Callable[[Mapping[str, Any]], Control]
"""What an entry point of `shipworthy.controls` refers to."""


def make_monitor(options: Mapping[str, Any]) -> Control:
    """Return a monitor; see `MonitorOptions`."""
    return Monitor(read_control_options(options, MonitorOptions))


def make_approval(options: Mapping[str, Any]) -> Control:
    """Return an approval policy; see `ApprovalOptions`."""
    return Approval(read_control_options(options, ApprovalOptions))


def make_limits(options: Mapping[str, Any]) -> Control:
    """Return action limits; see `LimitOptions`."""
    return ActionLimits(read_control_options(options, LimitOptions))


def make_kill_switch(options: Mapping[str, Any]) -> Control:
    """Return a kill switch; see `KillSwitchOptions`."""
    return KillSwitch(read_control_options(options, KillSwitchOptions))


CONTROLS: Final[Mapping[str, ControlFactory]] = {
    "monitor": make_monitor,
    "approval": make_approval,
    "limits": make_limits,
    "kill-switch": make_kill_switch,
}
"""By the kind that a file names."""
