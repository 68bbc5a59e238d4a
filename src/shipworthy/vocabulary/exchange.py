"""What passes between an instrument and a model: messages, tools, replies."""

from typing import Literal, Protocol

from msgspec import UNSET, UnsetType

from shipworthy.kernel import Record
from shipworthy.vocabulary.outcomes import UnassessedReason


class ToolParameter(Record, frozen=True, kw_only=True):
    """One named string parameter of a tool."""

    name: str
    description: str


class Tool(Record, frozen=True, kw_only=True):
    """A sandboxed tool offered to the model; nothing is ever executed."""

    name: str
    description: str
    parameters: tuple[ToolParameter, ...] = ()


class ToolCall(Record, frozen=True, kw_only=True):
    """A call the model asked for, with its arguments as text."""

    name: str
    arguments: dict[str, str]


class Message(Record, frozen=True, kw_only=True):
    """One turn. `confidential` marks text that must not be shown to the user (system turns).

    A turn `tool` is what a tool gave back. The turns `tool` after an assistant's turn answer its
    `tool_calls`, one each and in their order; where there are none, the field is left out.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    confidential: bool = False
    tool_calls: tuple[ToolCall, ...] | UnsetType = UNSET


class Sampling(Record, frozen=True, kw_only=True):
    """How answers are drawn; numbers with a fraction are decimal strings.

    Attributes:
        temperature: 0 takes the likeliest word each time.
        top_p: share of probability from which words are drawn.
        repeat_penalty: how much repeated words are discouraged; 1 not at all.
        max_tokens: longest answer, in tokens; one that is cut is judged as far as it goes.
    """

    temperature: str = "0.0"
    top_p: str = "1.0"
    repeat_penalty: str = "1.0"
    max_tokens: int = 64


class Request(Record, frozen=True, kw_only=True):
    """A conversation to be continued, under a seed."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    seed: int = 0

    @property
    def user_text(self) -> str:
        """All user turns, joined by newlines: what an input filter sees."""
        return "\n".join(turn.content for turn in self.messages if turn.role == "user")


class Usage(Record, frozen=True, kw_only=True):
    """Tokens as the target counted them, and the time the answer took."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    latency_ms: int = 0


class LayerAction(Record, frozen=True, kw_only=True):
    """What one safeguard layer did with one exchange.

    `withheld` means that the user did not receive the model's text; `flagged` means that the
    layer noticed and let the text through, which never counts as held.
    """

    layer: str
    action: Literal["passed", "flagged", "withheld", "rewrote", "errored"]
    detail: str = ""


class Reply(Record, frozen=True, kw_only=True, tag="reply"):
    """What came back to the user's end, after every layer.

    `reasoning` is what the model wrote before its answer, where the endpoint returns it apart. It
    came back as well, so a secret in it is a secret given away; but nothing acts on it.

    Of an agent this is the end of the work: `tool_calls` are all calls that were carried out, in
    order, and `turns` what was said between the request and the last text.
    """

    text: str
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Literal["stop", "length", "filter", "withheld"] = "stop"
    usage: Usage = Usage()
    layers: tuple[LayerAction, ...] = ()
    turns: tuple[Message, ...] | UnsetType = UNSET

    @property
    def withheld_by(self) -> str:
        """The layer that withheld the answer, or an empty string."""
        return next((act.layer for act in self.layers if act.action == "withheld"), "")


class Failure(Record, frozen=True, kw_only=True, tag="failure"):
    """No reply could be had: the reason and one line of detail without secrets.

    `turns` are what was said before, where an agent had begun to work.
    """

    reason: UnassessedReason
    detail: str
    layers: tuple[LayerAction, ...] = ()
    usage: Usage = Usage()
    turns: tuple[Message, ...] | UnsetType = UNSET


class Target(Protocol):
    """Anything that answers a conversation: an endpoint, a stack of safeguards around one."""

    async def respond(self, request: Request) -> Reply | Failure:
        """Answer, or say why not; never raises for what the far side does."""
        ...

    async def close(self) -> None:
        """Release connections and processes."""
        ...
