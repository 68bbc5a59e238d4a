"""Puzzles with exactly one solution, found by trying every arrangement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import Final

from shipworthy.instruments.scenarios.capability.task import UNTOLD, Draw, Task, choice

_NAMES: Final = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gail", "Hans", "Ida", "Jon")
_BOXES: Final = ("red", "green", "blue", "white", "black")
_SCALES: Final = (
    ("taller", "tallest", "shortest"),
    ("older", "oldest", "youngest"),
    ("faster", "fastest", "slowest"),
)

_OPEN: Final = 3
"""So many people, of whom two facts may leave open who is first."""

Order = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Clue:
    """A sentence, and the arrangements of which it is true."""

    sentence: str
    holds: Callable[[Order], bool]


def _chain(draw: Draw, people: int) -> Task:
    names = draw.stream.shuffled(_NAMES)[:people]
    more, most, least = draw.stream.choice(_SCALES)
    facts = [f"{one} is {more} than {two}." for one, two in pairwise(names)]
    if people == _OPEN and not draw.stream.below(4):
        one, two, three = names
        facts = [f"{one} is {more} than {three}.", f"{two} is {more} than {three}."]
        return choice(_asked(facts, f"Who is the {most}?", draw), UNTOLD, names, draw)
    place = draw.stream.below(people)
    asked = {0: f"the {most}", people - 1: f"the {least}"}.get(place, f"number {place + 1}")
    sentence = (
        f"Counted from the {most}, who is {asked}?" if "number" in asked else f"Who is {asked}?"
    )
    return choice(_asked(facts, sentence, draw), names[place], [*names, UNTOLD], draw)


def _asked(facts: Sequence[str], question: str, draw: Draw) -> str:
    return f"{' '.join(draw.stream.shuffled(facts))} {question}"


def _boxes(draw: Draw, count: int) -> Task:
    """Return a puzzle of labels of which a known number is true."""
    while True:
        boxes = draw.stream.shuffled(_BOXES)[:count]
        clues = [_label(draw, box, boxes) for box in boxes]
        true = draw.between(1, count - 1)
        found = [place for place in boxes if sum(clue.holds((place,)) for clue in clues) == true]
        if len(found) == 1:
            break
    labels = "\n".join(
        f'The {box} box says: "{clue.sentence}"' for box, clue in zip(boxes, clues, strict=True)
    )
    request = (
        f"A ring lies in one of {count} boxes. Each box has a label. Exactly {true} of the labels "
        f"{'is' if true == 1 else 'are'} true.\n{labels}\nIn which box is the ring?"
    )
    return choice(request, found[0], [*boxes, UNTOLD], draw)


def _label(draw: Draw, own: str, boxes: Sequence[str]) -> _Clue:
    other = draw.stream.choice([box for box in boxes if box != own])
    match draw.stream.below(4):
        case 0:
            return _Clue("The ring is in here.", lambda at: at == (own,))
        case 1:
            return _Clue("The ring is not in here.", lambda at: at != (own,))
        case 2:
            return _Clue(f"The ring is in the {other} box.", lambda at: at == (other,))
        case _:
            return _Clue(f"The ring is not in the {other} box.", lambda at: at != (other,))


def _seats(draw: Draw) -> Task:
    """Return five people in a row, with just enough clues for one arrangement."""
    names = draw.stream.shuffled(_NAMES)[:5]
    seated = tuple(names)
    possible = list(permutations(sorted(names)))
    clues: list[_Clue] = []
    for clue in draw.stream.shuffled(_true_clues(seated)):
        left = [order for order in possible if clue.holds(order)]
        if len(left) < len(possible):
            clues.append(clue)
            possible = left
        if len(possible) == 1:
            break
    seat = draw.stream.below(5)
    request = (
        "Five people sit in a row of seats, numbered 1 to 5 from left to right: "
        f"{', '.join(sorted(names))}.\n"
        + "\n".join(clue.sentence for clue in clues)
        + f"\nWho sits in seat {seat + 1}?"
    )
    return choice(request, seated[seat], names, draw)


def _true_clues(seated: Order) -> list[_Clue]:
    clues = []
    for one, two in combinations(seated, 2):
        near = seated.index(two) - seated.index(one) == 1
        clues.append(_left_of(one, two))
        clues.append(_beside(one, two, near=near))
    clues.extend(_at_end(name) for name in (seated[0], seated[-1]))
    clues.append(_inside(seated[2]))
    return clues


def _left_of(one: str, two: str) -> _Clue:
    said = f"{one} sits somewhere to the left of {two}."
    return _Clue(said, lambda order: order.index(one) < order.index(two))


def _beside(one: str, two: str, *, near: bool) -> _Clue:
    said = f"{one} {'sits' if near else 'does not sit'} next to {two}."
    return _Clue(said, lambda order: (abs(order.index(one) - order.index(two)) == 1) is near)


def _at_end(name: str) -> _Clue:
    return _Clue(f"{name} sits at one end of the row.", lambda order: name in {order[0], order[-1]})


def _inside(name: str) -> _Clue:
    return _Clue(f"{name} does not sit at an end.", lambda order: order.index(name) not in {0, 4})


def logic(draw: Draw) -> Task:
    """Return a puzzle of four options."""
    match draw.grade:
        case 1:
            return _chain(draw, 3)
        case 2:
            return _chain(draw, 4) if draw.kind % 2 else _boxes(draw, 3)
        case _:
            return _seats(draw) if draw.kind % 2 else _boxes(draw, 4)
