"""How the bytes of an answer are written and cut; what they say stays the same."""

import gzip
import json
import re
from collections.abc import Iterable
from typing import Final

from shipworthy.traffic.conformance.answers.streams import Event
from shipworthy.traffic.conformance.answers.whole import Tree

WHOLE_CUTS: Final = ("plain", "bytes", "escaped", "gzip", "chunked", "huge")
STREAM_CUTS: Final = (
    "events",
    "one-event",
    "letters",
    "bytes",
    "mid-character",
    "escaped",
    "comments",
    "crlf",
    "cr",
    "no-space",
    "lines",
    "gzip",
    "joined",
    "huge",
)
DELTA_SIZES: Final = {"one-event": 1_000_000, "letters": 1, "huge": 1_000_000}
"""Characters of a delta, where it is not the usual."""
USUAL_SIZE: Final = 5
PADDING: Final = 300_000
"""Characters before the mark in a huge answer."""


def cut_whole(tree: Tree, cut: str) -> list[bytes]:
    """Return the pieces of a body; one piece means that it goes with its length."""
    body = _json(tree, escaped=cut == "escaped").encode()
    if cut == "gzip":
        return [gzip.compress(body, mtime=0)]
    if cut == "bytes":
        return [body[i : i + 1] for i in range(len(body))]
    if cut == "chunked":
        return [body[i : i + 40] for i in range(0, len(body), 40)]
    return [body]


def cut_stream(events: Iterable[Event], cut: str) -> list[bytes]:
    """Return the pieces of the body of an event stream, as they are written one by one."""
    blocks = [_block(name, data, cut) for name, data in events]
    body = b"".join(blocks)
    match cut:
        case "bytes":
            return [body[i : i + 1] for i in range(len(body))]
        case "mid-character":
            return [piece for piece in re.split(rb"(?<=[\xc0-\xff])", body) if piece]
        case "gzip":
            return [gzip.compress(body, mtime=0)]
        case "joined":
            return [body]
        case _:
            return blocks


def _block(name: str, data: Tree | str, cut: str) -> bytes:
    end = {"crlf": "\r\n", "cr": "\r"}.get(cut, "\n")
    written = data if isinstance(data, str) else _json(data, escaped=cut == "escaped")
    colon = ":" if cut == "no-space" else ": "
    lines = [f"event{colon}{name}"] if name else []
    if cut == "lines" and written.startswith("{"):
        # a line break between two tokens of JSON is white space to whoever joins the lines again
        lines += ["data: {", f"data: {written[1:]}"]
    else:
        lines.append(f"data{colon}{written}")
    if cut == "comments":
        lines = [": keep alive", *lines[:-1], ":", lines[-1], "retry: 3000"]
    return (end.join(lines) + end + end).encode()


def _json(tree: Tree, *, escaped: bool) -> str:
    if not escaped:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    written = json.dumps(tree, separators=(",", ":"))
    return re.sub(r"SW[CJ]", lambda found: "".join(f"\\u{ord(c):04x}" for c in found[0]), written)
