"""What of an exchange is screened: the conversation so far, and each piece of the answer."""

from collections.abc import Sequence

from msgspec import UNSET

from shipworthy.instruments.safeguards.screening.probe import BLOCK
from shipworthy.instruments.safeguards.screening.rules import seen_bytes
from shipworthy.vocabulary import Message, Reply, Request


def conversation(request: Request) -> str:
    """Return all turns but those of the system, joined by newlines: what rules of requests see.

    Turns of the assistant and of tools are among them, since a client can write those too.
    """
    return "\n".join([_said(turn) for turn in request.messages if turn.role != "system"])


def user_turns(request: Request) -> tuple[str, ...]:
    """Return the last user turn and, where there are several, all of them joined."""
    turns = [turn.content for turn in request.messages if turn.role == "user"]
    if len(turns) <= 1:
        return tuple(turns)
    return turns[-1], "\n".join(turns)


def seam(request: Request) -> bytes:
    """Return the folded end of what the user said: what an answer is scored beside."""
    said = "\n".join([turn.content for turn in request.messages if turn.role == "user"])
    size = BLOCK
    # Views are made character by character: the view of an end is an end of the view.
    while len(folded := seen_bytes("folded", said[-size:])) < BLOCK and size < len(said):
        size *= 8
    return folded[-BLOCK:] + b"\n"


def question(request: Request, said: Sequence[str] | None) -> str:
    """Return the exchange as an expert reads it; `said` is None before there is an answer."""
    turns = (f"{turn.role}: {_said(turn)}" for turn in request.messages if turn.role != "system")
    answer = () if said is None else ("answer: " + "\n".join(said),)
    return "\n\n".join((*turns, *answer))


def pieces(reply: Reply) -> list[str]:
    """Return what leaves the model: text, reasoning, and each tool call as one piece."""
    said = [piece for piece in (reply.text, reply.reasoning) if piece]
    for call in reply.tool_calls:
        parts = (part for pair in call.arguments.items() for part in pair)
        said.append("\n".join((call.name, *parts)))
    return said


def _said(turn: Message) -> str:
    if turn.tool_calls is UNSET or not turn.tool_calls:
        return turn.content
    return "\n".join((turn.content, *pieces(Reply(text="", tool_calls=turn.tool_calls))))
