"""Reading turns out of a request, and writing turns that a layer changed back into it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from shipworthy.traffic.dialects.answers import strings_in
from shipworthy.traffic.dialects.protocol import Asked, Place, Tree
from shipworthy.traffic.dialects.reading import Reading, Unreadable, invalid, unsupported
from shipworthy.traffic.dialects.shapes import (
    ANY,
    NUMBER,
    TEXT,
    WORD,
    ByType,
    Listed,
    Shape,
    is_word,
    vetted,
)
from shipworthy.traffic.dialects.strict_json import (
    NotPlainJson,
    are_safe,
    canonical_text,
    decode,
    names_each_once,
)
from shipworthy.vocabulary import Message, Request, ToolCall

Role = Literal["system", "user", "assistant", "tool"]

MEDIA: Final = {
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "input_audio": "audio",
    "audio": "audio",
    "file": "file",
    "input_file": "file",
    "document": "file",
    "video_url": "video",
}
"""Kinds of parts that no layer reads, by their type in any of the dialects."""

TEXTS: Final = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
    "summary_text": "text",
    "reasoning_text": "text",
}
"""Fields that hold the text of a part, by its type in any of the dialects."""

CACHED: Final = {"type": WORD, "ttl": WORD}
_TEXT_PART: Final = {
    "type": WORD,
    "text": TEXT,
    "annotations": Listed(ANY),
    "logprobs": NUMBER,
    "citations": NUMBER,
    "cache_control": CACHED,
}
PART: Final = ByType(
    {
        **dict.fromkeys(MEDIA, ANY),
        **{kind: _TEXT_PART for kind, name in TEXTS.items() if name == "text"},
        "refusal": {"type": WORD, "refusal": TEXT},
    }
)
"""What is known of the parts of a turn; of media nothing is, and the policy says what follows."""

CONTENT: Final = (TEXT, Listed((TEXT, PART)))
"""What is known of the content of a turn."""


@dataclass(frozen=True, slots=True)
class PlainFields:
    """Fields of a request that say nothing to the model, or are turns, by what they may hold.

    Attributes:
        words: ids and words of the format.
        texts: strings that a dialect reads as turns, or that no server shows to the model.
        numbers: numbers, flags and nulls.
        turns: the field with a list of turns, of which there must be one; None for a dialect
            without any.
        roles: roles that turns may have; any where the dialect looks at them itself.
    """

    words: frozenset[str]
    texts: frozenset[str]
    numbers: frozenset[str]
    turns: str | None = "messages"
    roles: frozenset[str] = frozenset()


_INCLUDE_USAGE: Final = {"include_usage"}
_decode_plain: Final = msgspec.json.Decoder(
    dict[str, list[dict[str, str]] | dict[str, bool | None] | str | int | float | bool | None]
).decode


def decode_request(body: bytes, reading: Reading, shape: Shape) -> tuple[Tree, int]:
    """Decode the body of a request; return how many parts no layer would see, too.

    Raises:
        Unreadable: it is no plain JSON object, too long, or holds such parts and the policy
            refuses them.
    """
    if len(body) > reading.body_limit_bytes:
        raise Unreadable(413, "too-large", "the request is too long")
    try:
        tree = decode(body)
    except NotPlainJson as error:
        raise invalid(f"the body {error}") from None
    if not isinstance(tree, dict):
        raise invalid("the body is not a JSON object")
    # plain turns are nearly all there is, and looking at them once more costs the most
    judged = {**tree, "messages": None} if _are_plain(tree.get("messages")) else tree
    _, unseen = vetted(judged, shape)
    if unseen and reading.unknown_parts == "refuse":
        raise unsupported("a field of the request is unknown here, or of an unknown kind")
    return tree, unseen


def decode_plain(body: bytes, reading: Reading, fields: PlainFields) -> Tree | None:
    """Decode the body of a request that holds only turns of one text each, and plain settings.

    Nearly all requests are such. Returns what `decode_request` would, with nothing unseen, or None
    where that one has to judge: it accepts all that this does.
    """
    if len(body) > reading.body_limit_bytes:
        return None
    try:
        tree: Tree = _decode_plain(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    given = tree.get(fields.turns) if fields.turns else None
    texts: list[str] = []
    if (fields.turns and not given) or not _are_settings(tree, fields, texts):
        return None
    turns: list[dict[str, str]] = given if type(given) is list else []
    for turn in turns:
        if len(turn) != 2 or "role" not in turn or "content" not in turn:
            return None
        if fields.roles and turn["role"] not in fields.roles:
            return None
        texts.append(turn["content"])
    options = tree.get("stream_options")
    keys = len(tree) + 2 * len(turns) + (1 if options else 0)
    sure = are_safe(tree.values()) and names_each_once(body, keys, texts)
    return tree if sure else None


def decode_either(
    body: bytes, reading: Reading, fields: PlainFields, shape: Shape
) -> tuple[Tree, int]:
    """Decode the body of a request in one go where it is plain, else with all care.

    Raises:
        Unreadable: as `decode_request`.
    """
    plain = decode_plain(body, reading, fields)
    return (plain, 0) if plain is not None else decode_request(body, reading, shape)


def _are_settings(tree: Tree, fields: PlainFields, texts: list[str]) -> bool:
    """Say whether all beside the turns is known and plain; strings are added to `texts`."""
    for key, one in tree.items():
        kind = type(one)
        if kind is str:
            texts.append(one)
            known = is_word(one) if key in fields.words else key in fields.texts
        elif kind is list:
            known = key == fields.turns
        elif kind is dict:
            known = key == "stream_options" and one.keys() == _INCLUDE_USAGE
        else:
            known = key in fields.numbers
        if not known:
            return False
    return True


def plain_turns(
    turns: "Turns", listed: Iterable[Mapping[str, str]], roles: Mapping[str, Role]
) -> bool:
    """Add turns of one text each; say whether the roles of all are known."""
    is_secret = turns.reading.is_secret
    messages, places = turns.messages, turns.places
    for at, turn in enumerate(listed):
        role = roles.get(turn["role"])
        if role is None:
            return False
        text = turn["content"]
        hidden = role == "system" and is_secret(text)
        messages.append(Message(role=role, content=text, confidential=hidden))
        places.append(("messages", at, "content"))
    return True


def _are_plain(turns: object) -> bool:
    """Say whether turns hold nothing but a role and a text, which are both looked at anyway."""
    if type(turns) is not list:
        return False
    for turn in turns:
        if type(turn) is not dict or len(turn) != 2:
            return False
        if type(turn.get("role")) is not str or type(turn.get("content")) is not str:
            return False
    return True


@dataclass(slots=True)
class Turns:
    """The turns of a request while it is read."""

    reading: Reading
    messages: list[Message] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    media: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, reading: Reading, unseen: int) -> "Turns":
        """Begin with parts that the policy lets pass unseen, if there are any."""
        return cls(reading, media={"unknown": unseen} if unseen else {})

    def add(self, role: Role, content: str, place: Place, calls: tuple[ToolCall, ...] = ()) -> None:
        """Add a turn whose text stands at `place`."""
        secret = role == "system" and self.reading.is_secret(content)
        made = Message(role=role, content=content, confidential=secret, tool_calls=calls or UNSET)
        self.messages.append(made)
        self.places.append(place)

    def aside(self, role: Role, content: object) -> None:
        """Add something that the model is shown and that is no turn, if there is any of it.

        It is no secret: an answer may have to repeat it, as it does the schema it is asked for.
        """
        if content is not None and content not in ("", [], {}):
            text = content if isinstance(content, str) else canonical_text(content)
            self.messages.append(Message(role=role, content=text))
            self.places.append(())

    def text_of(self, content: object, where: str) -> str:
        """Return the text of a string, or of a list of parts, joined without anything between.

        A phrase that is spread over parts is seen whole this way.
        """
        if isinstance(content, str):
            return content
        if content is None:
            return ""
        if not isinstance(content, list):
            raise invalid(f"`{where}` is neither text nor a list of parts")
        return "".join(self._part(part, where) for part in content)

    def unseen(self, kind: str, what: str) -> None:
        """Count a part that no layer sees; raises `Unreadable` where the policy refuses it."""
        policy = self.reading.unknown_parts if kind == "unknown" else self.reading.media
        if policy == "refuse":
            raise unsupported(f"{what} cannot be screened here")
        self.media[kind] = self.media.get(kind, 0) + 1

    def _part(self, part: object, where: str) -> str:
        if isinstance(part, str):
            return part
        if not isinstance(part, dict):
            raise invalid(f"a part of `{where}` is not an object")
        kind = part.get("type")
        name = TEXTS.get(kind) if isinstance(kind, str) else None
        if name is None:
            known = MEDIA.get(kind, "unknown") if isinstance(kind, str) else "unknown"
            self.unseen(known, f"a part of kind `{known}` in `{where}`")
            return ""
        text = part.get(name)
        if not isinstance(text, str):
            raise invalid(f"a text part of `{where}` holds no text")
        if part.get("annotations"):
            self.aside("assistant", strings_in(part["annotations"]))
        return text


@dataclass(frozen=True, slots=True)
class Changes:
    """What layers made of a request.

    Attributes:
        before: system turns that stand in front now.
        texts: new texts, by the place of the turn.
        tools: names of the tools that are left, or None where none was taken away.
    """

    before: tuple[str, ...]
    texts: tuple[tuple[Place, str], ...]
    tools: frozenset[str] | None


def changes(asked: Asked, admitted: Request) -> Changes:
    """Find out what layers changed.

    Raises:
        Unreadable: the change is none that can be written: turns left out or turned into others,
            new tools, another text for something that is no turn.
    """
    asked_turns = asked.request.messages
    more = len(admitted.messages) - len(asked_turns)
    added = admitted.messages[: max(more, 0)]
    if more < 0 or any(turn.role != "system" for turn in added):
        raise _unwritable()
    texts: list[tuple[Place, str]] = []
    for old, new, place in zip(asked_turns, admitted.messages[more:], asked.places, strict=True):
        if old.role != new.role or old.tool_calls != new.tool_calls:
            raise _unwritable()
        if old.content != new.content:
            if not place:
                raise _unwritable()
            texts.append((place, new.content))
    tools = None
    if admitted.tools != asked.request.tools:
        if any(tool not in asked.request.tools for tool in admitted.tools):
            raise _unwritable()
        tools = frozenset(tool.name for tool in admitted.tools)
    return Changes(tuple(turn.content for turn in added), tuple(texts), tools)


def write_texts(tree: Tree, texts: Iterable[tuple[Place, str]]) -> None:
    """Put new texts in their places; parts that hold no text stay where they are."""
    for place, text in texts:
        holder: Any = tree
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = _replaced(holder[place[-1]], text)


def joined(texts: Sequence[str], after: str = "") -> str:
    """Put system turns in front of a text that has room for only one."""
    return "\n\n".join([*texts, after] if after else texts)


def _replaced(content: object, text: str) -> object:
    if not isinstance(content, list):
        return text
    kept: list[object] = []
    written = False
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else "text"
        if not isinstance(kind, str) or kind not in TEXTS:
            kept.append(part)
        elif not written:
            written = True
            kept.append({"type": kind, TEXTS[kind]: text} if isinstance(part, dict) else text)
    return kept


def _unwritable() -> Unreadable:
    return Unreadable(500, "internal", "a layer changed the request beyond what can be written")
