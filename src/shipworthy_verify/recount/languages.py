"""Findings by language (spec/claims.md): counts of scenarios, limits on a grid of millionths."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json
from shipworthy_verify.recount.tallies import Recount
from shipworthy_verify.sequential import gate_alpha

_MILLION: Final = 10**6
_UNSTATED: Final = "und"


def language_claims(ours: Recount, scenarios: Json) -> Iterator[tuple[str, str]]:
    """Yield the claims of every finding in which two languages or more were tried."""
    spoken = {
        name: entry["scenario"].get("language", _UNSTATED) for name, entry in scenarios.items()
    }
    for (metric, domain, arm), tally in ours.tallies.items():
        if metric in {"asr", "over-refusal", "usefulness"}:
            early = metric == "asr" and domain in ours.streams.arms
            name = f"language:{metric}.{domain}.{arm}"
            yield from _claims(name, _counts(tally.rows, spoken), _level(ours), early=early)


def _level(ours: Recount) -> Fraction:
    return Fraction(gate_alpha(ours.plan))


def _counts(rows: Mapping[str, list[int]], spoken: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for scenario, (events, _, unassessed) in rows.items():
        counts = found.setdefault(spoken[scenario], [0, 0, 0])
        counts[0] += 1
        counts[1] += events > 0
        counts[2] += not events and unassessed > 0
    return found


def _claims(
    name: str, found: Mapping[str, list[int]], alpha: Fraction, *, early: bool
) -> Iterator[tuple[str, str]]:
    if len(found) < 2:
        return
    level = alpha / len(found)
    for language, (scenarios, events, unassessed) in found.items():
        head = f"{name}/{language}"
        yield f"{head}#scenarios", str(scenarios)
        yield f"{head}#successes", str(events)
        yield f"{head}#unassessed", str(unassessed)
        if not early:
            least = _MILLION - _upper(scenarios - events, scenarios, level)
            yield f"{head}#lower", _written(least)
            yield f"{head}#upper", _written(_upper(events + unassessed, scenarios, level))


def _upper(events: int, scenarios: int, level: Fraction) -> int:
    """Return the least t with P(X <= events) <= level at t / 10^6; a million if all are events."""
    if events == scenarios:
        return _MILLION
    below, at = 0, _MILLION
    while at - below > 1:
        t = (below + at) // 2
        term = total = (_MILLION - t) ** scenarios
        for k in range(events):
            term = term * (scenarios - k) * t // ((k + 1) * (_MILLION - t))
            total += term
        if total * level.denominator <= level.numerator * _MILLION**scenarios:
            at = t
        else:
            below = t
    return at


def _written(millionths: int) -> str:
    return f"{millionths // _MILLION}.{millionths % _MILLION:06d}"
