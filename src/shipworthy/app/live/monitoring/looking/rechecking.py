"""What the guard engine says of an exchange once more, beside what was said when it happened.

The engine is built from the deployment's own stack, so the same words come of the same exchange,
unless something is not as it is said to be: another stack was running, a record was altered, a
layer depends on the time of day. Experts are asked within a budget; beyond it the recheck of an
exchange that needs one is left open, which is neither a pass nor a disagreement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from shipworthy.instruments.safeguards.engine import Consultation, GuardEngine, drive
from shipworthy.instruments.safeguards.protocol import NoOpinion
from shipworthy.records.live import ExchangeContent
from shipworthy.vocabulary import LayerAction, Reply, Request

T = TypeVar("T")

_NOTICED: Final = frozenset({"flagged", "withheld"})
_NONE: Final[frozenset[str]] = frozenset()
_UNASKED: Final = NoOpinion("no expert was asked on recheck")


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What the layers did on recheck; `open` where an expert was needed and none was asked."""

    actions: tuple[LayerAction, ...]
    open: bool = False


def recheck(engine: GuardEngine, content: ExchangeContent) -> Rechecked:
    """Take an exchange through the engine without asking anybody."""
    admission, needed = _drive_unasked(engine.admit(_request(content)))
    if admission.stopped:
        return Rechecked(admission.actions, needed)
    answer, later = _drive_unasked(engine.release(admission, _reply(content)))
    return Rechecked(answer.layers, needed or later)


async def recheck_with_experts(engine: GuardEngine, content: ExchangeContent) -> Rechecked:
    """Take an exchange through the engine, and ask the experts that its layers want to hear."""
    admission = await drive(engine.admit(_request(content)))
    if admission.stopped:
        return Rechecked(admission.actions)
    answer = await drive(engine.release(admission, _reply(content)))
    return Rechecked(answer.layers)


def noticed(actions: Sequence[LayerAction]) -> frozenset[str]:
    """Return the layers that noticed something, whether or not they were let to act."""
    found = [act.layer for act in actions if act.action in _NOTICED]
    return frozenset(found) if found else _NONE


def failed(actions: Sequence[LayerAction]) -> frozenset[str]:
    """Return the layers of which nothing is known, since they failed."""
    found = [act.layer for act in actions if act.action == "errored"]
    return frozenset(found) if found else _NONE


def _request(content: ExchangeContent) -> Request:
    return Request(messages=content.messages, tools=content.tools)


def _reply(content: ExchangeContent) -> Reply:
    return Reply(text=content.text, reasoning=content.reasoning, tool_calls=content.tool_calls)


def _drive_unasked(consultation: Consultation[T]) -> tuple[T, bool]:
    needed = False
    try:
        next(consultation)
        while True:
            needed = True
            consultation.send(_UNASKED)
    except StopIteration as end:
        result: T = end.value
        return result, needed
