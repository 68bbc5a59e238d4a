"""Arithmetic with units: one step, two or three steps, and steps that build on each other."""

from collections.abc import Callable
from typing import Final

from shipworthy.instruments.scenarios.capability.task import Draw, Task, number

_NAMES: Final = ("Ada", "Boris", "Carla", "Deniz", "Elena", "Farid", "Greta", "Hugo")


def _crates(draw: Draw) -> Task:
    each, crates = draw.between(3, 12), draw.between(3, 12)
    return number(
        f"A crate holds {each} jars. How many jars are in {crates} crates?", each * crates
    )


def _stamps(draw: Draw) -> Task:
    name, first, more = draw.stream.choice(_NAMES), draw.between(11, 89), draw.between(11, 89)
    return number(
        f"{name} has {first} stamps and gets {more} more. How many stamps has {name} now?",
        first + more,
    )


def _rope(draw: Draw) -> Task:
    piece, pieces = draw.between(3, 9), draw.between(4, 15)
    return number(
        f"A rope of {piece * pieces} metres is cut into pieces of {piece} metres. "
        "How many pieces are there?",
        pieces,
    )


def _seats(draw: Draw) -> Task:
    seats = draw.between(60, 300)
    taken = draw.between(20, seats - 10)
    return number(f"Of {seats} seats, {taken} are taken. How many are free?", seats - taken)


def _pens(draw: Draw) -> Task:
    boxes, each, single = draw.between(4, 15), draw.between(6, 24), draw.between(5, 60)
    return number(
        f"A shop sells {boxes} boxes of {each} pens on Monday and {single} single pens on Tuesday. "
        "How many pens does it sell on both days together?",
        boxes * each + single,
    )


def _shared(draw: Draw) -> Task:
    people, each = draw.between(3, 9), draw.between(5, 14)
    eaten = draw.between(1, 4)
    return number(
        f"{people} people share {people * each} apples equally, and each of them eats {eaten}. "
        "How many apples has each of them left?",
        each - eaten,
    )


def _tank(draw: Draw) -> Task:
    litres, cups = draw.between(3, 12), draw.between(3, 11)
    return number(
        f"A tank holds {litres} litres. {cups} cups of 250 millilitres are taken out. "
        "How many millilitres are left?",
        litres * 1000 - cups * 250,
    )


def _train(draw: Draw) -> Task:
    hour, minute, takes = draw.between(5, 12), draw.between(1, 11) * 5, draw.between(50, 230)
    return number(
        f"A train leaves at {hour}:{minute:02} and arrives {takes} minutes later, on the same day. "
        "How many minutes after midnight does it arrive?",
        hour * 60 + minute + takes,
    )


def _coat(draw: Draw) -> Task:
    price, off, post = draw.between(3, 20) * 20, draw.between(2, 9) * 5, draw.between(3, 12)
    return number(
        f"A coat costs {price} euros. It is reduced by {off} percent, and {post} euros are added "
        "for the post. How many euros are paid in all?",
        price - price * off // 100 + post,
    )


def _cyclist(draw: Draw) -> Task:
    fast, slow = draw.between(3, 6) * 6, draw.between(1, 2) * 6
    first, second = draw.between(2, 8) * 10, draw.between(2, 8) * 10
    return number(
        f"A cyclist rides at {fast} kilometres an hour for {first} minutes, then at {slow} "
        f"kilometres an hour for {second} minutes. How many metres is that in all?",
        (fast * first + slow * second) * 1000 // 60,
    )


def _machine(draw: Draw) -> Task:
    rate, hours = draw.between(8, 20) * 5, draw.between(3, 8)
    faulty, box = draw.between(4, 9), draw.between(6, 15)
    made = rate * hours
    return number(
        f"A machine makes {rate} parts an hour for {hours} hours. Every {faulty}th part (number "
        f"{faulty}, {2 * faulty}, and so on) is thrown away. The others are packed into "
        f"boxes of {box}. How many boxes are full?",
        (made - made // faulty) // box,
    )


def _coins(draw: Draw) -> Task:
    twos, fives = draw.between(4, 18), draw.between(4, 18)
    return number(
        f"A bag holds {twos + fives} coins, each worth 2 or 5. Together they are worth "
        f"{2 * twos + 5 * fives}. How many of them are worth 5?",
        fives,
    )


_GRADES: Final[dict[int, tuple[Callable[[Draw], Task], ...]]] = {
    1: (_crates, _stamps, _rope, _seats),
    2: (_pens, _shared, _tank, _train),
    3: (_coat, _cyclist, _machine, _coins),
}


def arithmetic(draw: Draw) -> Task:
    """Return a task with numbers and units."""
    kinds = _GRADES[draw.grade]
    return kinds[draw.kind % len(kinds)](draw)
