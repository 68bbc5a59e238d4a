"""Requests in the chat-completions dialect."""

from typing import Final

import msgspec

from shipworthy.instruments.targets.openai.tool_text import describe_tools
from shipworthy.kernel import Record
from shipworthy.vocabulary import Message, Request, Sampling, Tool

_encoder: Final = msgspec.json.Encoder()


class Dialect(Record, frozen=True, kw_only=True):
    """How this endpoint wants to be asked."""

    model: str
    sampling: Sampling
    native_tools: bool = False
    max_tokens_field: str = "max_tokens"
    repeat_penalty_field: str = ""
    flags: dict[str, bool] = msgspec.field(default_factory=dict)
    """Further switches of the engine, sent as they are."""

    @property
    def marks(self) -> str:
        """What differs from the plain dialect, for an identity: it changes what the model reads."""
        marks = [
            "native tools" if self.native_tools else "",
            self.max_tokens_field if self.max_tokens_field != "max_tokens" else "",
            self.repeat_penalty_field,
        ]
        return "".join(f", {mark}" for mark in marks if mark)


def encode_request(request: Request, dialect: Dialect) -> bytes:
    """Return the body of a chat completion request."""
    sampling = dialect.sampling
    body: dict[str, object] = {
        "model": dialect.model,
        "messages": _messages(request, native=dialect.native_tools),
        dialect.max_tokens_field: sampling.max_tokens,
        "temperature": float(sampling.temperature),
        "top_p": float(sampling.top_p),
        "seed": request.seed,
        "stream": False,
    }
    if dialect.repeat_penalty_field:
        body[dialect.repeat_penalty_field] = float(sampling.repeat_penalty)
    if dialect.native_tools and request.tools:
        body["tools"] = [_schema(tool) for tool in request.tools]
        body["tool_choice"] = "auto"
    body.update(dialect.flags)
    return _encoder.encode(body)


def _messages(request: Request, *, native: bool) -> list[dict[str, str]]:
    turns = [*request.messages]
    if request.tools and not native:
        offer = describe_tools(request.tools)
        place = next((n for n, turn in enumerate(turns) if turn.role == "system"), None)
        if place is None:
            turns.insert(0, Message(role="system", content=offer))
        else:
            content = f"{turns[place].content}\n\n{offer}"
            turns[place] = Message(role="system", content=content)
    return _one_system_turn(turns)


def _one_system_turn(turns: list[Message]) -> list[dict[str, str]]:
    """Join neighbouring system turns: many chat templates refuse, or misread, a second one."""
    joined: list[dict[str, str]] = []
    for turn in turns:
        if turn.role == "system" and joined and joined[-1]["role"] == "system":
            joined[-1]["content"] += f"\n\n{turn.content}"
        else:
            joined.append({"role": turn.role, "content": turn.content})
    return joined


def _schema(tool: Tool) -> dict[str, object]:
    properties = {
        parameter.name: {"type": "string", "description": parameter.description}
        for parameter in tool.parameters
    }
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": {
                "type": "object",
                "properties": properties,
                "required": list(properties),
            },
        },
    }
