"""Which exchanges of a log are our own: what was promised, asked for word for word, in time.

Sealed probes are, and replays of confirmations, whose plan stands for promises and key.

An outcome names the exchanges of its probe, and a name alone takes nothing out of the counts.
An exchange is a probe where it asks what the sealed key drew for that promise, in the time of that
probe, once in each role. So whoever writes outcomes can take no other request out, and no more of
them than were drawn.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

ProbeRole = str
"""`attack`, `twin`, or `cover` with a number: an ordinary message that is sent around a probe. Of a
confirmation the id of a trial, or `filler` with a number."""

ClaimPlace = Literal[
    "probe", "refused", "awaited", "missing", "another-request", "another-time", "twice"
]
"""What became of a claim. `refused`: a policy of the gateway let it in to no layer, so it counts in
no rate and nothing was asked that could be compared. `awaited`: the log is not read that far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeClaim:
    """An exchange that the outcome of a probe names.

    `drawn` are the roles that it may have, each with the digest of what the key drew for it, cut to
    eight bytes; the exchange has to lie between `from_ms` and `until_ms`.
    """

    watch: str
    number: int
    exchange: str
    drawn: tuple[tuple[ProbeRole, int], ...]
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenExchange:
    """An exchange of the log: when it was asked, and eight bytes of the digest of what was asked.

    `refused`: it reached no layer.
    """

    at_ms: int
    asked: int
    refused: bool = False


@dataclass(frozen=True, slots=True)
class JoinedClaim:
    """A claim with what became of it; `role` is empty unless it is a probe."""

    claim: ProbeClaim
    place: ClaimPlace
    role: ProbeRole = ""


Settled = Mapping[str, tuple[str, int, ProbeRole]]
"""Exchanges that are known as probes, with watch, number and role of each."""


def join_probes(
    claims: Iterable[ProbeClaim],
    seen: Mapping[str, SeenExchange],
    settled: Settled,
    read_until_ms: int,
) -> tuple[JoinedClaim, ...]:
    """Say of each claim what became of it, in the order of watches and numbers.

    `seen` holds the claimed exchanges that the log is known to hold; one that is not among them is
    missing once the log is read beyond `read_until_ms`. What is settled stays. The order in which
    claims and exchanges come makes no difference, as long as outcomes come in the order of numbers.
    """
    taken = dict(settled)
    roles = set(settled.values())
    found: list[JoinedClaim] = []
    for claim in sorted(claims, key=lambda one: (one.watch, one.number, one.exchange)):
        joined = _place(claim, seen.get(claim.exchange), (taken, roles), read_until_ms)
        if joined.role:
            place = (claim.watch, claim.number, joined.role)
            taken[claim.exchange] = place
            roles.add(place)
        found.append(joined)
    return tuple(found)


_Taken = tuple[Settled, AbstractSet[tuple[str, int, ProbeRole]]]


def _place(
    claim: ProbeClaim, exchange: SeenExchange | None, taken: _Taken, read_until_ms: int
) -> JoinedClaim:
    known, mine = taken[0].get(claim.exchange), (claim.watch, claim.number)
    if known is not None:
        same = known[:2] == mine
        return JoinedClaim(claim, "probe", known[2]) if same else JoinedClaim(claim, "twice")
    if exchange is None:
        return JoinedClaim(claim, "missing" if claim.until_ms < read_until_ms else "awaited")
    if not claim.from_ms <= exchange.at_ms <= claim.until_ms:
        return JoinedClaim(claim, "another-time")
    if exchange.refused:
        return JoinedClaim(claim, "refused")
    fitting = [role for role, asked in claim.drawn if asked and asked == exchange.asked]
    for role in fitting:
        if (*mine, role) not in taken[1]:
            return JoinedClaim(claim, "probe", role)
    return JoinedClaim(claim, "twice" if fitting else "another-request")
