"""What proofs say: proved, refuted with a witness, or unknown; never anything in between."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["proved", "refuted", "unknown"]
"""`proved`: no profile contradicts it. `refuted`: the witness does. `unknown`: not settled."""

ReadingName = Literal["charitable", "hostile"]

Point = tuple[int, ...]
"""A profile by the positions of its cells, one for each axis of the space."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a profile sets otherwise than the ordinary profile."""

    name: str
    value: str
    ordinary: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A profile and what a rulebook decides in it; the plain evaluator has confirmed it.

    `settings` are the changes to the ordinary profile; everything else is at its least risky.
    `rules` are all that bind, `clauses` what these carry out. `cells` places the profile;
    `nearest` is false where the budget was spent before nearer ones were ruled out.
    """

    deployment: str
    settings: tuple[Setting, ...]
    decision: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    cells: Point
    nearest: bool = True


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return one outcome for several: what is refuted outranks a doubt, a doubt what is proved."""
    found = set(outcomes)
    order: tuple[Outcome, ...] = ("refuted", "unknown")
    return next((one for one in order if one in found), "proved")
