"""What of an exchange is screened: what the client sent, and each piece of the answer."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal, get_args

from msgspec import UNSET

from shipworthy.instruments.safeguards.screening.probe import BLOCK
from shipworthy.instruments.safeguards.screening.rules import seen_bytes
from shipworthy.vocabulary import Message, Reply, Request, Tool

Place = Literal["system", "user", "assistant", "tool-results", "tool-descriptions"]
"""Where a request holds text. The first four are turns, by who is said to speak."""

PLACES: Final[tuple[Place, ...]] = get_args(Place)
"""Everything that a client can write."""

_ROLES: Final[Mapping[str, Place]] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool-results",
}


class Looked:
    """The places that are looked at, ready for use."""

    __slots__ = ("places", "roles", "tools", "user")

    def __init__(self, places: Collection[Place]) -> None:
        self.places: Final = tuple(place for place in PLACES if place in places)
        self.roles: Final = frozenset(role for role, place in _ROLES.items() if place in places)
        self.tools: Final = "tool-descriptions" in places
        self.user: Final = "user" in places


def conversation(request: Request, looked: Looked) -> str:
    """Return what the client sent, joined by newlines: what rules of requests see.

    Descriptions of tools stand in front, as models are shown them.
    """
    turns = [_said(turn) for turn in request.messages if turn.role in looked.roles]
    if looked.tools and request.tools:
        return "\n".join((*map(described, request.tools), *turns))
    return "\n".join(turns)


def scored_texts(request: Request, looked: Looked) -> list[str]:
    """Return what a probe scores apart: the last user turn, and each place as a whole."""
    if looked.places == ("user",):
        return _user_texts(request)
    found = _user_texts(request) if looked.user else []
    for role, place in _ROLES.items():
        if place != "user" and place in looked.places:
            found += _joined([_said(turn) for turn in request.messages if turn.role == role])
    if looked.tools:
        found += _joined([described(tool) for tool in request.tools])
    return found


def seam(request: Request, looked: Looked) -> bytes:
    """Return the folded end of what the user said: what an answer is scored beside."""
    if not looked.user:
        return b"\n"
    said = "\n".join([turn.content for turn in request.messages if turn.role == "user"])
    size = BLOCK
    # Views are made character by character: the view of an end is an end of the view.
    while len(folded := seen_bytes("folded", said[-size:])) < BLOCK and size < len(said):
        size *= 8
    return folded[-BLOCK:] + b"\n"


def question(request: Request, said: Sequence[str] | None, looked: Looked) -> str:
    """Return the exchange as an expert reads it; `said` is None before there is an answer."""
    tools = request.tools if looked.tools else ()
    offered = (f"offered tool: {described(tool)}" for tool in tools)
    turns = (
        f"{turn.role}: {_said(turn)}" for turn in request.messages if turn.role in looked.roles
    )
    answer = () if said is None else ("answer: " + "\n".join(said),)
    return "\n\n".join((*offered, *turns, *answer))


def described(tool: Tool) -> str:
    """Return all that a model is shown of a tool: names, descriptions, and what schemas hold."""
    parts = (part for one in tool.parameters for part in (one.name, one.description))
    return "\n".join(filter(None, (tool.name, tool.description, *parts)))


def pieces(reply: Reply) -> list[str]:
    """Return what leaves the model: text, reasoning, and each tool call as one piece."""
    said = [piece for piece in (reply.text, reply.reasoning) if piece]
    for call in reply.tool_calls:
        parts = (part for pair in call.arguments.items() for part in pair)
        said.append("\n".join((call.name, *parts)))
    return said


def _user_texts(request: Request) -> list[str]:
    turns = [turn.content for turn in request.messages if turn.role == "user"]
    return turns if len(turns) <= 1 else [turns[-1], "\n".join(turns)]


def _joined(texts: Sequence[str]) -> list[str]:
    return ["\n".join(texts)] if texts else []


def _said(turn: Message) -> str:
    if turn.tool_calls is UNSET or not turn.tool_calls:
        return turn.content
    return "\n".join((turn.content, *pieces(Reply(text="", tool_calls=turn.tool_calls))))
