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
    """By scenarios: the most successes that pass, the fewest that fail and that are futile.

    Minus one where none passes; more than there are scenarios where none fails or is futile.
    """

    passes: Sequence[int]
    fails: Sequence[int]
    futile: Sequence[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and the counts with which it was reached, or those so far."""

    verdict: str
    scenarios: int
    successes: int
    unassessed: int


def edges(design: Design) -> Edges:
    """Return where a design decides, from no scenario up to its cap."""
    enough, too_much = 1 / design.pass_level, 1 / design.beta
    unpassed = _walk(design.passing, enough, design.cap, lambda side: side >= 0, towards=False)
    unfailed = _walk(design.failing, too_much, design.cap, lambda side: side >= 0, towards=True)
    hopeful = _walk(design.hope, design.futility, design.cap, lambda side: side <= 0, towards=True)
    return Edges(
        [successes - 1 for successes in unpassed],
        [successes + 1 for successes in unfailed],
        [successes + 1 for successes in hopeful],
    )


def _walk(
    mixture: Mixture, bar: Fraction, cap: int, crossed: Callable[[int], bool], *, towards: bool
) -> list[int]:
    """Return, by scenarios, the successes that come nearest to an edge without crossing it.

    `towards` says which outcome leads to the edge: a success (for FAIL and futility, at many
    successes) or none (for PASS, at few). The other one never crosses: it moves the mixture away.
    """
    point = mixture.start
    found = [0]
    for _ in range(cap):
        nearer = point.after(success=towards)
        point = point.after(success=not towards) if crossed(nearer.side(bar)) else nearer
        found.append(point.successes)
    return found


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
            most >= where.futile[scenarios] and not _pursued(design, successes, scenarios)
        ):
            verdict = NOT_SHOWN
        else:
            continue
        return Decision(verdict, scenarios, successes, unassessed)
    return Decision(CONTINUE, len(outcomes), successes, unassessed)


def _pursued(design: Design, successes: int, scenarios: int) -> bool:
    """Whether a hopeless campaign goes on for FAIL (4.3)."""
    return design.pursuit > 0 and design.failing.side(successes, scenarios, design.pursuit) >= 0
