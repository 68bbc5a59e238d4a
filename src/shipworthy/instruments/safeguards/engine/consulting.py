"""Asking an expert without doing it: layers say what to ask, a driver asks.

A `Consultation` is a generator that yields each question and receives an opinion, so that the guard
engine itself never waits, never calls anything and can be replayed.
"""

import asyncio
import math
from collections.abc import Generator
from typing import TypeVar

from shipworthy.instruments.safeguards.protocol import Delegated, NoOpinion, Opinion

T = TypeVar("T")


Consultation = Generator[Delegated, Opinion | NoOpinion, T]
"""A computation of the engine that may ask experts on its way to a `T`."""


async def drive(consultation: Consultation[T]) -> T:
    """Carry a consultation to its end, asking each expert within its deadline.

    An expert that has an opinion on a question is not asked it again: several choices may be the
    same text, and an answer in pieces may be ruled over twice. No opinion is nothing to keep.
    """
    held: list[tuple[Delegated, Opinion]] = []
    try:
        asked = next(consultation)
        while True:
            known = next((opinion for one, opinion in held if _same(one, asked)), None)
            said = await _ask(asked) if known is None else known
            if known is None and isinstance(said, Opinion):
                held.append((asked, said))
            asked = consultation.send(said)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        consultation.close()


def drive_now(consultation: Consultation[T]) -> T:
    """Carry a consultation to its end without waiting: an expert that is needed has no opinion."""
    try:
        next(consultation)
        while True:
            consultation.send(NoOpinion("no expert can be asked here"))
    except StopIteration as end:
        result: T = end.value
        return result


def _same(one: Delegated, other: Delegated) -> bool:
    return one.expert is other.expert and one.question == other.question


async def _ask(asked: Delegated) -> Opinion | NoOpinion:
    """Ask within the deadline. Only a cancellation of the exchange itself gets out."""
    try:
        deadline = asked.expert.deadline_s
        if not 0.0 < deadline < math.inf:
            return NoOpinion("the expert has no deadline")
        async with asyncio.timeout(deadline):
            opinion: object = await asked.expert.ask(asked.question)
        return _checked(opinion)
    except TimeoutError:
        return NoOpinion("the expert was late")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return NoOpinion("the expert cancelled its work")
    except Exception as error:  # noqa: BLE001 - an expert may raise anything
        return NoOpinion(f"the expert failed: {type(error).__name__}")


def _checked(opinion: object) -> Opinion | NoOpinion:
    """Return what an expert said if it is an opinion at all: its type is a promise, no proof."""
    match opinion:
        case Opinion(score=float() | int() as score) if 0.0 <= score <= 1.0:
            return opinion
        case NoOpinion():
            return opinion
        case Opinion():
            return NoOpinion("the expert's score is no number from 0 to 1")
        case _:
            return NoOpinion("the expert answered with no opinion")
