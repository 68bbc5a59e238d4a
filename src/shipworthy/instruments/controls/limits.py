"""Action limits: which tools may be called at all, how often, and up to which sum."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from shipworthy.instruments.controls.defaults import AMOUNTS, RATES
from shipworthy.instruments.controls.options import ControlSettings, identity_of
from shipworthy.instruments.controls.protocol import ALLOW, Opinion, View
from shipworthy.instruments.controls.rules import AmountLimit, RateLimit
from shipworthy.records.risks.controls import ControlIdentity
from shipworthy.vocabulary import ToolCall


class LimitOptions(ControlSettings, frozen=True, kw_only=True):
    """The limits, and what a call beyond them leads to.

    Attributes:
        allowed: names of tools, with `*` and `?`; what fits none is beyond the limits.
        rates: how often.
        amounts: up to which sum. An argument that is no whole number is beyond the limit.
        action: `deny` or `stop`.
        score: suspicion of a call beyond the limits.
    """

    name: str = "limits"
    allowed: tuple[str, ...] = ("*",)
    rates: tuple[RateLimit, ...] = RATES
    amounts: tuple[AmountLimit, ...] = AMOUNTS
    action: Literal["deny", "stop"] = "deny"
    score: int = 500


@dataclass(frozen=True, slots=True)
class ActionLimits:
    """Counts calls that were carried out; denied ones use nothing up."""

    settings: LimitOptions

    def examine(self, view: View) -> Opinion:
        """Deny the pending call where it would go beyond a limit."""
        if view.pending is None or self._within(view, view.pending):
            return ALLOW
        return Opinion(action=self.settings.action, score=self.settings.score)

    def identity(self) -> ControlIdentity:
        """Return what these limits are."""
        return identity_of(self.settings, "limits")

    def _within(self, view: View, pending: ToolCall) -> bool:
        settings = self.settings
        return (
            any(fnmatchcase(pending.name, glob) for glob in settings.allowed)
            and all(_within_rate(one, view, pending) for one in settings.rates)
            and all(_within_amount(one, view, pending) for one in settings.amounts)
        )


def _within_rate(limit: RateLimit, view: View, pending: ToolCall) -> bool:
    if not limit.calls.fits(pending):
        return True
    first = max(0, len(view.seen) - limit.steps + 1)
    used = sum(one.executed and limit.calls.fits(one.call) for one in view.seen[first:])
    return used < limit.at_most


def _within_amount(limit: AmountLimit, view: View, pending: ToolCall) -> bool:
    if not limit.calls.fits(pending):
        return True
    asked = _number(pending, limit.argument)
    made = (one.call for one in view.seen if one.executed and limit.calls.fits(one.call))
    used = sum(_number(call, limit.argument) or 0 for call in made)
    return asked is not None and used + asked <= limit.at_most


def _number(call: ToolCall, argument: str) -> int | None:
    text = call.arguments.get(argument, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
