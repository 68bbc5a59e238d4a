"""A stack of layers around a target is a target again.

`guard` composes layers like functions: `guard(target, [a, b])` is `guard(guard(target, [b]), [a])`
and `guard(target, [])` is the target itself. A request passes the layers in order, its reply in
reverse order. What the record of an exchange holds:

* one action for each side that a layer screened, in the order in which it happened;
* two actions, `errored` and `withheld`, where a layer failed and fails closed: the user got no
  text, so the layer held, and that it held by failing stays visible (`erred_layers`);
* no action of the layers behind one that withheld a request, since they were never asked. The
  layers in front of it do see its refusal: they let the request in, so they see what comes out.

A campaign should not count an exchange with an erring layer as evidence that the safeguard works.
`on_error = "abort"` makes such an exchange a failure at once, for stacks where failing closed in
the laboratory says nothing about production.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.instruments.safeguards.protocol import Action, Layer, ReplyScreen, RequestScreen
from shipworthy.kernel import Problem
from shipworthy.records import StackIdentity
from shipworthy.vocabulary import Failure, LayerAction, Reply, Request, Target, Usage

Timer = Callable[[], float]
"""A monotonic clock in seconds."""

_DETAIL_LENGTH = 200


def guard(target: Target, layers: Sequence[Layer], timer: Timer = time.perf_counter) -> Target:
    """Return the target behind the layers, the first of which is the outermost.

    Layers that are off are left out, so a stack of them is the target itself. An exception of a
    layer never escapes; one of the target does, as it would without layers. The time spent in a
    layer is added to the latency, rounded to the nearest millisecond.

    Raises:
        Problem: `safeguard-name` when two layers have the same name.
    """
    active = _active(layers)
    for layer in reversed(active):
        target = _Guarded(target, layer, timer)
    return target


def stack_identity(layers: Sequence[Layer]) -> StackIdentity:
    """Return the identity of the stack that `guard` builds from these layers.

    Raises:
        Problem: `safeguard-name` when two layers have the same name.
    """
    return StackIdentity(layers=tuple(layer.identity() for layer in _active(layers)))


def erred_layers(answer: Reply | Failure) -> tuple[str, ...]:
    """Return the names of the layers that failed during the exchange, in order."""
    return tuple(act.layer for act in answer.layers if act.action == "errored")


def _active(layers: Sequence[Layer]) -> list[Layer]:
    active = [layer for layer in layers if layer.enforcement.mode != "off"]
    names = [layer.enforcement.name for layer in active]
    for name in names:
        if names.count(name) > 1:
            raise Problem.of(
                "safeguard-name",
                f"two layers of one stack are named `{name}`",
                help='give one of them another `name = "..."`',
            )
    return active


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What the guard does about a screen, and the actions it records."""

    effect: Literal["pass", "rewrite", "withhold", "abort"]
    actions: tuple[LayerAction, ...]


@dataclass(frozen=True, slots=True)
class _Guarded:
    """One layer around a target."""

    inner: Target
    layer: Layer
    timer: Timer

    async def respond(self, request: Request) -> Reply | Failure:
        started = self.timer()
        entry, admitted = self._admit(request)
        spent = self.timer() - started
        if entry.effect == "abort":
            return self._failure(entry.actions, _with_latency(Usage(), spent))
        if entry.effect == "withhold":
            usage = _with_latency(Usage(), spent)
            return self._refusal(Reply(text="", usage=usage, layers=entry.actions))

        answer = await self.inner.respond(admitted)
        before = (*entry.actions, *answer.layers)
        if isinstance(answer, Failure):
            return replace(answer, layers=before, usage=_with_latency(answer.usage, spent))

        started = self.timer()
        leave, released = self._release(admitted, answer)
        usage = _with_latency(answer.usage, spent + self.timer() - started)
        actions = (*before, *leave.actions)
        if leave.effect == "abort":
            return self._failure(actions, usage)
        reply = replace(released, layers=actions, usage=usage)
        return self._refusal(reply) if leave.effect == "withhold" else reply

    async def close(self) -> None:
        await self.inner.close()

    def _admit(self, request: Request) -> tuple[_Ruling, Request]:
        if "request" not in self.layer.sides:
            return _Ruling("pass", ()), request
        try:
            screen = self.layer.screen_request(request)
            ruling = _rule(self.layer.enforcement, screen, same=screen.request == request)
            if ruling.effect != "rewrite":
                return ruling, request
            written = screen.request
            return ruling, replace(request, messages=written.messages, tools=written.tools)
        except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
            return _rule_error(self.layer.enforcement, type(error).__name__), request

    def _release(self, request: Request, reply: Reply) -> tuple[_Ruling, Reply]:
        if "reply" not in self.layer.sides:
            return _Ruling("pass", ()), reply
        try:
            screen = self.layer.screen_reply(request, reply)
            ruling = _rule(self.layer.enforcement, screen, same=screen.reply == reply)
            if ruling.effect != "rewrite":
                return ruling, reply
            written = screen.reply
            kept = {"text": written.text, "reasoning": written.reasoning}
            return ruling, replace(reply, **kept, tool_calls=written.tool_calls)
        except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
            return _rule_error(self.layer.enforcement, type(error).__name__), reply

    def _refusal(self, reply: Reply) -> Reply:
        text = self.layer.enforcement.refusal
        return replace(reply, text=text, reasoning="", tool_calls=(), finish="withheld")

    def _failure(self, actions: tuple[LayerAction, ...], usage: Usage) -> Failure:
        return Failure(
            reason="safeguard-error",
            detail=f"layer `{self.layer.enforcement.name}` failed: {actions[-1].detail}",
            layers=actions,
            usage=usage,
        )


def _rule(enforcement: Enforcement, screen: RequestScreen | ReplyScreen, *, same: bool) -> _Ruling:
    detail = " ".join(screen.detail.split())[:_DETAIL_LENGTH]
    action: Action = screen.action
    if action == "errored":
        return _rule_error(enforcement, detail)
    if action in {"passed", "flagged"} and not same:
        return _rule_error(enforcement, f"changed the text while saying `{action}`")
    if enforcement.mode == "detect" and action in {"withheld", "rewrote"}:
        action = "flagged"
    record = (LayerAction(layer=enforcement.name, action=action, detail=detail),)
    match action:
        case "passed" | "flagged":
            return _Ruling("pass", record)
        case "withheld":
            return _Ruling("withhold", record)
        case "rewrote":
            return _Ruling("rewrite", record)


def _rule_error(enforcement: Enforcement, detail: str) -> _Ruling:
    errored = LayerAction(layer=enforcement.name, action="errored", detail=detail)
    if enforcement.mode == "detect" or enforcement.on_error == "open":
        # An abort in detect mode would let an observer change what the user receives.
        return _Ruling("pass", (errored,))
    if enforcement.on_error == "abort":
        return _Ruling("abort", (errored,))
    withheld = LayerAction(layer=enforcement.name, action="withheld", detail="failed closed")
    return _Ruling("withhold", (errored, withheld))


def _with_latency(usage: Usage, seconds: float) -> Usage:
    return replace(usage, latency_ms=usage.latency_ms + round(seconds * 1000))
