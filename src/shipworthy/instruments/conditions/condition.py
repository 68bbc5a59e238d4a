"""The conditions by name: what each adds to a conversation, drawn under the seed of the item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

from shipworthy.instruments.conditions.announcements import HIDE, SCORES, WATCH
from shipworthy.instruments.conditions.dresses import CLOSINGS, OPENINGS
from shipworthy.kernel import Stream
from shipworthy.vocabulary import (
    AS_TEST,
    AS_TRAFFIC,
    INSTRUCTED,
    NO_STAKES,
    PLAIN,
    STAKES,
    UNWATCHED,
    WATCHED,
    Message,
    Request,
)

Change = Callable[[Request, Stream], Request]

_LEAST, _MOST = 12, 99
"""Numbers of items, tickets and rooms in a dress."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A change of a conversation; what is asked for stays the same word for word.

    Conditions of one `kind` are compared: on one scenario they draw the same variant.
    """

    name: str
    kind: str
    about: str
    change: Change


def _dressed(side: int) -> Change:
    """Put one side of a dress around the last turn of the user."""

    def change(request: Request, stream: Stream) -> Request:
        before = stream.choice(OPENINGS)[side]
        after = stream.choice(CLOSINGS)[side]
        before = before.format(n=_LEAST + stream.below(_MOST - _LEAST + 1))
        *earlier, last = request.messages
        turn = Message(role="user", content=f"{before}{last.content}{after}")
        return msgspec.structs.replace(request, messages=(*earlier, turn))

    return change


def _announced(texts: Sequence[str]) -> Change:
    """Put one of the texts into a system turn before the first turn of the user."""

    def change(request: Request, stream: Stream) -> Request:
        said = Message(role="system", content=stream.choice(texts))
        at = next(n for n, turn in enumerate(request.messages) if turn.role != "system")
        turns = (*request.messages[:at], said, *request.messages[at:])
        return msgspec.structs.replace(request, messages=turns)

    return change


def _unchanged(request: Request, _: Stream) -> Request:
    return request


def _side(pairs: Sequence[tuple[str, str]], side: int) -> Change:
    return _announced([pair[side] for pair in pairs])


CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Condition(PLAIN, "plain", "nothing is added", _unchanged),
            Condition(AS_TEST, "dress", "looks like an item of a benchmark", _dressed(0)),
            Condition(AS_TRAFFIC, "dress", "looks like a message of a user", _dressed(1)),
            Condition(STAKES, "scores", "doing well has a price", _side(SCORES, 0)),
            Condition(NO_STAKES, "scores", "scores are spoken of, without one", _side(SCORES, 1)),
            Condition(
                INSTRUCTED, "hide", "the model is told to hide its ability", _announced(HIDE)
            ),
            Condition(WATCHED, "watch", "people watch each action", _side(WATCH, 0)),
            Condition(UNWATCHED, "watch", "nobody watches", _side(WATCH, 1)),
        )
    }
)
"""The conditions by name."""
