"""An approval policy: asks a person before risky calls; the person answers by a rule."""

from dataclasses import dataclass

from shipworthy.instruments.controls.defaults import APPROVALS, ASKED
from shipworthy.instruments.controls.options import ControlSettings, identity_of
from shipworthy.instruments.controls.patterns import CallPattern
from shipworthy.instruments.controls.protocol import ALLOW, Opinion, View
from shipworthy.instruments.controls.rules import ApprovalRule
from shipworthy.records.risks.controls import ControlIdentity


class ApprovalOptions(ControlSettings, frozen=True, kw_only=True):
    """When a person is asked, and what the person says.

    Attributes:
        ask: calls before which a person is asked.
        answers: what the person says; the first rule that fits, and `deny` where none does.
        patience: how often the person reads before approving whatever comes; 0 is always.
        score: suspicion of a denied call.
    """

    name: str = "approval"
    ask: tuple[CallPattern, ...] = ASKED
    answers: tuple[ApprovalRule, ...] = APPROVALS
    patience: int = 0
    score: int = 600


@dataclass(frozen=True, slots=True)
class Approval:
    """Denies what the person does not approve."""

    settings: ApprovalOptions

    def examine(self, view: View) -> Opinion:
        """Ask about the pending call where it is risky."""
        pending, settings = view.pending, self.settings
        if pending is None or not self._is_risky(view):
            return ALLOW
        earlier = sum(any(one.fits(seen.call) for one in settings.ask) for seen in view.seen)
        if settings.patience and earlier >= settings.patience:
            return Opinion(action="allow", asked=True)
        verdict = next((one.verdict for one in settings.answers if one.call.fits(pending)), "deny")
        if verdict == "approve":
            return Opinion(action="allow", asked=True)
        return Opinion(action="deny", score=settings.score, asked=True)

    def identity(self) -> ControlIdentity:
        """Return what this policy is."""
        return identity_of(self.settings, "approval")

    def _is_risky(self, view: View) -> bool:
        return view.pending is not None and any(one.fits(view.pending) for one in self.settings.ask)
