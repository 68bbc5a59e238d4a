"""JSON that every reader reads alike, or none: what two readers may read apart is refused.

A gateway that reads the last of two equal keys in front of a model's server that reads the first
screens another text than it sends. The same holds for numbers beyond what a double keeps.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

DEPTH: Final = 64
"""Deepest nesting that is read."""

SAFE_INTEGER: Final = 2**53 - 1
"""Largest integer that every reader of JSON keeps."""

_decode = msgspec.json.Decoder().decode
_text = msgspec.json.Decoder(str).decode
encode: Final = msgspec.json.Encoder().encode
_canonical: Final = msgspec.json.Encoder(order="sorted").encode
_SPACES: Final = {b" ", b"\t", b"\r", b"\n"}
_STRING_AND_COLON: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"([ \t\r\n]*:)?', re.DOTALL)


class NotPlainJson(ValueError):  # noqa: N818 - said of what was sent, not of this program
    """The bytes are no JSON, or JSON that two readers may read apart. Says what, quotes nothing."""


def decode(body: bytes) -> Any:
    """Decode JSON.

    Raises:
        NotPlainJson: it is not valid JSON in UTF-8, names a key of one object twice, nests deeper
            than `DEPTH`, or holds a number that a double does not keep.
    """
    try:
        value = _decode(body)
    except RecursionError:
        raise NotPlainJson("is nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        raise NotPlainJson("is not valid JSON in UTF-8") from None
    holds = type(value) is dict or type(value) is list
    if holds and not _names_keys(body, _keys(value)):
        raise NotPlainJson("names a key of one object twice")
    return value


def are_safe(numbers: Iterable[object]) -> bool:
    """Say whether integers among some values are within what a double keeps."""
    for one in numbers:
        if type(one) is int and not -SAFE_INTEGER <= one <= SAFE_INTEGER:
            return False
    return True


def names_each_once(body: bytes, keys: int, texts: Iterable[str]) -> bool:
    """Say whether valid JSON surely names no key of one object twice; when in doubt, no.

    `keys` counts the keys of all its objects, and `texts` are strings in it, each but once. Where
    no colon is escaped, the bytes hold one for each time a key is named and all those of `texts`.
    So if that is all they hold, no key was named more often than it counts.
    """
    # leaving them out and measuring is more than twice as fast as counting them
    colons = len(body) - len(body.replace(b":", b""))
    if colons == keys:
        return True
    if b"\\" in body and b"\\u003" in body:
        return False
    said = "".join(texts)
    return colons == keys + len(said) - len(said.replace(":", ""))


def decode_text(literal: bytes) -> str:
    """Decode one JSON string; raises `NotPlainJson`."""
    try:
        return _text(literal)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        raise NotPlainJson("is not a JSON string") from None


def canonical_text(value: object) -> str:
    """Return a decoded value as JSON with sorted keys and without spaces."""
    return _canonical(value).decode()


def _names_keys(body: bytes, keys: int) -> bool:
    """Say whether valid JSON names exactly so many keys, counting each time that one is named.

    Each time a key is named costs a colon, so with no more colons than `keys` none was named twice.
    A key ends with a quote and a colon, and there may be white space between. Where no white space
    stands before any colon, the text names at most as many keys as it has `":`. Only where that
    does not tell either are the strings looked at in turn.
    """
    if body.count(b":") == keys:
        return True
    before = [part[-1:] for part in body.split(b":")[:-1]]
    if before.count(b'"') == keys and _SPACES.isdisjoint(before):
        return True
    return sum(1 for colon in _STRING_AND_COLON.findall(body) if colon) == keys


def _keys(value: Any) -> int:
    """Count keys of all objects; raises `NotPlainJson` for numbers and depths out of bounds."""
    count = 0
    found: list[Any] = [value]
    for one in found:  # grows while it is walked
        if type(one) is dict:
            count += len(one)
            one = one.values()  # noqa: PLW2901 - its children, as those of a list
        for child in one:
            kind = type(child)
            if kind is dict or kind is list:
                found.append(child)
            elif kind is int and not -SAFE_INTEGER <= child <= SAFE_INTEGER:
                raise NotPlainJson("holds an integer beyond 2^53 - 1")
    if len(found) > DEPTH:
        _check_depth(value)
    return count


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEPTH):
        inner: list[object] = []
        for one in level:
            children: Any = one.values() if isinstance(one, dict) else one
            inner += [child for child in children if isinstance(child, (dict, list))]
        if not inner:
            return
        level = inner
    raise NotPlainJson("is nested too deeply")
