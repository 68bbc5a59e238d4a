"""What reading answers has in common in all dialects."""

import hashlib
from collections.abc import Hashable
from typing import Any

from shipworthy.traffic.dialects.protocol import Asked, Tree
from shipworthy.traffic.dialects.reading import Reading, broken
from shipworthy.traffic.dialects.shapes import Shape, is_field, is_word, vetted
from shipworthy.traffic.dialects.strict_json import NotPlainJson, decode
from shipworthy.vocabulary import Usage


class OneAtATime:
    """Refuses a stream in which a text goes on after another has begun.

    A client puts the pieces of each text together by itself, whatever stands between them. Layers
    read one channel from its beginning to its end: what they read would not be what is shown.
    """

    def __init__(self) -> None:
        self._begun: dict[Hashable, set[Hashable]] = {}
        self._now: dict[Hashable, frozenset[Hashable]] = {}

    def go_on(self, channel: Hashable, *texts: Hashable) -> bool:
        """Take a piece of some texts of a channel, none for a piece that continues nothing.

        Say whether the piece before it was of other texts; raises `Unreadable`.
        """
        now, before = frozenset(texts), self._now.get(channel)
        if now == before:
            return False
        begun = self._begun.setdefault(channel, set())
        if (now & begun) - (before or frozenset()):
            raise broken("a text of the stream goes on after another has begun")
        begun |= now
        self._now[channel] = now
        return before is not None


def decode_answer(body: bytes) -> Tree:
    """Decode what the model's server sent; raises `Unreadable`."""
    try:
        tree = decode(body)
    except NotPlainJson as error:
        raise broken(f"what the model's server sent {error}") from None
    if not isinstance(tree, dict):
        raise broken("what the model's server sent is not a JSON object")
    return tree


def known_part(
    tree: Tree, shape: Shape, reading: Reading, media: dict[str, int]
) -> tuple[Any, bool]:
    """Return what of an answer may leave, and whether that is all of it.

    Where the policy lets unknown parts pass they stay, and are counted.
    """
    kept, lost = vetted(tree, shape)
    if lost and reading.unknown_parts == "pass":
        media["unknown"] = media.get("unknown", 0) + lost
        return tree, True
    return kept, not lost


def own_text(words: object, field: str) -> str:
    """Return a string field of an object, or an empty string."""
    value = words.get(field) if isinstance(words, dict) else None
    return value if isinstance(value, str) else ""


def objects(value: object) -> list[Tree]:
    """Return the objects of a list, or nothing."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def usage_of(counted: object, asked_tokens: str, said_tokens: str) -> Usage:
    """Return counts of tokens by the names that a dialect has for them."""
    if not isinstance(counted, dict):
        return Usage()
    return Usage(
        prompt_tokens=_count(counted.get(asked_tokens)),
        completion_tokens=_count(counted.get(said_tokens)),
    )


def _count(number: object) -> int:
    return number if type(number) is int and number >= 0 else 0


def strings_in(value: object) -> str:
    """Return all strings inside a value, a line each, without fields and words of the format.

    Layers are shown them as reasoning: the client gets them beside the answer.
    """
    found: list[str] = []
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            found += [key for key in one if not is_field(key)]
            kind = one.get("type")
            plain = isinstance(kind, str) and is_word(kind)
            rest += [one[key] for key in reversed(one) if not (plain and key == "type")]
        elif isinstance(one, list):
            rest += reversed(one)
    return "".join(f"\n{text}" for text in found)


def made_id(prefix: str, asked: Asked) -> str:
    """Return an id for an answer that is made here: the same for the same request."""
    return prefix + hashlib.sha256(asked.body).hexdigest()[:24]
