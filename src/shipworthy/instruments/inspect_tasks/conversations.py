"""What Inspect's messages are to a safeguard layer, and what a layer's changes are to Inspect.

A layer sees texts: the turns with their roles, results of tools as turns of a user, the names of
the tools that are offered. What it leaves alone keeps the message that it was, with everything in
it that is no text.
"""

from difflib import SequenceMatcher
from typing import Any, Final

from shipworthy.instruments.inspect_logs.exchanges import call_of
from shipworthy.instruments.inspect_logs.untrusted_json import shown
from shipworthy.vocabulary import Message, Reply, Request, Tool, ToolCall, Usage

_ROLES: Final = {"system": "system", "user": "user", "assistant": "assistant"}
_FINISH: Final = {"max_tokens": "length", "model_length": "length", "content_filter": "filter"}


class CannotRewriteError(Exception):
    """A layer took out a turn that the provider needs, such as the answer to a call of a tool."""


def request_seen(messages: list[Any], tools: list[Any]) -> Request:
    """Return what layers see of a call of the model."""
    return Request(
        messages=tuple(
            Message(role=_role(one.role), content=shown(one.text or "")) for one in messages
        ),
        tools=tuple(Tool(name=one.name, description=shown(one.description or "")) for one in tools),
    )


def messages_asked(messages: list[Any], before: Request, after: Request) -> list[Any]:
    """Return the messages after a layer rewrote the request that it saw of them.

    Raises:
        CannotRewriteError: when a call of a tool or its result would be lost.
    """
    if before.messages == after.messages:
        return messages
    old = [(one.role, one.content) for one in before.messages]
    new = [(one.role, one.content) for one in after.messages]
    found: list[Any] = []
    for what, low, high, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            found += messages[low:high]
        elif [role for role, _ in old[low:high]] == [role for role, _ in new[start:end]]:
            pairs = zip(messages[low:high], new[start:end], strict=True)
            found += [one.model_copy(update={"content": text}) for one, (_, text) in pairs]
        else:
            if any(map(_binds, messages[low:high])):
                raise CannotRewriteError
            found += [_message(role, text) for role, text in new[start:end]]
    return found


def tools_offered(tools: list[Any], after: Request) -> list[Any]:
    """Return the tools that a layer leaves."""
    names = {one.name for one in after.tools}
    return [one for one in tools if one.name in names]


def reply_seen(output: Any) -> Reply:
    """Return what layers see of an answer: its first choice."""
    usage = output.usage
    used = Usage(
        prompt_tokens=usage.input_tokens if usage else 0,
        completion_tokens=usage.output_tokens if usage else 0,
    )
    if not output.choices:
        return Reply(text="", usage=used)
    choice = output.choices[0]
    finish: Any = _FINISH.get(choice.stop_reason, "stop")
    return Reply(
        text=shown(choice.message.text or ""),
        reasoning=shown(_reasoning(choice.message)),
        tool_calls=tuple(
            call_of(one.function, one.arguments) for one in choice.message.tool_calls or ()
        ),
        finish=finish,
        usage=used,
    )


def output_given(output: Any, seen: Reply | None, reply: Reply, model: str) -> Any:
    """Return the answer after the layers: untouched where they left it, else what they wrote.

    Only the first choice is screened, so only that one is given on. `output` and `seen` are
    nothing where the model was not asked.
    """
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        ModelOutput,
        ModelUsage,
    )

    if output is None or seen is None:
        withheld = ModelOutput.from_content(model, reply.text)
        withheld.usage = ModelUsage()
        return withheld
    if _said(reply) == _said(seen):
        return output.model_copy(update={"choices": output.choices[:1]})
    calls = _kept_calls(output, seen, reply)
    message = ChatMessageAssistant(
        content=reply.text, tool_calls=calls or None, source="generate", model=model
    )
    stop = "tool_calls" if calls else "stop"
    choice = ChatCompletionChoice(message=message, stop_reason=stop)
    return ModelOutput(model=output.model, choices=[choice], usage=output.usage)


def _said(reply: Reply) -> tuple[str, str, tuple[ToolCall, ...]]:
    return reply.text, reply.reasoning, reply.tool_calls


def _kept_calls(output: Any, seen: Reply, reply: Reply) -> list[Any]:
    """Return the calls that are left as they were; one that a layer wrote anew is not made."""
    theirs = list(output.choices[0].message.tool_calls or ()) if output.choices else []
    left = list(reply.tool_calls)
    kept = []
    for call, ours in zip(theirs, seen.tool_calls, strict=True):
        if ours in left:
            left.remove(ours)
            kept.append(call)
    return kept


def _binds(message: Any) -> bool:
    """Whether a provider refuses a conversation without this turn: a call, or its result."""
    return message.role == "tool" or bool(getattr(message, "tool_calls", None))


def _role(role: str) -> Any:
    return _ROLES.get(role, "user")


def _message(role: str, text: str) -> Any:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

    kinds = {"system": ChatMessageSystem, "assistant": ChatMessageAssistant}
    return kinds.get(role, ChatMessageUser)(content=text)


def _reasoning(message: Any) -> str:
    if isinstance(message.content, str):
        return ""
    parts = [one for one in message.content if one.type == "reasoning"]
    return "\n".join(one.reasoning for one in parts)
