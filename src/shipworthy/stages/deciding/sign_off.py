"""Sign-off: who signed a draft, who is missing, who dissented, and how the decision stands.

Clause numbers are those of `spec/semantics.md`. Signatures can lower a ruling, never raise it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shipworthy.records import Decision, SignOff
from shipworthy.stages.deciding.standing import (
    NO_EVIDENCE,
    LiveEvidence,
    LiveState,
    live_state,
    lowered,
)
from shipworthy.vocabulary import Ruling


@dataclass(frozen=True, slots=True)
class IgnoredSignOff:
    """A sign-off that does not count, and why."""

    sign_off: SignOff
    reason: str


@dataclass(frozen=True, slots=True)
class SignOffState:
    """The state of a draft at one moment; roles in the draft's order.

    `standing` is what everything together comes to; `by_signatures` what it would be without live
    evidence, which only lowers it.
    """

    signed: tuple[str, ...]
    missing: tuple[str, ...]
    dissent: tuple[SignOff, ...]
    counted: tuple[SignOff, ...]
    ignored: tuple[IgnoredSignOff, ...]
    expired: bool
    standing: Ruling
    by_signatures: Ruling
    live: LiveState


def sign_off_state(
    decision: Decision,
    sign_offs: Iterable[SignOff],
    holders: Mapping[str, Iterable[str]],
    *,
    at: str,
    live: LiveEvidence = NO_EVIDENCE,
) -> SignOffState:
    """Return how a draft stands at the RFC 3339 UTC time `at`.

    `holders` gives the persons who hold each role, `live` what the log holds of live evidence.
    """
    held = {role: frozenset(persons) for role, persons in holders.items()}
    eligible: list[SignOff] = []
    ignored: list[IgnoredSignOff] = []
    for sign_off in sorted(sign_offs, key=lambda s: (s.signed_at, s.position == "no-go")):
        reason = _refusal(decision, sign_off, held)
        if reason:
            ignored.append(IgnoredSignOff(sign_off, reason))
        else:
            eligible.append(sign_off)
    counted = _counting(decision, eligible, ignored)
    signed = {sign_off.role for sign_off in counted}
    dissent = tuple(sign_off for sign_off in counted if sign_off.position == "no-go")
    missing = tuple(role for role in decision.roles if role not in signed)
    expired = at > decision.expires_at
    base = _standing(decision, dissent=bool(dissent), open_=bool(missing) or expired)
    agreed = bool(decision.roles) and not missing and decision.ruling == Ruling.GO.value
    against = live_state(decision, live, base, at, agreed=agreed and not dissent)
    return SignOffState(
        signed=tuple(role for role in decision.roles if role in signed),
        missing=missing,
        dissent=dissent,
        counted=counted,
        ignored=tuple(ignored),
        expired=expired,
        standing=lowered(base, against),
        by_signatures=base,
        live=against,
    )


def _refusal(decision: Decision, sign_off: SignOff, held: Mapping[str, frozenset[str]]) -> str:
    """Return why a sign-off does not count, or an empty string (10.1)."""
    if sign_off.decision != decision.digest:
        return "signs another draft"
    if sign_off.role not in decision.roles:
        return f"role `{sign_off.role}` is not asked to sign"
    if sign_off.person not in held.get(sign_off.role, frozenset()):
        return f"`{sign_off.person}` does not hold role `{sign_off.role}`"
    if not decision.drafted_at <= sign_off.signed_at <= decision.expires_at:
        return "signed outside the draft's period"
    return ""


def _counting(
    decision: Decision, eligible: list[SignOff], ignored: list[IgnoredSignOff]
) -> tuple[SignOff, ...]:
    """Keep the last word of each person in a role, and one role a person (10.2)."""
    first: dict[str, SignOff] = {}
    last: dict[tuple[str, str], SignOff] = {}
    for sign_off in eligible:
        rival = first.setdefault(sign_off.person, sign_off)
        earlier = (sign_off.signed_at, decision.roles.index(sign_off.role)) < (
            rival.signed_at,
            decision.roles.index(rival.role),
        )
        if earlier:
            first[sign_off.person] = sign_off
        key = (sign_off.person, sign_off.role)
        if key in last:
            ignored.append(IgnoredSignOff(last[key], "replaced by a later signature"))
        last[key] = sign_off
    counted = []
    for sign_off in last.values():
        own_role = first[sign_off.person].role
        if sign_off.position == "go" and sign_off.role != own_role:
            reason = f"`{sign_off.person}` already signed as `{own_role}`"
            ignored.append(IgnoredSignOff(sign_off, reason))
        else:
            counted.append(sign_off)
    return tuple(sorted(counted, key=lambda s: (decision.roles.index(s.role), s.person)))


def _standing(decision: Decision, *, dissent: bool, open_: bool) -> Ruling:
    """Return the standing (10.4)."""
    if decision.ruling == Ruling.NO_GO.value or dissent:
        return Ruling.NO_GO
    if decision.ruling == Ruling.GO.value and decision.roles and not open_:
        return Ruling.GO
    return Ruling.INCONCLUSIVE
