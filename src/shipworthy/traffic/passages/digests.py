"""Digests of what was asked and said: those of `digest_of`, without the walk where none is needed.

That walk looks for what canonical JSON does not write: floats, numbers beyond what a double keeps,
keys that are not ASCII, broken text. Turns and texts without tool calls are strings and booleans
under the names of fields, so that only broken text is left, and no encoder writes that.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from shipworthy.kernel import Digest, digest_of
from shipworthy.traffic.dialects import Said
from shipworthy.vocabulary import Request

_encode: Final = msgspec.json.Encoder(order="sorted").encode


def request_digest(request: Request) -> Digest:
    """Return the digest of the turns and tools of a request."""
    asked = {"messages": request.messages, "tools": request.tools}
    for turn in request.messages:
        if turn.tool_calls is not UNSET:
            return digest_of(asked)
    return _digest(asked)


def reply_digest(said: Said) -> Digest:
    """Return the digest of an answer."""
    answer = {"text": said.text, "reasoning": said.reasoning, "tool_calls": said.calls}
    return digest_of(answer) if said.calls else _digest(answer)


def texts_digest(texts: Sequence[str]) -> Digest:
    """Return the digest of texts in their order."""
    return _digest(texts)


def _digest(value: object) -> Digest:
    return f"sha256:{hashlib.sha256(_encode(value)).hexdigest()}"
