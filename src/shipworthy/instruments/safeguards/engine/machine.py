"""The guard engine: a stack of layers as one state machine, without input or output.

`admit` takes a request through the layers in order; `release` takes the model's answer back through
them in reverse order. What the record of an exchange holds:

* one action for each side that a layer screened, in the order in which it happened;
* two actions, `errored` and `withheld`, where a layer failed and fails closed: the user got no
  text, so the layer held, and that it held by failing stays visible;
* no action of the layers behind one that withheld a request, since they were never asked. The
  layers in front of it do see its refusal: they let the request in, so they see what comes out.

Campaigns, the gateway, the monitor and replays drive this same machine. Its digest is that of the
stack, so that the safeguard tested can be shown to be the safeguard deployed.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from shipworthy.instruments.safeguards.engine.consulting import Consultation
from shipworthy.instruments.safeguards.engine.ruling import UNASKED, Ruling, rule, rule_error
from shipworthy.instruments.safeguards.options import OnError
from shipworthy.instruments.safeguards.protocol import (
    Delegated,
    Layer,
    NoOpinion,
    Opinion,
    ReplyScreen,
    RequestScreen,
    StreamingLayer,
)
from shipworthy.kernel import Digest, Problem, Record
from shipworthy.records import StackIdentity
from shipworthy.vocabulary import Failure, LayerAction, Reply, Request

S = TypeVar("S", RequestScreen, ReplyScreen)


class Admission(Record, frozen=True):
    """A request after the layers.

    Attributes:
        request: what the model is to be asked; the original where `stopped`.
        seen: the request as each layer that was asked let it through, in order.
        actions: what the layers did so far, in order.
        stopped: how it ended before the model: `withheld`, `aborted`, or nothing.
    """

    request: Request
    seen: tuple[Request, ...]
    actions: tuple[LayerAction, ...]
    stopped: Literal["", "withheld", "aborted"] = ""


class GuardEngine:
    """A stack of layers, the first of which is the outermost. Safe to share between exchanges.

    Layers that are off are left out.

    Raises:
        Problem: `safeguard-name` when two layers have the same name.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = active_layers(layers)
        self._digest: Digest = ""

    @property
    def identity(self) -> StackIdentity:
        """What the stack is made of."""
        return StackIdentity(layers=tuple(layer.identity() for layer in self.layers))

    @property
    def digest(self) -> Digest:
        """Digest of the identity, worked out once: layers do not change."""
        if not self._digest:
            self._digest = self.identity.digest
        return self._digest

    def admit(self, request: Request) -> Consultation[Admission]:
        """Take a request through the layers, in order, until one stops it."""
        actions: list[LayerAction] = []
        seen: list[Request] = []
        admitted = request
        for layer in self.layers:
            ruled = _ask_of_request(layer, admitted)
            if isinstance(ruled, Delegated):
                opinion = yield ruled
                ruled = _settle_request(layer, admitted, ruled, opinion)
            ruling, written = ruled
            actions += ruling.actions
            if ruling.effect == "abort":
                return Admission(request, tuple(seen), tuple(actions), "aborted")
            if ruling.effect == "withhold":
                return Admission(request, tuple(seen), tuple(actions), "withheld")
            admitted = written
            seen.append(admitted)
        return Admission(admitted, tuple(seen), tuple(actions))

    def refuse(self, admission: Admission) -> Consultation[Reply | Failure]:
        """Answer for a request that a layer stopped: its refusal, as the layers in front see it."""
        stopper = self.layers[len(admission.seen)].enforcement
        if admission.stopped == "aborted":
            return _abort(stopper.name, admission.actions)
        refusal = Reply(text=stopper.refusal, finish="withheld", layers=admission.actions)
        return (yield from self._outwards(admission, refusal, {}))

    def release(
        self,
        admission: Admission,
        reply: Reply,
        broken: Mapping[str, str] | None = None,
        means: Mapping[str, OnError] | None = None,
    ) -> Consultation[Reply | Failure]:
        """Take an answer back through the layers, in reverse order.

        `broken` names layers that failed while the answer arrived, with what failed: they are not
        asked again. `means` holds what such a failure leads to where it is not what the layer's
        own option says.

        Raises:
            ValueError: the request was stopped, so `refuse` answers it.
        """
        if admission.stopped:
            raise ValueError("a request that was stopped has no answer to release")
        begun = replace(reply, layers=(*admission.actions, *reply.layers))
        return (yield from self._outwards(admission, begun, broken or {}, means or {}))

    def _outwards(
        self,
        admission: Admission,
        reply: Reply,
        broken: Mapping[str, str],
        means: Mapping[str, OnError] | None = None,
    ) -> Consultation[Reply | Failure]:
        passed = list(zip(self.layers, admission.seen, strict=False))
        for layer, request in reversed(passed):
            name = layer.enforcement.name
            ruled: Delegated | tuple[Ruling, Reply]
            if name in broken:
                ruled = rule_error(layer.enforcement, broken[name], (means or {}).get(name)), reply
            else:
                ruled = _ask_of_reply(layer, request, reply)
                if isinstance(ruled, Delegated):
                    opinion = yield ruled
                    ruled = _settle_reply(layer, reply, ruled, opinion)
            ruling, written = ruled
            actions = (*reply.layers, *ruling.actions)
            match ruling.effect:
                case "abort":
                    return _abort(name, actions, reply)
                case "withhold":
                    refusal = layer.enforcement.refusal
                    reply = _refused(reply, refusal)
                case "rewrite":
                    reply = written
                case "pass":
                    pass
            reply = replace(reply, layers=actions)
        return reply


def active_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers that are not off.

    Raises:
        Problem: `safeguard-name` when two of them have the same name.
    """
    active = tuple(layer for layer in layers if layer.enforcement.mode != "off")
    names = [layer.enforcement.name for layer in active]
    for name in names:
        if names.count(name) > 1:
            raise Problem.of(
                "safeguard-name",
                f"two layers of one stack are named `{name}`",
                help='give one of them another `name = "..."`',
            )
    return active


def _ask_of_request(layer: Layer, request: Request) -> Delegated | tuple[Ruling, Request]:
    try:
        if "request" not in layer.sides:
            return UNASKED, request
        screen = layer.screen_request(request)
        if isinstance(screen, Delegated):
            return screen
        return _rule_over_request(layer, request, screen)
    except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
        return rule_error(layer.enforcement, type(error).__name__), request


def _settle_request(
    layer: Layer, request: Request, asked: Delegated, opinion: Opinion | NoOpinion
) -> tuple[Ruling, Request]:
    try:
        return _rule_over_request(layer, request, _of_kind(asked.settle(opinion), RequestScreen))
    except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
        return rule_error(layer.enforcement, type(error).__name__), request


def _rule_over_request(
    layer: Layer, request: Request, screen: RequestScreen
) -> tuple[Ruling, Request]:
    same = screen.request is request or screen.request == request
    ruling = rule(layer.enforcement, screen, same=same)
    if ruling.effect != "rewrite":
        return ruling, request
    written = screen.request
    return ruling, replace(request, messages=written.messages, tools=written.tools)


def _ask_of_reply(layer: Layer, request: Request, reply: Reply) -> Delegated | tuple[Ruling, Reply]:
    try:
        if "reply" not in layer.sides:
            return UNASKED, reply
        screen = layer.screen_reply(request, reply)
        if isinstance(screen, Delegated):
            return screen
        return _rule_over_reply(layer, reply, screen)
    except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
        return rule_error(layer.enforcement, type(error).__name__), reply


def _settle_reply(
    layer: Layer, reply: Reply, asked: Delegated, opinion: Opinion | NoOpinion
) -> tuple[Ruling, Reply]:
    try:
        return _rule_over_reply(layer, reply, _of_kind(asked.settle(opinion), ReplyScreen))
    except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
        return rule_error(layer.enforcement, type(error).__name__), reply


def _rule_over_reply(layer: Layer, reply: Reply, screen: ReplyScreen) -> tuple[Ruling, Reply]:
    same = screen.reply is reply or screen.reply == reply
    ruling = rule(layer.enforcement, screen, same=same)
    if ruling.effect != "rewrite":
        return ruling, reply
    if isinstance(layer, StreamingLayer):
        detail = "rewrote an answer whose beginning may leave"
        return rule_error(layer.enforcement, detail), reply
    written = screen.reply
    if not all(map(_is_text, (written.text, written.reasoning))):
        return rule_error(layer.enforcement, "rewrote a text into no text"), reply
    kept = {"text": written.text, "reasoning": written.reasoning}
    return ruling, replace(reply, **kept, tool_calls=written.tool_calls)


def _of_kind(screen: RequestScreen | ReplyScreen, kind: type[S]) -> S:
    if not isinstance(screen, kind):
        raise TypeError(f"settled with a screen of the wrong side: {type(screen).__name__}")
    return screen


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _refused(reply: Reply, refusal: str) -> Reply:
    """Return a refusal in place of an answer: nothing that the model said stays in it."""
    return replace(
        reply,
        text=refusal,
        reasoning="",
        tool_calls=(),
        finish="withheld",
        turns=UNSET,
    )


def _abort(layer: str, actions: tuple[LayerAction, ...], reply: Reply | None = None) -> Failure:
    failure = Failure(
        reason="safeguard-error",
        detail=f"layer `{layer}` failed: {actions[-1].detail}",
        layers=actions,
    )
    return failure if reply is None else replace(failure, usage=reply.usage)
