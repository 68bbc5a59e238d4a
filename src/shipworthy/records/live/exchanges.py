"""One exchange with a deployed model: what was asked and answered, what the guard said and did.

What the guard said (`GuardVerdict.actions`) and what was done about it (`enforced`) are two fields:
a layer that only detects has said something although the text left, and no reader may take the one
for the other.
"""

from typing import Final, Literal, get_args

from shipworthy.kernel import Digest, Record
from shipworthy.vocabulary import LayerAction, Message, Sampling, Tool, ToolCall, Usage

ApiDialect = Literal["chat", "completions", "responses", "messages"]
"""Wire formats: three of OpenAI (chat completions, completions, responses), one of Anthropic."""

DIALECTS: Final[tuple[ApiDialect, ...]] = get_args(ApiDialect)

TURNED_DIALECTS: Final[tuple[ApiDialect, ...]] = ("chat", "responses", "messages")
"""Those whose requests say which words are the product's and which are the user's."""

Enforced = Literal["released", "rewritten", "withheld", "halted", "refused", "failed"]
"""What the user received.

`released`: the model's answer as it was. `rewritten`: an answer that a layer changed. `withheld`: a
refusal and nothing of the answer. `halted`: a part of the answer, cut off. `refused`: the request
never reached a layer or the model, because a policy of the gateway does not let it in (a limit, a
stop, content that cannot be screened). `failed`: no answer, because the model or the way to it
broke, or a layer gave the exchange up.
"""


def enforced_words() -> tuple[Enforced, ...]:
    """Return every value of `Enforced`, for tables that must miss none."""
    return get_args(Enforced)


class GuardVerdict(Record, frozen=True, kw_only=True):
    """What the guard engine said of one exchange, and what was enforced.

    Attributes:
        engine: digest of the stack that said it. The safeguard tested is the safeguard deployed
            where it equals the digest in the campaign's plan.
        actions: what each layer did, in order.
        enforced: what the user received.
        left: characters of the model's text that had left when it was decided to withhold the rest;
            or when the answer broke off; 0 unless `halted` or `failed`.
        why: for `refused` and `failed`, one line without content.
    """

    engine: Digest
    actions: tuple[LayerAction, ...]
    enforced: Enforced
    left: int = 0
    why: str = ""

    @property
    def detected_by(self) -> tuple[str, ...]:
        """Layers that noticed something, whether or not they were let to act on it."""
        acts = (act for act in self.actions if act.action in {"flagged", "withheld"})
        return tuple(dict.fromkeys(act.layer for act in acts))

    @property
    def errored(self) -> tuple[str, ...]:
        """Layers that failed: of these nothing is known, and that is never a pass."""
        acts = (act for act in self.actions if act.action == "errored")
        return tuple(dict.fromkeys(act.layer for act in acts))

    @property
    def is_clear(self) -> bool:
        """Whether every layer was asked, none failed, and none noticed anything."""
        quiet = not self.detected_by and not self.errored
        return quiet and self.enforced in {"released", "rewritten"}


class ExchangeContent(Record, frozen=True, kw_only=True):
    """What was said, kept only where the disclosure tier of the deployment allows it.

    `messages` and `tools` are as the client sent them; `text`, `reasoning` and `tool_calls` are the
    model's, before any layer. One content a choice where a request asked for several.
    """

    messages: tuple[Message, ...]
    text: str
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tools: tuple[Tool, ...] = ()


class Timing(Record, frozen=True, kw_only=True):
    """Milliseconds from the request's last byte; -1 where it did not happen.

    `first_ms` is the first byte of the answer that the client was sent, not the first that the
    model wrote.
    """

    upstream_ms: int = -1
    first_ms: int = -1
    total_ms: int = -1
    guard_us: int = 0
    """Microseconds spent in layers."""


class ExchangeRecord(Record, frozen=True, kw_only=True, tag="exchange"):
    """One exchange, as the log of a deployment keeps it.

    Attributes:
        id: unique in the deployment; results are counted once an id, however often it is read.
        at_ms: when the request had arrived, milliseconds since 1970 UTC, by the gateway's clock.
        deployment: name of the deployment.
        account: pseudonym of who asked (a keyed hash), or empty where nobody is told apart.
        conversation: id of the conversation where the client gave one.
        dialect: the wire format.
        stream: whether the answer was asked for in pieces.
        choice: index of the answer, where a request asked for several.
        model: the model that was asked for.
        answered_by: the model that the answer names, or empty.
        system_prompt: digest of the system turns that reached the model, or empty without any.
        sampling: how answers were asked to be drawn; fields that were not given keep the default.
        request: digest of the canonical messages and tools as the client sent them.
        reply: digest of the canonical content of the model's answer, or empty without one.
        finish: why the model stopped, in its dialect's word, or empty.
        status: HTTP status sent to the client.
        verdict: what the guard said and what was enforced.
        usage: tokens as the model's server counted them.
        timing: how long it took.
        media: parts that no layer could read (images, audio, files), by kind.
        content: what was said, where the disclosure tier lets it be kept.
    """

    id: str
    at_ms: int
    deployment: str
    account: str
    conversation: str
    dialect: ApiDialect
    stream: bool
    choice: int = 0
    model: str
    answered_by: str = ""
    system_prompt: Digest = ""
    sampling: Sampling
    request: Digest
    reply: Digest = ""
    finish: str = ""
    status: int
    verdict: GuardVerdict
    usage: Usage = Usage()
    timing: Timing = Timing()
    media: dict[str, int] = {}  # noqa: RUF012 - msgspec copies an empty default
    content: tuple[ExchangeContent, ...] = ()
