"""A kill switch: stops the agent some steps after the other controls raised alarms."""

from dataclasses import dataclass

from shipworthy.instruments.controls.options import ControlSettings, identity_of
from shipworthy.instruments.controls.protocol import ALLOW, Opinion, View
from shipworthy.records.risks.controls import ControlIdentity


class KillSwitchOptions(ControlSettings, frozen=True, kw_only=True):
    """When the agent is stopped.

    Attributes:
        after: alarms of other controls that it takes.
        latency: steps that the agent still makes after the last of them; 0 stops the very call.
    """

    name: str = "kill-switch"
    after: int = 1
    latency: int = 0

    def __post_init__(self) -> None:
        ControlSettings.__post_init__(self)
        if self.after < 1 or self.latency < 0:
            raise ValueError("`after` is at least 1 and `latency` at least 0")


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """Has no suspicion of its own: it acts on alarms, so it stands behind what raises them."""

    settings: KillSwitchOptions

    def examine(self, view: View) -> Opinion:
        """Stop once enough alarms are old enough."""
        settings = self.settings
        if view.pending is None or len(view.alarms) < settings.after:
            return ALLOW
        due = view.alarms[settings.after - 1] + settings.latency
        return Opinion(action="stop") if view.step >= due else ALLOW

    def identity(self) -> ControlIdentity:
        """Return what this switch is."""
        return identity_of(self.settings, "kill-switch")
