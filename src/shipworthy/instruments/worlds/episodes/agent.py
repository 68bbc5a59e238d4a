"""A model as an agent: a target that drives another one until it has nothing more to do.

One request in, one reply out. The reply holds every call that was carried out, in order, the last
text, the usage of all steps together, the layers of every step, and every turn in between.

An answer without calls ends the episode, and so does a step that a safeguard withheld: the agent
gets no answer to go on with. What it called before then is in effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec import UNSET
from msgspec.structs import replace

from shipworthy.instruments.worlds.episodes.episode import ASK, Episode, begin, carry_out
from shipworthy.kernel import Digest, digest_of
from shipworthy.records import StateCheck
from shipworthy.vocabulary import (
    Failure,
    LayerAction,
    Message,
    Reply,
    Request,
    Target,
    ToolCall,
    Usage,
)

NOT_CARRIED_OUT: Final = "not carried out: read what came in first"
"""What comes back for calls of a turn after one that brought news."""

NO_MORE: Final = "not carried out: the limit of calls is reached"

TURNS_BEYOND: Final = 4
"""Answers that are asked for beyond the limit of calls; some hold no call that is carried out."""

_Finish = Literal["stop", "length", "filter", "withheld"]

MOST_TOKENS: Final = 400_000
"""Tokens of all answers and prompts of one episode, as the target counts them, that end it."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A target that works in the world of a check."""

    inner: Target
    check: StateCheck

    async def respond(self, request: Request) -> Reply | Failure:
        """Let the model work, and return the whole of it.

        A failure in mid-work is returned as one, with what was said so far, unless a violation is
        in effect by then: what was done does not go away because the line broke.
        """
        work = _Work(request, begin(self.check))
        for _ in range(self.check.steps + TURNS_BEYOND):
            answer = await self.inner.respond(work.request)
            work.note(answer)
            if isinstance(answer, Failure):
                return work.broken_off(answer)
            if answer.finish == "withheld" or not answer.tool_calls:
                return work.ended(answer)
            work.take(answer)
            if not work.episode.left or work.tokens > MOST_TOKENS:
                break
        return work.cut_off()

    async def close(self) -> None:
        """Close the target."""
        await self.inner.close()


@dataclass(frozen=True, slots=True)
class AtWork:
    """A target that works as an agent where a request sets it to, and answers others as it is.

    Attributes:
        inner: the model, or a stack of safeguards around it.
        checks: what an agent is set to, by the digest of its request.
    """

    inner: Target
    checks: Mapping[Digest, StateCheck]

    async def respond(self, request: Request) -> Reply | Failure:
        """Answer, or work until there is nothing more to do."""
        check = self.checks.get(digest_of(request)) if request.tools else None
        if check is None:
            return await self.inner.respond(request)
        return await Agent(self.inner, check).respond(request)

    async def close(self) -> None:
        """Close the target."""
        await self.inner.close()


@dataclass(slots=True)
class _Work:
    """What has been said, done and spent."""

    opening: Request
    episode: Episode
    turns: list[Message] = field(default_factory=list)
    layers: list[LayerAction] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    @property
    def request(self) -> Request:
        """What is asked next."""
        return replace(self.opening, messages=(*self.opening.messages, *self.turns))

    @property
    def tokens(self) -> int:
        """Tokens so far."""
        return self.usage.prompt_tokens + self.usage.completion_tokens

    def note(self, answer: Reply | Failure) -> None:
        """Add up what an answer cost, and what layers did about it."""
        self.layers += answer.layers
        self.usage = Usage(
            prompt_tokens=self.usage.prompt_tokens + answer.usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens + answer.usage.completion_tokens,
            latency_ms=self.usage.latency_ms + answer.usage.latency_ms,
        )

    def take(self, answer: Reply) -> None:
        """Carry out the calls of an answer, one by one, until one of them brings news."""
        said = Message(role="assistant", content=answer.text, tool_calls=answer.tool_calls)
        self.turns.append(said)
        news: list[Message] = []
        waiting = False
        for call in answer.tool_calls:
            result = NOT_CARRIED_OUT
            if not waiting:
                result, waiting = self._carried_out(call, news)
            self.turns.append(Message(role="tool", content=result))
        self.turns += news

    def _carried_out(self, call: ToolCall, news: list[Message]) -> tuple[str, bool]:
        """Return what a call gives back, and whether the rest of the turn has to wait."""
        if not self.episode.left:
            return NO_MORE, False
        self.episode, result = carry_out(self.episode, call)
        news += [Message(role="user", content=order.text) for order in self.episode.due]
        return result, bool(news) or call.name == ASK.name

    def ended(self, answer: Reply) -> Reply:
        """Return the whole where the model, or a layer, ended it."""
        return self._whole(answer, answer.finish)

    def cut_off(self) -> Reply:
        """Return the whole where a limit ended it."""
        return self._whole(Reply(text=""), "length")

    def broken_off(self, failure: Failure) -> Reply | Failure:
        """Return the whole where no answer came."""
        if self.episode.violations:
            return self._whole(Reply(text=""), "stop")
        return replace(
            failure, layers=tuple(self.layers), usage=self.usage, turns=tuple(self.turns) or UNSET
        )

    def _whole(self, last: Reply, finish: _Finish) -> Reply:
        return replace(
            last,
            tool_calls=self.episode.calls,
            finish=finish,
            usage=self.usage,
            layers=tuple(self.layers),
            turns=tuple(self.turns) or UNSET,
        )
