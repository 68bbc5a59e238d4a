"""Asking an expert without doing it: layers say what to ask, a driver asks.

A `Consultation` is a generator that yields each question and receives an opinion, so that the guard
engine itself never waits, never calls anything and can be replayed.
"""

import asyncio
from collections.abc import Generator
from typing import TypeVar

from shipworthy.instruments.safeguards.protocol import Delegated, NoOpinion, Opinion

T = TypeVar("T")


Consultation = Generator[Delegated, Opinion | NoOpinion, T]
"""A computation of the engine that may ask experts on its way to a `T`."""


async def drive(consultation: Consultation[T]) -> T:
    """Carry a consultation to its end, asking each expert within its deadline."""
    try:
        asked = next(consultation)
        while True:
            asked = consultation.send(await _ask(asked))
    except StopIteration as end:
        result: T = end.value
        return result


def drive_now(consultation: Consultation[T]) -> T:
    """Carry a consultation to its end without waiting: an expert that is needed has no opinion."""
    try:
        next(consultation)
        while True:
            consultation.send(NoOpinion("no expert can be asked here"))
    except StopIteration as end:
        result: T = end.value
        return result


async def _ask(asked: Delegated) -> Opinion | NoOpinion:
    try:
        async with asyncio.timeout(asked.expert.deadline_s):
            opinion = await asked.expert.ask(asked.question)
    except TimeoutError:
        return NoOpinion("the expert was late")
    except Exception as error:  # noqa: BLE001 - an expert may raise anything
        return NoOpinion(f"the expert failed: {type(error).__name__}")
    if not 0.0 <= opinion.score <= 1.0:
        return NoOpinion("the expert's score is no number from 0 to 1")
    return opinion
