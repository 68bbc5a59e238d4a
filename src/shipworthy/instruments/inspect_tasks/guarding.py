"""Our stack of layers around the model of a task, wherever in the task the model is asked.

A solver around a task would see its first input and its last answer alone. So the layers stand
where Inspect asks the provider: each call that the task, an agent of its own, or a loop over tools
makes passes them, and so does every result of a tool on its way to the model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shipworthy.instruments.inspect_tasks.conversations import (
    CannotRewriteError,
    messages_asked,
    output_given,
    reply_seen,
    request_seen,
    tools_offered,
)
from shipworthy.instruments.safeguards import Layer, guard
from shipworthy.vocabulary import Failure, LayerAction, Reply, Request

SampleKey = str
"""Inspect's id of one execution of a sample."""


@dataclass(slots=True)
class LayerRecord:
    """What layers did, by sample; each kind of action once, in the order in which it came first."""

    actions: dict[SampleKey, dict[tuple[str, str], LayerAction]] = field(default_factory=dict)
    scoring: set[SampleKey] = field(default_factory=set)
    """Samples that are being scored: a scorer that asks the model is no user of the product."""

    def take(self, sample: SampleKey, actions: Sequence[LayerAction]) -> None:
        """Keep what layers did in one call."""
        known = self.actions.setdefault(sample, {})
        for action in actions:
            known.setdefault((action.layer, action.action), action)

    def of(self, sample: SampleKey) -> tuple[LayerAction, ...]:
        """Return what layers did in a sample, and forget it."""
        self.scoring.discard(sample)
        return tuple(self.actions.pop(sample, {}).values())


class SafeguardFailedError(Exception):
    """A layer failed, and is set to end the exchange then."""


class _AsItCameError(Exception):
    """What a provider returned in the place of an answer, on its way past the layers."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result


@dataclass(slots=True)
class _Provider:
    """One call of the provider, as a target of ours."""

    ask: Callable[[list[Any], list[Any]], Any]
    messages: list[Any]
    tools: list[Any]
    seen: Request
    output: Any = None
    reply: Reply | None = None

    async def respond(self, request: Request) -> Reply | Failure:
        try:
            messages = messages_asked(self.messages, self.seen, request)
        except CannotRewriteError:
            raise SafeguardFailedError("a layer took out a call of a tool or its result") from None
        result = await self.ask(messages, tools_offered(self.tools, request))
        self.output = result[0] if isinstance(result, tuple) else result
        if isinstance(self.output, Exception):
            raise _AsItCameError(result)
        self.reply = reply_seen(self.output)
        return self.reply

    async def close(self) -> None:
        """Hold nothing open."""


def guard_model(model: Any, layers: Sequence[Layer], record: LayerRecord) -> None:
    """Put layers around a model of Inspect, in place; without layers it stays as it is."""
    if not layers:
        return
    provider = model.api
    generate = provider.generate

    async def guarded(input: Any, tools: Any, tool_choice: Any, config: Any) -> Any:  # noqa: A002 - the names of Inspect
        sample = current_sample()
        if sample in record.scoring:
            return await generate(input, tools, tool_choice, config)

        async def ask(messages: list[Any], offered: list[Any]) -> Any:
            return await generate(messages, offered, tool_choice, config)

        inner = _Provider(ask, list(input), list(tools), request_seen(input, tools))
        try:
            answer = await guard(inner, layers).respond(inner.seen)
        except _AsItCameError as passed:
            return passed.result
        record.take(sample, answer.layers)
        if isinstance(answer, Failure):
            raise SafeguardFailedError(answer.detail)
        return output_given(inner.output, inner.reply, answer, provider.model_name)

    provider.generate = guarded


def current_sample() -> SampleKey:
    """Return the execution of a sample that is running; empty outside of one."""
    from inspect_ai.log._samples import sample_active

    active = sample_active()
    return (active.sample_uuid or "") if active is not None else ""
