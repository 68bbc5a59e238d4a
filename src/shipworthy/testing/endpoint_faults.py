"""The ways in which the simulated endpoint misbehaves."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec
from aiohttp import web

_BLOCK: Final = b" " * 65_536
_HUGE_BLOCKS: Final = 800
_ENDLESS_BLOCKS: Final = 1 << 40
_DRIP_SECONDS: Final = 0.02
_FOREVER_SECONDS: Final = 3600.0


class Fault(Enum):
    """One way of misbehaving."""

    GARBAGE = "a body that is not JSON"
    NOT_HTTP = "bytes that are not HTTP"
    SERVER_ERROR = "HTTP 500"
    TOO_MANY = "HTTP 429 with Retry-After"
    UNAUTHORISED = "HTTP 401 with a message that quotes the key"
    HANG = "no answer at all"
    RESET = "the connection is reset before the answer"
    CUT_OFF = "the connection closes inside the body"
    ENDLESS = "a body without end, at full speed"
    DRIP = "a body without end, one byte at a time"
    HUGE = "a body of 50 MB"
    TRUNCATED_JSON = "JSON that stops halfway"
    WRONG_SHAPE = "JSON that is no completion"
    NO_CHOICES = "a completion without choices"
    WRONG_TYPE = "a good completion labelled text/plain"
    NULL_CONTENT = "content null and no tool call"
    EMPTY_CONTENT = "an empty answer"
    NO_FINISH = "no finish reason"
    FILTERED = "finish reason content_filter"
    FILTERED_400 = "HTTP 400 with code content_filter"
    NO_TOOLS = "HTTP 400, as from an endpoint that takes no tools"
    LENGTH = "finish reason length"
    HTML = "an HTML error page with HTTP 502"
    HTML_200 = "an HTML page with HTTP 200"
    REDIRECT = "HTTP 302 to another path"
    NOT_UTF8 = "text that is not UTF-8"
    HUGE_USAGE = "token counts beyond belief"
    ODD_USAGE = "token counts that are no counts"
    TWICE_USAGE = "the same usage field twice"
    DEEP = "JSON nested 100,000 deep"
    COMPRESSED = "a gzip body that nobody asked for"
    ECHO_KEY = "an answer that repeats the Authorization header"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the answer that would be right."""

    request: web.Request
    completion: Mapping[str, Any]
    retry_after: str


Behaviour = Callable[[Exchange], Awaitable[web.StreamResponse]]


async def misbehave(
    fault: Fault, request: web.Request, completion: Mapping[str, Any], retry_after: str
) -> web.StreamResponse:
    """Answer a request wrongly; `completion` is the answer that would be right."""
    if fault in _ALTERED:
        return _json(_ALTERED[fault](dict(completion), request))
    if fault in _BODIES:
        status, kind, body = _BODIES[fault]
        return web.Response(status=status, body=body, content_type=kind)
    return await _BEHAVIOURS[fault](Exchange(request, completion, retry_after))


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def _key(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _transport(request: web.Request) -> asyncio.Transport:
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the client is gone")
    return transport


async def _hang(exchange: Exchange) -> web.StreamResponse:
    del exchange
    await asyncio.sleep(_FOREVER_SECONDS)
    return web.Response()


async def _reset(exchange: Exchange) -> web.StreamResponse:
    _transport(exchange.request).abort()
    return web.Response()


async def _not_http(exchange: Exchange) -> web.StreamResponse:
    _transport(exchange.request).write(b"\x00\x01 220 mail.example ESMTP\r\n\r\n")
    _transport(exchange.request).close()
    return web.Response()


async def _too_many(exchange: Exchange) -> web.StreamResponse:
    return web.Response(status=429, headers={"Retry-After": exchange.retry_after})


async def _unauthorised(exchange: Exchange) -> web.StreamResponse:
    said = {"message": f"bad key {_key(exchange.request)}", "code": "invalid_api_key"}
    return web.json_response({"error": said}, status=401)


async def _redirect(exchange: Exchange) -> web.StreamResponse:
    del exchange
    return web.Response(status=302, headers={"Location": "/v1/chat/completions"})


async def _mislabelled(exchange: Exchange) -> web.StreamResponse:
    body = msgspec.json.encode(exchange.completion)
    return web.Response(body=body, content_type="text/plain")


async def _compressed(exchange: Exchange) -> web.StreamResponse:
    packed = gzip.compress(msgspec.json.encode(exchange.completion))
    return web.Response(body=packed, headers={"Content-Encoding": "gzip"})


async def _cut_off(exchange: Exchange) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(exchange.request)
    await response.write(b'{"choices": [')
    _transport(exchange.request).close()
    return response


def _stream(block: bytes, blocks: int, pause: float = 0.0) -> Behaviour:
    async def behave(exchange: Exchange) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(exchange.request)
        for _ in range(blocks):
            await response.write(block)
            await asyncio.sleep(pause)
        return response

    return behave


def _message(**fields: object) -> Callable[[dict[str, Any], web.Request], dict[str, Any]]:
    def alter(completion: dict[str, Any], _: web.Request) -> dict[str, Any]:
        choice = {**completion["choices"][0], **fields}
        return {**completion, "choices": [choice]}

    return alter


def _replaced(**fields: object) -> Callable[[dict[str, Any], web.Request], dict[str, Any]]:
    return lambda completion, _: {**completion, **fields}


def _said(text: str | None) -> dict[str, object]:
    return {"role": "assistant", "content": text}


_ALTERED: Final[dict[Fault, Callable[[dict[str, Any], web.Request], dict[str, Any]]]] = {
    Fault.NO_CHOICES: _replaced(choices=[]),
    Fault.NULL_CONTENT: _message(message=_said(None)),
    Fault.EMPTY_CONTENT: _message(message=_said("  \n")),
    Fault.NO_FINISH: _message(finish_reason=None),
    Fault.FILTERED: _message(finish_reason="content_filter"),
    Fault.LENGTH: _message(finish_reason="length"),
    Fault.HUGE_USAGE: _replaced(
        usage={"prompt_tokens": 10**30, "completion_tokens": 2**53, "total_tokens": 1}
    ),
    Fault.ODD_USAGE: _replaced(usage={"prompt_tokens": -5, "completion_tokens": "many"}),
    Fault.ECHO_KEY: lambda completion, request: _message(message=_said(f"Key: {_key(request)}"))(
        completion, request
    ),
}
"""Faults inside a well-formed JSON answer."""

_JSON: Final = "application/json"
_TWICE: Final = (
    b'{"choices":[{"message":{"content":"fine"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":7,"prompt_tokens":9,"completion_tokens":3}}'
)
_FILTER_BODY: Final = b'{"error":{"message":"blocked","code":"content_filter"}}'
_NO_TOOLS_BODY: Final = b'{"error":{"message":"no tools","code":"invalid_request"}}'
_PAGE: Final = b"<html><body><h1>Bad gateway</h1></body></html>"

_BODIES: Final[dict[Fault, tuple[int, str, bytes]]] = {
    Fault.GARBAGE: (200, _JSON, b"\x89PNG certainly not JSON"),
    Fault.SERVER_ERROR: (500, _JSON, b'{"error":{"message":"oops","code":"internal"}}'),
    Fault.TRUNCATED_JSON: (200, _JSON, b'{"choices":[{"message":{"content":"half of'),
    Fault.WRONG_SHAPE: (200, _JSON, b'{"choices":"none","usage":null}'),
    Fault.FILTERED_400: (400, _JSON, _FILTER_BODY),
    Fault.NO_TOOLS: (400, _JSON, _NO_TOOLS_BODY),
    Fault.HTML: (502, "text/html", _PAGE),
    Fault.HTML_200: (200, "text/html", _PAGE),
    Fault.NOT_UTF8: (
        200,
        _JSON,
        b'{"choices":[{"message":{"content":"\xff\xfe"},"finish_reason":"stop"}]}',
    ),
    Fault.TWICE_USAGE: (200, _JSON, _TWICE),
    Fault.DEEP: (200, _JSON, b'{"choices":' + b"[" * 100_000),
}
"""Faults with a fixed body: status, content type, bytes."""

_BEHAVIOURS: Final[dict[Fault, Behaviour]] = {
    Fault.HANG: _hang,
    Fault.RESET: _reset,
    Fault.NOT_HTTP: _not_http,
    Fault.TOO_MANY: _too_many,
    Fault.UNAUTHORISED: _unauthorised,
    Fault.REDIRECT: _redirect,
    Fault.WRONG_TYPE: _mislabelled,
    Fault.COMPRESSED: _compressed,
    Fault.CUT_OFF: _cut_off,
    Fault.HUGE: _stream(_BLOCK, _HUGE_BLOCKS),
    Fault.ENDLESS: _stream(_BLOCK, _ENDLESS_BLOCKS),
    Fault.DRIP: _stream(b" ", _ENDLESS_BLOCKS, _DRIP_SECONDS),
}
"""Faults of the connection."""
