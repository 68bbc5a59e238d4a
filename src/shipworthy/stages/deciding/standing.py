"""What live evidence leaves of a decision: re-openings and confirmations. Pure.

Clause numbers are those of `spec/semantics.md`. Live evidence can lower a standing, never raise it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shipworthy.kernel import timestamp
from shipworthy.records import ConfirmationLogged, Decision, DecisionReopened, LogEntry
from shipworthy.vocabulary import DeploymentType, Ruling

NOTHING: Final = "nothing"
"""Meanwhile no deployment may rest on the decision."""
ROLL_BACK: Final = "roll-back"
"""Meanwhile what runs under the decision is taken back."""


@dataclass(frozen=True, slots=True)
class LiveEvidence:
    """What the log holds of re-openings and confirmations, in its order."""

    reopenings: tuple[DecisionReopened, ...] = ()
    confirmations: tuple[ConfirmationLogged, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[LogEntry]) -> "LiveEvidence":
        """Pick it out of a log."""
        known = tuple(entries)
        return cls(
            tuple(entry for entry in known if isinstance(entry, DecisionReopened)),
            tuple(entry for entry in known if isinstance(entry, ConfirmationLogged)),
        )

    @property
    def to_answer(self) -> tuple[str, ...]:
        """Digests of what a draft that is made now has to name, sorted (13.2)."""
        defects = (one.confirmation for one in self.confirmations if one.verdict == "defect")
        return tuple(sorted({*(one.envelope for one in self.reopenings), *defects}))


NO_EVIDENCE: Final = LiveEvidence()
"""Nothing was logged."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """What live evidence says of a draft at one moment.

    Attributes:
        open: re-openings that are not answered by this draft, signed, in the order of the log.
        defects: confirmations that found a defect and that are not answered in this way.
        confirmation: what is wanting of a confirmation, in one sentence; empty where nothing is.
        confirmed_until: until when the confirmation counts; empty where none is required.
        meanwhile: the most that may rest on the decision: a deployment type, `nothing`, or
            `roll-back`.
    """

    open: tuple[DecisionReopened, ...] = ()
    defects: tuple[ConfirmationLogged, ...] = ()
    confirmation: str = ""
    confirmed_until: str = ""
    meanwhile: str = NOTHING

    @property
    def untouched(self) -> bool:
        """Whether nothing live stands against the decision."""
        return not (self.open or self.defects or self.confirmation)


@dataclass(frozen=True, slots=True)
class Confirming:
    """Whether a confirmation that is required is there: why not, or until when it counts."""

    wanting: str = ""
    until: str = ""


def live_state(
    decision: Decision, live: LiveEvidence, base: Ruling, at: str, *, agreed: bool
) -> LiveState:
    """Return what stands against a draft at the RFC 3339 UTC time `at` (13.3 to 13.6).

    `base` is how the draft stands by signatures and time alone (10.4). `agreed` says that every
    role has signed a draft that says go, and nobody dissents: only then is anything answered.
    """
    answered = set(decision.live_terms.answers) if agreed else set()
    open_ = tuple(one for one in live.reopenings if one.envelope not in answered)
    defects = tuple(
        one
        for one in live.confirmations
        if one.verdict == "defect" and one.confirmation not in answered
    )
    confirming = _confirming(decision, live.confirmations, at)
    held = base is Ruling.GO and not defects and not confirming.wanting
    return LiveState(
        open=open_,
        defects=defects,
        confirmation=confirming.wanting,
        confirmed_until=confirming.until,
        meanwhile=strictest([decision.deployment if held else NOTHING, *map(asked_for, open_)]),
    )


def lowered(base: Ruling, live: LiveState) -> Ruling:
    """Return the standing that live evidence leaves of one by signatures (13.5)."""
    if base is Ruling.NO_GO or live.defects:
        return Ruling.NO_GO
    if any(one.action == ROLL_BACK for one in live.open):
        return Ruling.NO_GO
    return base if live.untouched else Ruling.INCONCLUSIVE


def asked_for(entry: DecisionReopened) -> str:
    """Return what a re-opening asks for meanwhile (13.6)."""
    match entry.action:
        case "restrict":
            return entry.to
        case "roll-back":
            return ROLL_BACK
        case "expire":
            return NOTHING


def strictest(allowed: Iterable[str]) -> str:
    """Return the strictest: `roll-back`, then `nothing`, then the least exposed deployment."""
    order = [ROLL_BACK, NOTHING, *(kind.value for kind in DeploymentType)]
    # A word that is no deployment type allows nothing.
    return min((word if word in order else NOTHING for word in allowed), key=order.index)


def _confirming(
    decision: Decision, confirmations: tuple[ConfirmationLogged, ...], at: str
) -> Confirming:
    """Say whether the last confirmation of the deployment that the draft names counts (13.4)."""
    terms = decision.live_terms
    days, name = terms.confirmation_days, terms.confirmation_deployment
    if not days:
        return Confirming()
    of_it = [one for one in confirmations if one.deployment == name]
    if not of_it:
        return Confirming(f"nobody confirmed the deployed path of `{name}`")
    last = of_it[-1]
    aged = timestamp(datetime.fromisoformat(last.at) + timedelta(days=days))
    until = min(last.expires_at, aged)
    if last.verdict != "confirmed":
        return Confirming(f"the last confirmation of `{name}` says `{last.verdict}`")
    if at > until:
        return Confirming(f"the confirmation of `{name}` counted until {until}", until)
    return Confirming("", until)
