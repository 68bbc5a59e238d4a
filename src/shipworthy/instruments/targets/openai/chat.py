"""The target: conversations through a bounded gate, with retries, an account and a breaker."""

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

from shipworthy.instruments.targets.account import Account, Bookkeeper, Health, Price
from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.instruments.targets.openai.decoding import (
    Completion,
    decode_completion,
    error_code,
    is_filter_code,
)
from shipworthy.instruments.targets.openai.encoding import Dialect, encode_request
from shipworthy.instruments.targets.openai.probing import PROBE, no_answer
from shipworthy.instruments.targets.openai.retries import RetryPolicy, retry_after_ms
from shipworthy.instruments.targets.openai.transport import (
    Exchange,
    HttpAnswer,
    Transport,
    TransportFault,
)
from shipworthy.kernel import Clock, Digest, Stream
from shipworthy.records import SubjectIdentity
from shipworthy.vocabulary import Failure, Reply, Request, Usage

_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_UNUSABLE: Final = frozenset({"response-malformed", "response-too-large"})
"""A model may answer some prompts so; what answers so from the first one on is no such model."""
_NO_TOOLS: Final = frozenset({400, 422, 501})
"""What endpoints say to a request whose tools they do not take, among other things."""
_NOT_SERVING: Final = frozenset({401, 403, 404, 407, *_TRANSIENT})


class Describe(Protocol):
    """Makes the identity of what answers, under a system prompt of a given digest."""

    def __call__(self, system_prompt: Digest) -> SubjectIdentity:
        """Return the identity."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How a target behaves; see `OpenAIOptions` for the meaning of the figures."""

    dialect: Dialect
    credential: Credential
    describe: Describe
    clock: Clock
    seed: int
    concurrency: int
    timeout_seconds: int
    deadline_seconds: int
    retries: RetryPolicy
    stop_after_failures: int
    price: Price
    wants_an_answer: bool = False
    """Whether answers without a usable one among them are a failure to serve."""
    probe: bool = False
    source: str = "target options"


@dataclass(frozen=True, slots=True)
class _Attempt:
    result: Reply | Failure
    served: str = ""
    transient: bool = False
    serving: bool = True
    asked_ms: int = 0


class ChatTarget:
    """A model behind an OpenAI-compatible endpoint."""

    def __init__(self, transport: Transport, settings: ChatSettings) -> None:
        self._transport = transport
        self._settings = settings
        self._gate = asyncio.Semaphore(settings.concurrency)
        self._books = Bookkeeper(settings.price)
        self._conversations = 0
        self._retries = 0
        self._health = Health(0, settings.stop_after_failures)
        self._answered = not settings.wants_an_answer

    @property
    def account(self) -> Account:
        """What has been sent and spent so far."""
        return self._books.snapshot()

    @property
    def health(self) -> Health:
        """Whether the endpoint still serves."""
        return self._health

    def identity(self, system_prompt: Digest) -> SubjectIdentity:
        """Return what answers, under a system prompt of that digest."""
        return self._settings.describe(system_prompt)

    async def respond(self, request: Request) -> Reply | Failure:
        """Answer, or say why not; never raises for what the far side does."""
        body = encode_request(request, self._settings.dialect)
        async with self._gate:
            if self._health.unreachable:
                return Failure(
                    reason="target-unreachable",
                    detail=f"not sent: gave up after {self._health.consecutive} consecutive "
                    f"conversations without {'service' if self._answered else 'a usable answer'}, "
                    f"the last: {self._health.last}",
                )
            self._conversations += 1
            attempt = await self._attempts(request, body)
        self._books.settled(attempt.result, [attempt.served] if attempt.served else [])
        self._note_health(attempt)
        return attempt.result

    async def probe(self) -> None:
        """Ask one harmless thing, unless there was an answer already or nobody wants that.

        Raises:
            Problem: `target-unreachable` (environment) when no usable answer comes back, or
                `model-unknown` when the endpoint lists other models.
        """
        settings = self._settings
        if self._answered or not settings.probe:
            return
        attempt = await self._attempts(PROBE, encode_request(PROBE, settings.dialect))
        self._books.settled(attempt.result, [attempt.served] if attempt.served else [])
        failure = attempt.result
        if isinstance(failure, Failure) and failure.reason != "filtered-upstream":
            raise await no_answer(
                self._transport,
                settings.dialect.model,
                failure,
                seconds=settings.timeout_seconds,
                source=settings.source,
            )
        self._answered = True

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _attempts(self, request: Request, body: bytes) -> _Attempt:
        settings, policy = self._settings, self._settings.retries
        now = asyncio.get_running_loop().time
        deadline = now() + settings.deadline_seconds
        draws = Stream("target-retry", settings.seed, request.seed)
        number = 0
        while True:
            self._books.sent(retry=number > 0)
            started = now()
            seconds = min(settings.timeout_seconds, deadline - started)
            exchange = await self._transport.complete(body, seconds)
            attempt = self._read(exchange, request, round((now() - started) * 1000))
            number += 1
            if not attempt.transient or number >= policy.attempts:
                return attempt
            wait = policy.wait_ms(number - 1, attempt.asked_ms, draws) / 1000
            if now() + wait >= deadline or not self._granted():
                return attempt
            await asyncio.sleep(wait)

    def _granted(self) -> bool:
        # Counted when granted, not when sent: others decide while this one waits.
        granted = self._settings.retries.affords(self._conversations, self._retries)
        self._retries += granted
        return granted

    def _read(self, exchange: Exchange, request: Request, latency_ms: int) -> _Attempt:
        if isinstance(exchange, TransportFault):
            failure = Failure(
                reason=exchange.reason,
                detail=exchange.detail,
                usage=Usage(latency_ms=latency_ms),
            )
            served = exchange.reason in {"response-too-large", "response-malformed"}
            return _Attempt(failure, transient=exchange.transient, serving=served)
        if exchange.status != 200:
            return self._refused(exchange, request, latency_ms)
        if exchange.encoding not in {"", "identity"}:
            failure = Failure(
                reason="response-malformed",
                detail="the answer is compressed, which was not asked for",
                usage=Usage(latency_ms=latency_ms),
            )
            return _Attempt(failure)
        completion: Completion = decode_completion(
            exchange.body, request, self._settings.credential, latency_ms
        )
        return _Attempt(completion.result, served=completion.served)

    def _refused(self, answer: HttpAnswer, request: Request, latency_ms: int) -> _Attempt:
        usage = Usage(latency_ms=latency_ms)
        code = error_code(answer.body, self._settings.credential)
        if is_filter_code(code):
            detail = f"the endpoint filtered the exchange (HTTP {answer.status})"
            return _Attempt(Failure(reason="filtered-upstream", detail=detail, usage=usage))
        said = f"HTTP {answer.status}" + (f" ({code})" if code else "")
        if 300 <= answer.status < 400:
            said += ": redirects are not followed"
        if answer.status in _NO_TOOLS and request.tools and self._settings.dialect.native_tools:
            said += '; if it takes no tools, `tools = "text"` describes them in words'
        return _Attempt(
            Failure(reason="target-error", detail=said, usage=usage),
            transient=answer.status in _TRANSIENT or answer.status >= 500,
            serving=answer.status not in _NOT_SERVING and answer.status < 500,
            asked_ms=retry_after_ms(answer.retry_after, self._settings.clock.now()),
        )

    def _note_health(self, attempt: _Attempt) -> None:
        if self._health.unreachable:
            return
        result, limit = attempt.result, self._health.limit
        if isinstance(result, Reply):
            self._answered = True
            self._health = Health(0, limit)
        elif attempt.serving and (self._answered or result.reason not in _UNUSABLE):
            self._health = Health(0, limit)
        else:
            self._health = Health(self._health.consecutive + 1, limit, result.detail)
