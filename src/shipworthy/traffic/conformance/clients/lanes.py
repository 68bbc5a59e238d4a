"""Every text that a client could see in an answer, put together as loosely as any client would.

A leak is a leak in whatever field it hides and however it was cut, so nothing here asks whether
the answer is valid.
"""

import contextlib
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

_INDEXES: Final = ("index", "output_index", "content_index", "summary_index")
_LINE: Final = re.compile(rb"\r\n|\r|\n")
_DEEPEST: Final = 6
_GZIP: Final = b"\x1f\x8b"
_MOST_BYTES: Final = 20_000_000


def visible_texts(head: str, body: bytes) -> list[str]:
    """Return the header, the raw body, and each text put together over the events of a stream."""
    return [text for _, text in visible_places(head, body)]


def visible_places(head: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Yield what `visible_texts` returns, each with where it stands: the narrow places first.

    A place is the name of a header, the path of a field, or `the body`.
    """
    documents = list(_documents(body))
    lanes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    leaves: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        place = _place(document)
        for path, text in _strings(document, ()):
            lanes[(place, *path)].append(text)
            leaves[_leaf(path)].append(text)
    named = [(".".join(path[1:]), pieces) for path, pieces in lanes.items()]
    named += [(f"{name}, over several events", pieces) for name, pieces in leaves.items()]
    for where, pieces in named:
        joined = "".join(pieces)
        yield where, joined
        for inner in _nested(joined, _DEEPEST):
            yield f"{where}, as JSON", inner
    for line in head.splitlines():
        yield f"the header {line.partition(':')[0]}", line
    yield "the header", head
    for encoding in ("utf-8", "latin-1"):
        yield "the body", body.decode(encoding, "replace")
    if body.startswith(_GZIP):
        # some clients look for themselves whether a body is compressed
        with contextlib.suppress(zlib.error):
            inflated = zlib.decompressobj(31).decompress(body, _MOST_BYTES)
            yield from visible_places("", inflated)


def event_data(body: bytes) -> list[tuple[str, bytes]]:
    """Split an event stream by the rules of the HTML standard: names and data of its events."""
    events: list[tuple[str, bytes]] = []
    name, data = "", list[bytes]()
    for line in _LINE.split(body.removeprefix(b"\xef\xbb\xbf")):
        if not line:
            if data:
                events.append((name, b"\n".join(data)))
            name, data = "", []
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
    if data:
        events.append((name, b"\n".join(data)))
    return events


def _documents(body: bytes) -> Iterator[Any]:
    """Yield every JSON value, of a whole answer or of the events of a stream."""
    try:
        yield json.loads(body)
    except (ValueError, RecursionError):
        for _, data in event_data(body):
            try:
                yield json.loads(data)
            except (ValueError, RecursionError):
                continue


def _place(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    return ",".join(f"{name}={document[name]}" for name in _INDEXES if name in document)


def _strings(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, "<name>"), name
            yield from _strings(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            index = inner.get("index", number) if isinstance(inner, dict) else number
            yield from _strings(inner, (*path, str(index)))


def _leaf(path: tuple[str, ...]) -> str:
    return next((name for name in reversed(path) if not name.isdigit()), "")


def _nested(text: str, depth: int) -> Iterator[str]:
    """Yield texts within JSON that is written in a text, such as the arguments of a call."""
    if depth == 0 or not text.lstrip().startswith(("{", "[", '"')):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    for _, inner in _strings(value, ()):
        yield inner
        yield from _nested(inner, depth - 1)
