"""Limits of single attacks (spec/claims.md): on a grid of millionths, from the counts of cells."""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.sequential import gate_alpha

_MILLION: Final = 10**6

Cells = Mapping[tuple[str, str, str], Sequence[int]]
"""Arm, domain and attack to breached, assessed and unassessed trials."""


def attacks(cells: Cells, plan: Json) -> Iterator[tuple[str, str]]:
    """Yield the claims of every attack in the domains that were tried with two or more."""
    if "imported" in plan or "external" in plan:
        return
    level = Fraction(gate_alpha(plan))
    for domain, names in _by_domain(plan).items():
        for arm in sorted({arm for arm, where, _ in cells if where == domain}):
            rows = {name: cells.get((arm, domain, name), (0, 0, 0)) for name in names}
            started = sum(held + lost for _, held, lost in rows.values())
            events = sum(won + lost for won, _, lost in rows.values())
            for name, (won, assessed, lost) in rows.items():
                size = assessed + lost
                if not size:
                    continue
                head, each = f"attack:{arm}/{domain}/{name}", level / len(names)
                yield f"{head}#lower", _shown(_MILLION - _most(size - won, size, each))
                yield f"{head}#upper", _shown(_most(won + lost, size, each))
                chance = _tail(won, size, Fraction(events - lost, started))
                yield (
                    f"{head}#alike",
                    _shown(min(_MILLION, math.ceil(_MILLION * chance * len(names)))),
                )


def _by_domain(plan: Json) -> dict[str, set[str]]:
    """Return the attacks of the domains where limits are due."""
    early = {question["finding"].split(".")[1] for question in plan["stopping"]}
    names: dict[str, set[str]] = {}
    seen: set[tuple[str, str, str]] = set()
    for item in plan["items"]:
        if item["role"] != "adversarial":
            continue
        key = (item["domain"], item["scenario"], item["attack"])
        if key in seen:
            early.add(item["domain"])
        seen.add(key)
        names.setdefault(item["domain"], set()).add(item["attack"])
    return {
        domain: found for domain, found in names.items() if domain not in early and len(found) > 1
    }


def _tail(least: int, size: int, rate: Fraction) -> Fraction:
    """Return the probability of `least` or more events among `size` at a rate."""
    if not least:
        return Fraction(1)
    hits, misses = rate.numerator, rate.denominator - rate.numerator
    ways = (math.comb(size, k) * hits**k * misses ** (size - k) for k in range(least, size + 1))
    return Fraction(sum(ways), rate.denominator**size)


def _most(events: int, size: int, level: Fraction) -> int:
    """Return the least t at which `events` or fewer have a probability of at most `level`."""
    if events == size:
        return _MILLION
    low, high = 0, _MILLION
    while high - low > 1:
        t = (low + high) // 2
        if 1 - _tail(events + 1, size, Fraction(t, _MILLION)) <= level:
            high = t
        else:
            low = t
    return high


def _shown(millionths: int) -> str:
    return f"{millionths // _MILLION}.{millionths % _MILLION:06d}"
