"""Anchors: a claim id as a fragment that needs no escaping in a URL."""

from typing import Final

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_NAMED: Final = {":": "_c", "#": "_n", "/": "_s", "_": "__"}


def claim_anchor(claim_id: str) -> str:
    """Return the anchor of a claim; distinct ids give distinct anchors."""
    return "claim-" + _escaped(claim_id)


def row_anchor(kind: str, *names: str) -> str:
    """Return the anchor of a table row about these names."""
    return "-".join([kind, *(_escaped(name) for name in names)])


def _escaped(name: str) -> str:
    return "".join(
        letter if letter in _SAFE else _NAMED.get(letter, f"_x{ord(letter):x}_") for letter in name
    )
