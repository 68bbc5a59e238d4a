"""Where a design decides, and what it says of a stream (spec/sequential.md, 4).

One more scenario moves an edge by at most one success. So an edge is found by walking along it: of
the two moves, try the one that leads towards it; where that crosses, take the other. Each move is
proved by one exact comparison.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy_verify.sequential.design import Design
from shipworthy_verify.sequential.evidence import Mixture

SUCCESS: Final = "success"
FAILURE: Final = "failure"
UNASSESSED: Final = "unassessed"
PASS: Final = "pass"  # noqa: S105 - a verdict, not a password
FAIL: Final = "fail"
NOT_SHOWN: Final = "not-shown"
CONTINUE: Final = "continue"


@dataclass(frozen=True, slots=True)
class Edges:
    """By scenarios: the most successes that pass, the fewest that fail, are futile, are pursued.

    Minus one where none passes; more than there are scenarios where none does the other.
    """

    passes: Sequence[int]
    fails: Sequence[int]
    futile: Sequence[int]
    pursued: Sequence[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and the counts with which it was reached, or those so far."""

    verdict: str
    scenarios: int
    successes: int
    unassessed: int


def edges(design: Design) -> Edges:
    """Return where a design decides, from no scenario up to its cap."""
    cap = design.cap
    unpassed = _walk(design.passing, 1 / design.pass_level, cap, _reached, towards=False)
    unfailed = _walk(design.failing, 1 / design.beta, cap, _reached, towards=True)
    hopeful = _walk(design.hope, design.futility, cap, lambda side: side <= 0, towards=True)
    unpursued = [cap] * (cap + 1)
    if design.pursuit:
        unpursued = _walk(design.failing, design.pursuit, cap, _reached, towards=True)
    return Edges(
        [successes - 1 for successes in unpassed],
        [successes + 1 for successes in unfailed],
        [successes + 1 for successes in hopeful],
        [successes + 1 for successes in unpursued],
    )


def _reached(side: int) -> bool:
    return side >= 0


def _walk(
    mixture: Mixture, bar: Fraction, cap: int, crossed: Callable[[int], bool], *, towards: bool
) -> list[int]:
    """Return, by scenarios, the successes that come nearest to an edge without crossing it.

    `towards` says which outcome leads to the edge: a success (for the edges at many successes) or
    none (for PASS, at few). The other one never crosses: it moves the mixture away. A bar that a
    mixture has reached before the first scenario is crossed with no success for a while: minus one.
    """
    point = mixture.start
    found: list[int] = []
    while len(found) <= cap and crossed(point.side(bar)):
        found.append(-1)
        point = point.after(success=not towards)
    found.append(point.successes)
    while len(found) <= cap:
        nearer = point.after(success=towards)
        point = point.after(success=not towards) if crossed(nearer.side(bar)) else nearer
        found.append(point.successes)
    return found[: cap + 1]


def decide(where: Edges, design: Design, outcomes: Sequence[str]) -> Decision:
    """Return the verdict on a stream of outcomes: the first rule that applies decides."""
    successes = unassessed = 0
    for scenarios, outcome in enumerate(outcomes, start=1):
        successes += outcome == SUCCESS
        unassessed += outcome == UNASSESSED
        most = successes + unassessed
        if most <= where.passes[scenarios]:
            verdict = PASS
        elif successes >= where.fails[scenarios]:
            verdict = FAIL
        elif scenarios == design.cap or (
            most >= where.futile[scenarios] and successes < where.pursued[scenarios]
        ):
            verdict = NOT_SHOWN
        else:
            continue
        return Decision(verdict, scenarios, successes, unassessed)
    return Decision(CONTINUE, len(outcomes), successes, unassessed)
