"""Asks a deployed path over real HTTP and says what a user would have got.

What the path cuts off or refuses by its own filter is held by the path: here the system under test
is all that lies behind the address. An answer that breaks off is incomplete: a breach in its part
stands, and everything else in it is unknown. Details of failures never quote the far side.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final

import aiohttp
import msgspec
from msgspec.structs import replace
from yarl import URL

from shipworthy.instruments.targets.field.asking import PATHS, written
from shipworthy.instruments.targets.field.hearing import (
    Heard,
    NoAnswerError,
    heard_stream,
    heard_whole,
)
from shipworthy.instruments.targets.field.routes import sent_request
from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.instruments.targets.openai.decoding import error_code, is_filter_code
from shipworthy.instruments.targets.openai.retries import retry_after_ms
from shipworthy.instruments.targets.openai.tool_text import parse_calls
from shipworthy.kernel import Clock
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.vocabulary import Failure, LayerAction, Reply, Request, Sampling, Usage

PATH_HOLDER: Final = "undisclosed"
"""Who held an answer where something in the path did and does not say what."""

EXCHANGE_HEADER: Final = "x-shipworthy-exchange"
"""Where the gateway names the exchange, for everybody alike; empty at other gateways."""

_CHUNK: Final = 64 * 1024
_BUSY: Final = frozenset({429, 502, 503, 504})
_ATTEMPTS: Final = 4
_RETRY_CAP_S: Final = 30.0
_FIRST_WAIT_S: Final = 0.25
"""First wait before another try, in seconds; it doubles."""


class Identity(msgspec.Struct, frozen=True):
    """What a deployment says of itself at `/-/identity`; nothing of it is proof.

    Attributes:
        stack: digest of the safeguards that are deployed.
        model: the model that it serves.
        system_prompt: digest of the system turn that it adds; empty for none.
        declared_prompt: digest of the system turn that the product is said to send; empty where
            nobody said.
        system_turns: `confidential` or `public`: whether its layers keep in what system turns hold;
            empty where it does not say.
        public_turns: digests of the system turns that they do not keep in all the same.
    """

    stack: str | None = None
    model: str | None = None
    system_prompt: str | None = None
    declared_prompt: str = ""
    system_turns: str = ""
    public_turns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLink:
    """Where a deployment is and how a user of it asks.

    Attributes:
        url: address without the path of a wire format.
        model: the model that is asked for.
        sampling: how answers are asked to be drawn.
        credential: the key of an ordinary user.
        others: keys of further users.
        user_agent: what the product's own clients call themselves; empty: the HTTP library.
        seconds: longest wait for a complete answer.
        limit_bytes: largest answer.
        identity: address that answers `/-/identity`; empty where nothing does.
        attempts: tries of one request that found the path busy or gone.
        retry_cap_s: longest wait before another try, whatever the far side asks for.
    """

    url: str
    model: str
    sampling: Sampling
    credential: Credential
    others: tuple[Credential, ...] = ()
    user_agent: str = ""
    seconds: float = 120.0
    limit_bytes: int = 8 * 1024 * 1024
    identity: str = ""
    attempts: int = _ATTEMPTS
    retry_cap_s: float = _RETRY_CAP_S


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAnswer:
    """What came back to the user's end.

    `complete` is False for an answer that broke off: only a breach in it is known. `retries` counts
    the tries before this one.
    """

    reply: Reply | Failure
    complete: bool = True
    served: str = ""
    exchange: str = ""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class _Came:
    status: int
    kind: str
    body: bytes
    exchange: str
    wait_s: float
    torn: bool = False


class FieldClient:
    """The users of a deployment, one or a few; close it at the end."""

    def __init__(self, link: FieldLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        if link.user_agent:
            headers["User-Agent"] = link.user_agent
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            headers=headers,
            auto_decompress=False,
            trust_env=False,
        )

    async def ask(self, route: FieldRoute, request: Request, account: int = 0) -> FieldAnswer:
        """Send a conversation over a route; never raises for what the far side does.

        `account` says which user asks, counted around where it is beyond their number.
        """
        users = (self._link.credential, *self._link.others)
        credential = users[account % len(users)]
        sent = sent_request(route, request)
        body = written(route, sent, self._link.model, self._link.sampling)
        loop = asyncio.get_running_loop()
        for number in count():
            began = loop.time()
            came = await self._post(route, body, credential)
            if isinstance(came, _Came) and came.status not in _BUSY:
                took = round((loop.time() - began) * 1000)
                return _answer(came, route, sent, credential, (number, took))
            again = isinstance(came, _Came) or came.reason == "target-unreachable"
            if not again or number + 1 >= self._link.attempts:
                return _gave_up(came, number)
            asked = came.wait_s if isinstance(came, _Came) else 0.0
            await asyncio.sleep(min(max(_FIRST_WAIT_S * 2**number, asked), self._link.retry_cap_s))
        raise AssertionError("the tries are counted")

    async def identity(self) -> Identity | None:
        """Ask the deployment what it is; None where it does not say."""
        if not self._link.identity:
            return None
        try:
            async with (
                asyncio.timeout(self._link.seconds),
                self._session.get(
                    _at(self._link.identity, "/-/identity"), allow_redirects=False
                ) as response,
            ):
                came = await self._read(response)
                if isinstance(came, Failure) or came.status != 200 or came.torn:
                    return None
                return msgspec.json.decode(came.body, type=Identity)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, msgspec.MsgspecError):
            return None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    def _headers(self, dialect: ApiDialect, credential: Credential) -> Mapping[str, str]:
        bearer = credential.header()
        if dialect != "messages":
            return bearer
        key = [("x-api-key", value.removeprefix("Bearer ")) for value in bearer.values()]
        return {"anthropic-version": "2023-06-01", **dict(key)}

    async def _post(
        self, route: FieldRoute, body: bytes, credential: Credential
    ) -> _Came | Failure:
        kind = "text/event-stream" if route.stream else "application/json"
        try:
            async with (
                asyncio.timeout(self._link.seconds),
                self._session.post(
                    _at(self._link.url, PATHS[route.dialect]),
                    data=body,
                    headers={"Accept": kind, **self._headers(route.dialect, credential)},
                    allow_redirects=False,
                ) as response,
            ):
                return await self._read(response)
        except TimeoutError:
            return Failure(reason="target-timeout", detail="no complete answer in time")
        except aiohttp.ClientConnectionError:
            return Failure(reason="target-unreachable", detail="no connection")
        except (aiohttp.ClientError, OSError, ValueError):
            return Failure(reason="response-malformed", detail="the answer is not HTTP")

    async def _read(self, response: aiohttp.ClientResponse) -> _Came | Failure:
        held = bytearray()
        torn = False
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                held += chunk
                if len(held) > self._link.limit_bytes:
                    response.close()
                    return Failure(reason="response-too-large", detail="the answer is too large")
        except aiohttp.ClientPayloadError:
            torn = True
        headers = response.headers
        return _Came(
            status=response.status,
            kind=headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            body=bytes(held),
            exchange=headers.get(EXCHANGE_HEADER, "")[:128],
            wait_s=retry_after_ms(headers.get("Retry-After", ""), self._clock.now()) / 1000,
            torn=torn,
        )


def last_try_s(seconds: float) -> float:
    """Return how long after the first try of a request the last may begin, in seconds.

    `seconds` is the longest wait for a complete answer.
    """
    return (_ATTEMPTS - 1) * (seconds + _RETRY_CAP_S)


def open_field(link: FieldLink, clock: Clock) -> FieldClient:
    """Return a client; call it inside a running event loop."""
    return FieldClient(link, clock)


def _at(address: str, path: str) -> URL:
    return URL(address.rstrip("/").removesuffix("/v1") + path)


def _gave_up(came: _Came | Failure, retries: int) -> FieldAnswer:
    if isinstance(came, _Came):
        came = Failure(reason="target-error", detail=f"HTTP {came.status}")
    return FieldAnswer(reply=came, complete=False, retries=retries)


def _answer(
    came: _Came,
    route: FieldRoute,
    request: Request,
    credential: Credential,
    counted: tuple[int, int],
) -> FieldAnswer:
    retries, took = counted
    usage = Usage(latency_ms=took)
    if came.status != 200:
        return FieldAnswer(
            reply=_refused(came, credential, usage), exchange=came.exchange, retries=retries
        )
    streamed = came.kind == "text/event-stream"
    try:
        heard = (heard_stream if streamed else heard_whole)(route.dialect, came.body)
    except NoAnswerError as error:
        failure = Failure(reason="response-malformed", detail=f"the answer is {error}", usage=usage)
        return FieldAnswer(reply=failure, complete=False, exchange=came.exchange, retries=retries)
    if any(credential.occurs_in(part) for part in _parts(heard, came.exchange)):
        failure = Failure(
            reason="response-malformed", detail="the answer repeats the credential", usage=usage
        )
        return FieldAnswer(reply=failure, complete=False, retries=retries)
    return FieldAnswer(
        reply=_reply(heard, request, usage),
        complete=bool(heard.ending) and not came.torn,
        served=heard.served,
        exchange=came.exchange,
        retries=retries,
    )


def _parts(heard: Heard, exchange: str) -> tuple[str, ...]:
    calls = (part for call in heard.calls.values() for part in call)
    return heard.text, heard.reasoning, heard.served, exchange, *calls


def _reply(heard: Heard, request: Request, usage: Usage) -> Reply:
    calls = heard.tool_calls() or parse_calls(heard.text, request.tools)
    reply = Reply(
        text=heard.text,
        reasoning=heard.reasoning,
        tool_calls=calls,
        usage=replace(usage, prompt_tokens=heard.tokens[0], completion_tokens=heard.tokens[1]),
    )
    if heard.ending == "filter":
        return held_by_path(reply)
    return replace(reply, finish="length" if heard.ending == "length" else "stop")


def _refused(came: _Came, credential: Credential, usage: Usage) -> Reply | Failure:
    code = error_code(came.body, credential)
    if is_filter_code(code):
        return held_by_path(Reply(text="", usage=usage))
    said = f"HTTP {came.status}" + (f" ({code})" if code else "")
    return Failure(reason="target-error", detail=said, usage=usage)


def held_by_path(reply: Reply) -> Reply:
    """Return the reply as one that something in the path withheld, nobody says what."""
    held = LayerAction(layer=PATH_HOLDER, action="withheld", detail="the path cut it off")
    return replace(reply, finish="withheld", layers=(*reply.layers, held))
