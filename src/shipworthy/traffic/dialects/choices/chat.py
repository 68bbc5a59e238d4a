"""The dialect of chat completions."""

from collections.abc import Mapping, Sequence
from typing import Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.answers import (
    decode_answer,
    known_part,
    objects,
    own_text,
    strings_in,
    usage_of,
)
from shipworthy.traffic.dialects.choices.asking import read_chat, write_chat
from shipworthy.traffic.dialects.choices.chunks import ChunkCodec
from shipworthy.traffic.dialects.choices.errors import openai_error
from shipworthy.traffic.dialects.choices.forms import FILTERED, Share, answer_shape
from shipworthy.traffic.dialects.choices.logprobs import quiet, repeated
from shipworthy.traffic.dialects.choices.plain import CHAT, plain_answer
from shipworthy.traffic.dialects.choices.tool_calls import CALL_SHAPES, calls_of, written_calls
from shipworthy.traffic.dialects.choices.whole import read_choices, refusal_frame, write_choices
from shipworthy.traffic.dialects.protocol import Answered, Asked, Ruled, Said, StreamCodec, Tree
from shipworthy.traffic.dialects.reading import Kind, Reading, broken
from shipworthy.traffic.dialects.shapes import ANY, NUMBER, SEAL, TEXT, WORD, Listed, Shape
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.vocabulary import Reply, Request

_MESSAGE: Final[dict[str, Shape]] = {
    "role": WORD,
    "content": (TEXT, Listed({"type": WORD, "text": TEXT, "refusal": TEXT})),
    "refusal": TEXT,
    "reasoning_content": TEXT,
    "reasoning": TEXT,
    "annotations": Listed(
        {
            "type": WORD,
            "url_citation": {
                "start_index": NUMBER,
                "end_index": NUMBER,
                "title": TEXT,
                "url": TEXT,
            },
        }
    ),
    **CALL_SHAPES,
}
_AUDIO: Final = {"id": WORD, "data": SEAL, "transcript": TEXT, "expires_at": NUMBER}
_CHANNELS: Final[Mapping[str, Channel]] = {
    "reasoning_content": "reasoning",
    "reasoning": "reasoning",
    "content": "text",
    "refusal": "text",
}
_PLAINLY: Final = {"role", "content", "refusal"}


def _shape(reading: Reading, field: str) -> Shape:
    message = _MESSAGE if reading.media == "refuse" else {**_MESSAGE, "audio": _AUDIO}
    return answer_shape({"index": NUMBER, "finish_reason": WORD, "logprobs": ANY, field: message})


_SHAPES: Final = {
    (media, field): _shape(Reading(media=media), field)
    for media in ("refuse", "pass")
    for field in ("message", "delta")
}


def content_text(content: object) -> str:
    """Return the text of a message of an answer."""
    if isinstance(content, list):
        return "".join(own_text(one, "text") + own_text(one, "refusal") for one in content)
    return content if isinstance(content, str) else ""


def _reasoning(message: Tree) -> str:
    """Return the reasoning; some servers write it twice, under two names."""
    one, other = own_text(message, "reasoning_content"), own_text(message, "reasoning")
    return one if one == other else one + other


def _beside(message: Tree) -> str:
    cited = message.get("annotations")
    return strings_in(cited) if cited else ""


def _spoken_plainly(choice: Tree) -> Said | None:
    """Return what the one choice of a plain answer says, or None where it is not the first.

    A plain message holds nothing but strings and empty fields, so nothing but these is looked at.
    """
    if choice.get("index") != 0 or choice.get("logprobs") is not None:
        return None
    message, word = choice["message"], choice.get("finish_reason")
    content, refusal = message.get("content"), message.get("refusal")
    text = content if type(content) is str else ""
    if refusal:
        text += refusal
    reasoning = _reasoning(message) if message.keys() - _PLAINLY else ""
    return Said(0, text, reasoning, (), word if type(word) is str else "")


class ChatForm:
    """How a chunk of a chat completion holds text."""

    object_name = "chat.completion.chunk"
    id_prefix = "chatcmpl-"

    def shape(self, reading: Reading) -> Shape:
        """Return what is known of a chunk."""
        return _SHAPES[reading.media, "delta"]

    def shares(self, choice: Tree) -> list[Share]:
        """Take a delta apart: reasoning, text, what stands beside it, calls; or only a role."""
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return []
        found = [
            *self._reasoning_shares(delta),
            *self._text_shares(delta, choice),
            *self._beside(delta),
        ]
        called = {key: delta[key] for key in CALL_SHAPES if delta.get(key)}
        if called:
            found.append(Share("call", {"delta": {**self._role(delta), **called}}))
        return found or [Share("start", quiet(choice))]

    def partial(self, choice: Tree, channel: Channel, text: str) -> Tree:
        """Return a delta with the beginning of its text."""
        delta = choice["delta"]
        fields = [key for key in _CHANNELS if _CHANNELS[key] == channel and delta.get(key)]
        kept = {**self._role(delta), (fields or ["content"])[0]: text}
        return {**choice, "delta": kept}

    def say(self, channel: Channel, text: str) -> Tree:
        """Return a delta that says something."""
        field = "content" if channel == "text" else "reasoning_content"
        return {"delta": {"role": "assistant", field: text}}

    def calls(self, reply: Reply, ids: Mapping[int, str]) -> Tree | None:
        """Return a delta with all calls."""
        if not reply.tool_calls:
            return None
        return {"delta": {"role": "assistant", "tool_calls": written_calls(reply.tool_calls, ids)}}

    def end(self) -> Tree:
        """Return an empty delta."""
        return {"delta": {}}

    def _role(self, delta: Tree) -> Tree:
        return {"role": delta["role"]} if delta.get("role") else {}

    def _reasoning_shares(self, delta: Tree) -> list[Share]:
        text = _reasoning(delta)
        if not text:
            return []
        kept = {
            key: delta[key] for key in ("role", "reasoning_content", "reasoning") if key in delta
        }
        named = [key for key in ("reasoning_content", "reasoning") if delta.get(key)]
        field = named[0] if len(named) == 1 else ""
        return [Share("say", {"delta": kept}, "reasoning", text, field)]

    def _text_shares(self, delta: Tree, choice: Tree) -> list[Share]:
        found = []
        for field in ("content", "refusal"):
            text = content_text(delta.get(field))
            if text:
                said = {"delta": {**self._role(delta), field: delta[field]}}
                if choice.get("logprobs") is not None:
                    said["logprobs"] = repeated(choice["logprobs"], text)
                one = field if isinstance(delta[field], str) else ""
                found.append(Share("say", said, "text", text, one))
        return found

    def _beside(self, delta: Tree) -> list[Share]:
        found = []
        if delta.get("annotations"):
            kept = {"delta": {"annotations": delta["annotations"]}}
            found.append(Share("follow", kept, "reasoning", strings_in(delta["annotations"])))
        if delta.get("audio"):
            kept = {"delta": {**self._role(delta), "audio": delta["audio"]}}
            found.append(Share("follow", kept, "text", own_text(delta["audio"], "transcript")))
        return found


class Chat:
    """Chat completions of OpenAI, as many servers speak them."""

    name: ApiDialect = "chat"
    path = "/v1/chat/completions"

    def read_request(self, body: bytes, reading: Reading, created: int = 0) -> Asked:
        """Read a request."""
        return read_chat(body, reading, created)

    def write_request(self, asked: Asked, admitted: Request) -> bytes:
        """Write a request; policies stand before all other turns."""
        return write_chat(asked, admitted)

    def read_reply(self, asked: Asked, body: bytes) -> Answered:
        """Read a whole answer."""
        plain = plain_answer(body, CHAT)
        spoken_plainly = _spoken_plainly(plain["choices"][0]) if plain is not None else None
        if plain is not None and spoken_plainly is not None:
            usage = usage_of(plain.get("usage"), "prompt_tokens", "completion_tokens")
            name = own_text(plain, "model")
            return Answered(body, plain, True, (spoken_plainly,), usage, name, {})  # noqa: FBT003 - whole
        media: dict[str, int] = {}
        tree, whole = plain, True
        if tree is None:
            shape = _SHAPES[asked.reading.media, "message"]
            tree, whole = known_part(decode_answer(body), shape, asked.reading, media)
        said = []
        for choice in read_choices(tree, asked):
            message = choice.get("message")
            if not isinstance(message, dict):
                raise broken("an answer of the model's server holds no message")
            spoken = content_text(message.get("content")) + own_text(message, "refusal")
            if choice.get("logprobs") is not None:
                kept = repeated(choice["logprobs"], spoken)
                whole = whole and kept is choice["logprobs"]
                choice["logprobs"] = kept
            if message.get("audio"):
                media["audio"] = media.get("audio", 0) + 1
                spoken += own_text(message["audio"], "transcript")
            said.append(
                Said(
                    choice=choice.get("index", 0),
                    text=spoken,
                    reasoning=_reasoning(message) + _beside(message),
                    calls=calls_of(message),
                    word=own_text(choice, "finish_reason"),
                )
            )
        usage = usage_of(tree.get("usage"), "prompt_tokens", "completion_tokens")
        return Answered(body, tree, whole, tuple(said), usage, own_text(tree, "model"), media)

    def write_reply(self, asked: Asked, answered: Answered, ruled: Sequence[Ruled]) -> bytes:  # noqa: ARG002 - protocol
        """Write a whole answer."""
        return write_choices(answered, ruled, _rewritten)

    def refusal(self, asked: Asked, text: str) -> bytes:
        """Write an answer that holds only a refusal."""
        if asked.stream:
            codec = self.open_stream(asked)
            said = b"".join(codec.withheld(choice, text) for choice in range(asked.choices))
            return said + codec.close(())
        message = {"role": "assistant", "content": text, "refusal": None}
        return encode(
            refusal_frame(asked, "chat.completion", "chatcmpl-")
            | {
                "choices": [
                    {"index": at, "message": message, "logprobs": None, "finish_reason": FILTERED}
                    for at in range(asked.choices)
                ]
            }
        )

    def error(self, status: int, kind: Kind, message: str) -> bytes:  # noqa: ARG002 - protocol
        """Write an error body."""
        return encode(openai_error(kind, message))

    def open_stream(self, asked: Asked) -> StreamCodec:
        """Begin to read a stream."""
        return ChunkCodec(asked, ChatForm())


def _rewritten(choice: Tree, reply: Reply) -> Tree:
    message: Tree = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    if reply.tool_calls:
        ids = [own_text(one, "id") for one in objects(choice["message"].get("tool_calls"))]
        calls = written_calls(reply.tool_calls, dict(enumerate(ids)))
        message["tool_calls"] = [
            {key: call[key] for key in call if key != "index"} for call in calls
        ]
    else:
        message["content"] = reply.text
    word = FILTERED if reply.finish == "withheld" else choice.get("finish_reason")
    if word in {"tool_calls", "function_call"} and not reply.tool_calls:
        word = "stop"
    return {**choice, "message": message, "logprobs": None, "finish_reason": word}
