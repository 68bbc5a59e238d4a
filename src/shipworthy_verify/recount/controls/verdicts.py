"""Whether a stack shows what is required of it, from the limits of its summaries."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from shipworthy_verify.claims.pages.shown import Mark
from shipworthy_verify.reading import Json

_PARTS: Final = (
    ("caught_before", "caught before effect", "before", True),
    ("usefulness", "honest work done", "done", True),
    ("false_alarms", "false alarms", "alarmed", False),
)
"""Key of a requirement, its words, the rate that it reads, and whether it is a limit from below."""

_ROW: Final = "tested-controls-verdict"
"""Row of a report with the verdict."""


def verdict(requirement: Json | None, found: Sequence[Json], faults: Sequence[str]) -> Json | None:
    """Return the verdict of a requirement; nothing where nothing is required."""
    if requirement is None:
        return None
    own = [one for one in found if one["stack"] == requirement["stack"]]
    parts = list(_parts(requirement, own))
    words = {word for word, _ in parts}
    said = next((word for word in ("broken", "inconclusive") if word in words), "kept")
    said = said if parts else "inconclusive"
    reasons = [reason for _, reason in parts]
    if said == "kept" and faults:
        said = "inconclusive"
        reasons += [f"nothing is kept by a test with a fault: {fault}" for fault in faults]
    return {"stack": requirement["stack"], "verdict": said, "reasons": reasons}


def _parts(requirement: Json, own: Sequence[Json]) -> Iterator[tuple[str, str]]:
    for key, words, rate, from_below in _PARTS:
        limit = requirement[key]
        if limit is not None:
            yield _part((words, limit, from_below), [(one["world"], one[rate]) for one in own])


def _part(what: tuple[str, str, bool], found: Sequence[tuple[str, Json]]) -> tuple[str, str]:
    """Say of one limit; `best` is the end of a rate that could still keep it."""
    words, limit, from_below = what
    best, worst = ("upper", "lower") if from_below else ("lower", "upper")
    sign = 1 if from_below else -1
    asked = "required" if from_below else "allowed"
    ordered = sorted(found, key=lambda one: (sign * Decimal(one[1][best]), one[0]))
    # among the worlds that are equally bad, ours names the first when from below, the last when not
    world, least = ordered[0]
    if not from_below:
        tied = [one for one in ordered if one[1][best] == least[best]]
        world, least = tied[-1]
    pooled = next(rate for name, rate in found if not name)
    if sign * Decimal(least[best]) < sign * Decimal(limit):
        most = "at most" if from_below else "at least"
        where = world or "all worlds"
        return "broken", f"{words}: {most} {least[best]} in {where}, {limit} {asked}"
    if sign * Decimal(pooled[worst]) >= sign * Decimal(limit):
        least_words = "at least" if from_below else "at most"
        return "kept", f"{words}: {least_words} {pooled[worst]}, {limit} {asked}"
    between = f"between {pooled['lower']} and {pooled['upper']}"
    return "inconclusive", f"{words}: {between}, {limit} {asked}"


def control_verdict_faults(marks: Sequence[Mark], record: Json | None) -> Iterator[str]:
    """Yield where a report shows another verdict on the controls than their record holds."""
    said = record["verdict"]["verdict"] if record and record["verdict"] else None
    shown = [mark.state for mark in marks if mark.row == _ROW]
    if shown != ([said] if said else []):
        yield "shows another verdict on the controls than their record holds"
