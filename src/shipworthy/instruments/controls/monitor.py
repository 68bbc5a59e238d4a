"""A monitor: reads what an agent did so far and is about to do, and says how suspicious it is."""

from dataclasses import dataclass
from typing import Literal

from shipworthy.instruments.controls.defaults import FLOWS, SIGNALS
from shipworthy.instruments.controls.options import ControlSettings, identity_of
from shipworthy.instruments.controls.protocol import ALLOW, MOST, Opinion, View
from shipworthy.instruments.controls.rules import Flow, Signal
from shipworthy.records.risks.controls import ControlIdentity
from shipworthy.vocabulary import ToolCall


class MonitorOptions(ControlSettings, frozen=True, kw_only=True):
    """What a monitor finds suspicious and what it does about it.

    Attributes:
        signals: calls that are suspicious by themselves.
        flows: calls that are suspicious after certain others.
        threshold: suspicion, from 1 to 1000, from which on a call that adds to it is noticed.
        action: what a noticed call leads to: `flag`, `deny` or `stop`.
    """

    name: str = "monitor"
    signals: tuple[Signal, ...] = SIGNALS
    flows: tuple[Flow, ...] = FLOWS
    threshold: int = 500
    action: Literal["flag", "deny", "stop"] = "stop"

    def __post_init__(self) -> None:
        ControlSettings.__post_init__(self)
        if not 1 <= self.threshold <= MOST:
            raise ValueError(f"`threshold` runs from 1 to {MOST}, not {self.threshold}")


@dataclass(frozen=True, slots=True)
class Monitor:
    """Adds up the suspicion of every call so far, the denied ones included."""

    settings: MonitorOptions

    def examine(self, view: View) -> Opinion:
        """Notice the pending call where it brings the sum to the threshold or further."""
        if view.pending is None:
            return ALLOW
        made = [one.call for one in view.seen]
        own = self._suspicion(view.pending, made)
        if own == 0:
            return ALLOW
        before = sum(self._suspicion(call, made[:at]) for at, call in enumerate(made))
        score = min(MOST, before + own)
        noticed = score >= self.settings.threshold
        return Opinion(action=self.settings.action if noticed else "allow", score=score)

    def identity(self) -> ControlIdentity:
        """Return what this monitor is."""
        return identity_of(self.settings, "monitor")

    def _suspicion(self, call: ToolCall, before: list[ToolCall]) -> int:
        alone = sum(one.score for one in self.settings.signals if one.call.fits(call))
        after = sum(
            one.score
            for one in self.settings.flows
            if one.sink.fits(call) and any(one.source.fits(earlier) for earlier in before)
        )
        return alone + after
