"""Requests that leave the beaten path: other paths, methods, headers and bodies.

A guard that is tied to one path or one field is not there for these, while many servers of models
answer them all the same.
"""

from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.records.live import ApiDialect

BodyForm = Literal["json", "gzip", "chunked", "stream-twice", "stream-text", "bom"]


@dataclass(frozen=True, slots=True)
class Detour:
    """How a request differs from the plain one.

    Attributes:
        name: a name for the case.
        path: instead of the dialect's, or empty.
        method: of HTTP.
        headers: further headers.
        form: how the body is written.
        stream: whether the answer is asked for in pieces.
        dialect: of the request.
    """

    name: str = ""
    path: str = ""
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    form: BodyForm = "json"
    stream: bool = False
    dialect: ApiDialect = "chat"


PLAIN: Final = Detour()

_CHAT: Final = "/v1/chat/completions"

DETOURS: Final = (
    Detour("no-v1", "/chat/completions"),
    Detour("no-v1-messages", "/messages", dialect="messages"),
    Detour("no-v1-responses", "/responses", dialect="responses"),
    Detour("trailing-slash", f"{_CHAT}/"),
    Detour("double-slash", "//v1/chat/completions"),
    Detour("inner-slash", "/v1//chat/completions"),
    Detour("dots", "/v1/models/../chat/completions"),
    Detour("dot", "/v1/./chat/completions"),
    Detour("upper-case", "/V1/Chat/Completions"),
    Detour("escaped-slash", "/v1/chat%2Fcompletions"),
    Detour("escaped-letter", "/v1/chat/%63ompletions"),
    Detour("query", f"{_CHAT}?api-version=1"),
    Detour("semicolon", f"{_CHAT};v=1"),
    Detour("deployment", "/openai/deployments/scripted-1/chat/completions?api-version=1"),
    Detour("engines", "/v1/engines/scripted-1/completions", dialect="completions"),
    Detour("v2", "/v2/chat/completions"),
    Detour("pass-through", "/openai/v1/chat/completions"),
    Detour("anthropic-pass-through", "/anthropic/v1/messages", dialect="messages"),
    Detour("embeddings", "/v1/embeddings"),
    Detour("moderations", "/v1/moderations"),
    Detour("batches", "/v1/messages/batches", dialect="messages"),
    Detour("get-response", "/v1/responses/resp_1", "GET", dialect="responses"),
    Detour("get-completion", "/v1/chat/completions/chatcmpl-1", "GET"),
    Detour("get-file", "/v1/files/file-1/content", "GET"),
    Detour("put", _CHAT, "PUT"),
    Detour("patch", _CHAT, "PATCH"),
    Detour("method-override", _CHAT, "GET", (("X-HTTP-Method-Override", "POST"),)),
    Detour("original-url", "/v1/models", "POST", (("X-Original-URL", _CHAT),)),
    Detour("gzip-request", form="gzip"),
    Detour("chunked-request", form="chunked"),
    Detour("stream-twice", form="stream-twice"),
    Detour("stream-text", form="stream-text"),
    Detour("byte-order-mark", form="bom"),
    Detour("text-plain", headers=(("Content-Type", "text/plain"),)),
    Detour("no-content-type", headers=(("Content-Type", ""),)),
    Detour("accept-events", headers=(("Accept", "text/event-stream"),)),
    Detour("range", headers=(("Range", "bytes=0-40"),)),
    Detour("upgrade", headers=(("Connection", "Upgrade"), ("Upgrade", "websocket"))),
    Detour("stream-query", f"{_CHAT}?stream=true", stream=True),
)
