"""Layers with known behaviour, and the meaning of a stack written down the slow way."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from shipworthy.instruments.safeguards import Enforcement, ReplyScreen, RequestScreen
from shipworthy.instruments.safeguards.protocol import Delegated, NoOpinion, Opinion
from shipworthy.kernel import digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Failure, LayerAction, Reply, Request

CUT_OFF = 0.5
"""The score from which the layers here withhold what an expert was asked about."""


@dataclass(frozen=True)
class ScriptedExpert:
    """Says the same to everybody; an exception is raised instead."""

    says: object
    deadline_s: float = 5.0

    async def ask(self, question):
        if isinstance(self.says, BaseException):
            raise self.says
        return self.says


@dataclass(frozen=True)
class WholeLayer:
    """Sees whole answers: `does` is what it does with an answer that holds `word`.

    `does` is an action, `raise`, `nonsense`, `delegate` (an expert decides) or `redact`.
    """

    enforcement: Enforcement
    word: str
    does: str
    sides: frozenset = frozenset({"reply"})
    expert: ScriptedExpert = ScriptedExpert(Opinion(1.0))

    def screen_request(self, request):
        held = any(self.word in turn.content for turn in request.messages)
        if self.does in {"rewrote", "redact"} and held:
            turns = tuple(
                replace(turn, content=turn.content.replace(self.word, "_"))
                for turn in request.messages
            )
            return RequestScreen("rewrote", replace(request, messages=turns))
        return self._screen(RequestScreen, request, held)

    def screen_reply(self, request, reply):
        held = self.word in reply.text or self.word in reply.reasoning
        if self.does in {"rewrote", "redact"} and held:
            text, reasoning = (
                said.replace(self.word, "_") for said in (reply.text, reply.reasoning)
            )
            return ReplyScreen("rewrote", replace(reply, text=text, reasoning=reasoning))
        return self._screen(ReplyScreen, reply, held)

    def _screen(self, kind, value, held):
        if not held or self.does in {"rewrote", "redact"}:
            return kind("passed", value)
        if self.does == "raise":
            raise RuntimeError("secret inside")
        if self.does == "nonsense":
            return kind("blocked", value)
        if self.does == "delegate":
            return Delegated(self.expert, "is it?", lambda said: settled(kind, value, said))
        return kind(self.does, value)

    def identity(self):
        return SafeguardIdentity(
            name=self.enforcement.name, kind="test", configuration=digest_of([self.word, self.does])
        )


@dataclass(frozen=True)
class PrefixLayer(WholeLayer):
    """Sees beginnings too: lets leave all that cannot be part of `word`.

    `halts` says None as soon as the word is there; else the word is only held. `fails_at` is the
    piece at which the scan raises; 0 is when it is opened.
    """

    halts: bool = True
    fails_at: int | None = None

    def open_scan(self, request, channel):
        if self.fails_at == 0:
            raise RuntimeError("secret inside")
        return _WordScan(self)


class _WordScan:
    def __init__(self, layer):
        self.layer, self.text, self.fed = layer, "", 0

    def feed(self, text):
        self.fed += 1
        if self.layer.fails_at is not None and self.fed >= self.layer.fails_at:
            raise RuntimeError("secret inside")
        self.text += text
        word = self.layer.word
        at = self.text.find(word)
        if at < 0:
            return max(0, len(self.text) - len(word) + 1)
        if self.layer.does == "flagged":
            return len(self.text)
        return None if self.layer.halts and self.layer.does == "withheld" else at


def settled(kind, value, said):
    if isinstance(said, NoOpinion):
        return kind("errored", value, said.detail)
    return kind("withheld" if said.score >= CUT_OFF else "passed", value)


def nested(layers, request: Request, model: Callable[[Request], Reply | Failure]):
    """What a stack means: the first layer around what the others mean."""
    if not layers:
        return model(request)
    layer, rest = layers[0], layers[1:]
    inner = lambda asked: nested(rest, asked, model)  # noqa: E731 - reads as the definition it is
    options = layer.enforcement
    if options.mode == "off":
        return inner(request)
    before: tuple = ()
    if "request" in layer.sides:
        effect, before, request = _effect(layer, "request", request, request)
        if effect == "abort":
            return _given_up(options, before)
        if effect == "withhold":
            return Reply(text=options.refusal, finish="withheld", layers=before)
    answer = inner(request)
    answer = replace(answer, layers=(*before, *answer.layers))
    if isinstance(answer, Failure) or "reply" not in layer.sides:
        return answer
    effect, after, written = _effect(layer, "reply", request, answer)
    actions = (*answer.layers, *after)
    if effect == "abort":
        return replace(_given_up(options, actions), usage=answer.usage)
    if effect == "withhold":
        written = replace(
            answer, text=options.refusal, reasoning="", tool_calls=(), finish="withheld"
        )
    return replace(written, layers=actions)


def _given_up(options, actions):
    detail = f"layer `{options.name}` failed: {actions[-1].detail}"
    return Failure(reason="safeguard-error", detail=detail, layers=actions)


def _effect(layer, side, request, value):
    options, kept = layer.enforcement, value
    try:
        if side == "request":
            screen = layer.screen_request(request)
        else:
            screen = layer.screen_reply(request, value)
        if isinstance(screen, Delegated):
            said = screen.expert.says
            if not isinstance(said, Opinion):
                said = NoOpinion(f"the expert failed: {type(said).__name__}")
            screen = screen.settle(said)
        action, detail = screen.action, screen.detail
    except RuntimeError as error:
        action, detail = "errored", type(error).__name__
    if action == "blocked":
        action, detail = "errored", "ValueError"
    if action == "errored":
        acts = (LayerAction(layer=options.name, action="errored", detail=detail),)
        if options.mode == "detect" or options.on_error == "open":
            return "pass", acts, kept
        if options.on_error == "abort":
            return "abort", acts, kept
        closed = LayerAction(layer=options.name, action="withheld", detail="failed closed")
        return "withhold", (*acts, closed), kept
    if options.mode == "detect" and action in {"withheld", "rewrote"}:
        return "pass", (LayerAction(layer=options.name, action="flagged", detail=detail),), kept
    acts = (LayerAction(layer=options.name, action=action, detail=detail),)
    if action == "withheld":
        return "withhold", acts, kept
    if action == "rewrote":
        return "rewrite", acts, screen.request if side == "request" else screen.reply
    return "pass", acts, kept
