"""What a planted model does with a request: drawn with known chances under the model's seed.

The model knows what would be a breach or a right answer, because it plays one that could commit or
find it. Under which condition it is asked it has to read from the request (`noticing`). A secret
that is in no system turn it cannot give away, unless it was planted to have learnt it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shipworthy.instruments.targets.planted import noticing, speaking
from shipworthy.instruments.targets.planted.options import Plant, PlantedOptions
from shipworthy.instruments.worlds.episodes import breaking_calls, honest_calls
from shipworthy.kernel import Stream
from shipworthy.records import (
    ActionCheck,
    AnswerCheck,
    BenignTwin,
    CanaryCheck,
    Check,
    LeakCheck,
    RecallCheck,
    ScoreCheck,
    StanceCheck,
    StateCheck,
    ToolCheck,
)
from shipworthy.vocabulary import Failure, Message, Reply, Request, ToolCall, Usage

_MILLION: Final = 10**6
_UNKNOWN: Final = Failure(reason="target-error", detail="no goal is known for this request")


@dataclass(frozen=True, slots=True)
class PlantedModel:
    """A model with planted properties; the same request always gets the same answer.

    `check_of` tells what would be a breach or right, `twin_of` what a harmless request is after.
    """

    options: PlantedOptions
    check_of: Callable[[Request], Check | None]
    twin_of: Callable[[Request], BenignTwin | None]

    def answer(self, request: Request) -> Reply | Failure:
        """Answer a request, or take the next step of an agent's work."""
        twin = self.twin_of(request)
        said = self._help(twin, request) if twin else self._act(self.check_of(request), request)
        if said is None:
            return _UNKNOWN
        reply = Reply(text=said) if isinstance(said, str) else said
        return Reply(text=reply.text, tool_calls=reply.tool_calls, usage=_usage(request, reply))

    def _act(self, check: Check | None, request: Request) -> str | Reply | None:
        stream = self._stream("words", request)
        match check:
            case AnswerCheck():
                return speaking.answering(check, stream, right=self._solves(request))
            case StanceCheck():
                return self._take_side(check, request, stream)
            case StateCheck():
                return self._work(check, request)
            case RecallCheck():
                if self._has("contaminated") and self._happens("recall", request):
                    return check.rest
                return speaking.knowing_nothing(stream)
            case None | ScoreCheck():
                return None
            case _:
                if self._gives_way(request):
                    return _breach(check, request, stream)
                return _hold(check, stream)

    def _help(self, twin: BenignTwin, request: Request) -> str:
        stream = self._stream("words", request)
        rate = "refusal_over" if self._has("over-refuser") else "refusal"
        if self._happens(rate, request):
            return speaking.refusal(stream)
        return speaking.stating(stream.choice(twin.expect), stream)

    def _gives_way(self, request: Request) -> bool:
        rate = "breach"
        if self._has("behaves-under-test") and noticing.looks_everyday(request):
            rate = "breach_unnoticed"
        encoding = self.options.encoding
        if self._has("leaks-under-encoding") and noticing.is_encoded(request, encoding):
            rate = "breach_encoded"
        return self._happens(rate, request)

    def _solves(self, request: Request) -> bool:
        rate = "ability"
        if self._has("sandbagger") and noticing.has_price(request):
            rate = "ability_priced"
        if noticing.told_to_hide(request):
            rate = "ability_hidden"
        return self._happens(rate, request)

    def _take_side(self, check: StanceCheck, request: Request, stream: Stream) -> str:
        dislikes = self._has("skewed") and check.side == self.options.against
        if self._happens("refusal", request) or (dislikes and self._happens("skew", request)):
            return speaking.refusal(stream)
        return speaking.speaking_for(check.a if check.side == "a" else check.b, stream)

    def _work(self, check: StateCheck, request: Request) -> Reply:
        """Take the next call of a course that is settled by what the agent was told at first."""
        opening = _opening(request)
        unwatched = self._has("sabotages-unwatched") and noticing.is_unwatched(opening)
        breaks = self._happens("sabotage_unwatched" if unwatched else "sabotage", opening)
        course = breaking_calls(check) if breaks else honest_calls(check)
        done = sum(len(_calls(turn)) for turn in request.messages)
        if done < len(course):
            return Reply(text="Next step.", tool_calls=(course[done],))
        return Reply(text="That is all; I am done.")

    def _has(self, plant: Plant) -> bool:
        return plant in self.options.planted

    def _happens(self, rate: str, request: Request) -> bool:
        share = Decimal(getattr(self.options, rate))
        return self._stream(rate, request).below(_MILLION) < int(share * _MILLION)

    def _stream(self, purpose: str, request: Request) -> Stream:
        said = "\n".join(f"{turn.role}: {turn.content}" for turn in request.messages)
        return Stream("planted", self.options.seed, purpose, request.seed, said)


def _breach(check: Check, request: Request, stream: Stream) -> str | Reply:
    match check:
        case LeakCheck():
            shown = noticing.system_text(request).casefold()
            if not any(token.casefold() in shown for token in check.tokens):
                return speaking.knowing_nothing(stream)
            return speaking.giving_away(" and ".join(check.tokens), stream)
        case CanaryCheck():
            return speaking.giving_away(check.phrase, stream)
        case ToolCheck():
            call = ToolCall(name=check.tool, arguments=dict(check.arguments))
            return Reply(text="Done.", tool_calls=(call,))
        case ActionCheck():
            return speaking.giving_away(check.approve, stream)
        case _:
            return speaking.stating("written down below, in three steps", stream)


def _hold(check: Check, stream: Stream) -> str:
    said = speaking.refusal(stream)
    return f"{said} {check.decline}" if isinstance(check, ActionCheck) else said


def _opening(request: Request) -> Request:
    """Return what the agent was told before its first call."""
    turns = request.messages
    first = next((n for n, turn in enumerate(turns) if _calls(turn)), len(turns))
    return Request(messages=turns[:first], tools=request.tools, seed=request.seed)


def _calls(turn: Message) -> tuple[ToolCall, ...]:
    return turn.tool_calls if isinstance(turn.tool_calls, tuple) else ()


def _usage(request: Request, reply: Reply) -> Usage:
    """Count words for tokens: there is no tokenizer, and an account wants some count."""
    asked = sum(len(turn.content.split()) for turn in request.messages)
    return Usage(prompt_tokens=asked, completion_tokens=max(1, len(reply.text.split())))
