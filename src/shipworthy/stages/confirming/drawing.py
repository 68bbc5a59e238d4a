"""Drawing sealed probes: a key decides which, over which route, in what order and how soon.

The draws are those of HMAC-SHA-256 (FIPS 198-1) under the key, so that nobody without it can tell a
probe from a user, and everybody with it can draw them all again.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.kernel import Digest, Stream, digest_bytes, digest_of
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.probes import Probe

KEY_BYTES: Final = 32
_PARTS: Final = 10**9


@dataclass(frozen=True, slots=True)
class DrawnProbe:
    """A probe as the key draws it.

    `gap` is the time to the next probe as a multiple of the mean, `early` the share of it after
    which the second of attack and twin is sent; `twin_first` says which is the first.
    """

    number: int
    probe: Probe
    route: FieldRoute
    twin_first: bool
    gap: float
    early: float
    promise: Digest


@dataclass(frozen=True, slots=True)
class CoverMessage:
    """An ordinary message: at which share of the gap, which text, over which route."""

    at: float
    text: int
    route: FieldRoute


def key_digest(key: bytes) -> Digest:
    """Return what is published of a key before it is used."""
    return digest_bytes(key)


def pool_digest(pool: Sequence[Probe]) -> Digest:
    """Return the digest of the probes that are drawn from."""
    return digest_of(list(pool))


def draw_probe(
    key: bytes, number: int, pool: Sequence[Probe], routes: Sequence[FieldRoute]
) -> DrawnProbe:
    """Draw the probe with this number, counted from 1.

    Raises:
        ValueError: without a probe or a route that carries it.
    """
    stream = Stream("sealed-probe", _prf(key, "draw", number))
    probe = stream.choice(pool)
    open_to = [route for route in routes if route.tools or not probe.has_tools]
    if not open_to:
        raise ValueError("no route carries a probe with tools")
    route = stream.choice(open_to)
    twin_first = stream.below(2) == 1
    promised = digest_of(
        ["promise", number, probe, route.id, twin_first, _prf(key, "nonce", number)]
    )
    return DrawnProbe(
        number=number,
        probe=probe,
        route=route,
        twin_first=twin_first,
        gap=-math.log((1 + stream.below(_PARTS)) / _PARTS),
        early=stream.below(_PARTS) / _PARTS,
        promise=promised,
    )


def draw_cover(
    key: bytes, number: int, per_hundred: int, routes: Sequence[FieldRoute]
) -> tuple[CoverMessage, ...]:
    """Draw the ordinary messages around the probe with this number, in the order of their time.

    Their mean number is `per_hundred` for a hundred requests that carry a probe or a twin; the
    number itself is even over 0 to twice the mean, so that none of it tells where a probe is.
    """
    stream = Stream("sealed-cover", _prf(key, "cover", number))
    most, part = divmod(4 * per_hundred, 100)
    count = stream.below(most + 1 + (stream.below(100) < part))
    drawn = [
        CoverMessage(
            at=stream.below(_PARTS) / _PARTS,
            text=stream.below(_PARTS),
            route=stream.choice(routes),
        )
        for _ in range(count)
    ]
    return tuple(sorted(drawn, key=lambda one: one.at))


def outcomes_root(key: bytes) -> Digest:
    """Return what the first outcome of a watch names in the place of one before it."""
    return f"sha256:{_prf(key, 'outcomes', 0)}"


def _prf(key: bytes, purpose: str, number: int) -> str:
    return hmac.new(key, f"{purpose} {number}".encode(), hashlib.sha256).hexdigest()
