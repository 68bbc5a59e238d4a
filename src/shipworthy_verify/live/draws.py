"""What the key of a watch draws: the probe with a number, and what its promise has to be."""

import hashlib
import hmac
from collections.abc import Callable
from itertools import count

from shipworthy_verify.reading import Json, canonical, digest, digest_of

Drawn = tuple[str, str, str]
"""Scenario, id of the route, and promise."""


def key_digest(key: bytes) -> str:
    """Return what is published of a key before it is used."""
    return digest(key)


def outcomes_root(key: bytes) -> str:
    """Return what the first outcome names in the place of one before it."""
    return f"sha256:{_prf(key, 'outcomes', 0)}"


def drawn(key: bytes, number: int, pool: list[Json], routes: list[Json]) -> Drawn:
    """Draw the probe with this number, counted from 1 (`confirmation.md`, 6.3).

    Raises:
        IndexError: without a probe, or a route that carries it.
    """
    below = _below("sealed-probe", _prf(key, "draw", number))
    probe = pool[below(len(pool))]
    open_to = [route for route in routes if route["tools"] or not probe["has_tools"]]
    name = route_id(open_to[below(len(open_to))])
    twin_first = below(2) == 1
    nonce = _prf(key, "nonce", number)
    promise = digest_of(["promise", number, probe, name, twin_first, nonce])
    return str(probe["scenario"]), name, promise


def route_id(route: Json) -> str:
    """Return the name of a way in."""
    marks = (".stream" * bool(route["stream"]), ".tools" * bool(route["tools"]))
    return f"{route['dialect']}{''.join(marks)}"


def _prf(key: bytes, purpose: str, number: int) -> str:
    return hmac.new(key, f"{purpose} {number}".encode(), hashlib.sha256).hexdigest()


def _below(*parts: str) -> Callable[[int], int]:
    """Return the draws of a stream: SHA-256 of a key and a counter, without modulo bias."""
    key, counters = hashlib.sha256(canonical(list(parts))).digest(), count()

    def below(bound: int) -> int:
        if bound <= 0:
            raise IndexError("nothing to draw from")
        while True:
            block = hashlib.sha256(key + next(counters).to_bytes(8, "big")).digest()
            number = int.from_bytes(block[:8], "big")
            if number < 2**64 - 2**64 % bound:
                return number % bound

    return below
