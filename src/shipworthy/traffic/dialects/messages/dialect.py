"""The dialect of messages: whole answers."""

from collections.abc import Sequence
from typing import Any

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.answers import decode_answer, known_part, objects, own_text
from shipworthy.traffic.dialects.messages.asking import read_messages, write_messages
from shipworthy.traffic.dialects.messages.blocks import (
    FILTERED,
    MESSAGE,
    block_texts,
    call_blocks,
    error_object,
    made_message,
    merged_usage,
    own_end,
    text_block,
    thinking_block,
    word_after,
)
from shipworthy.traffic.dialects.messages.events import MessageCodec
from shipworthy.traffic.dialects.messages.plain import plain_message
from shipworthy.traffic.dialects.protocol import Answered, Asked, Ruled, Said, StreamCodec, Tree
from shipworthy.traffic.dialects.reading import Kind, Reading, broken
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.traffic.dialects.words import call_of
from shipworthy.vocabulary import Reply, Request, Usage


class Messages:
    """Messages of Anthropic."""

    name: ApiDialect = "messages"
    path = "/v1/messages"

    def read_request(self, body: bytes, reading: Reading, created: int = 0) -> Asked:
        """Read a request."""
        return read_messages(body, reading, created)

    def write_request(self, asked: Asked, admitted: Request) -> bytes:
        """Write a request."""
        return write_messages(asked, admitted)

    def read_reply(self, asked: Asked, body: bytes) -> Answered:
        """Read a whole answer."""
        media: dict[str, int] = {}
        plain = plain_message(body)
        if plain is None:
            tree, whole = known_part(decode_answer(body), MESSAGE, asked.reading, media)
        else:
            tree, whole = plain, True
        content = tree.get("content")
        if tree.get("type", "message") != "message" or not isinstance(content, list):
            raise broken("the answer of the model's server is not a message")
        blocks = objects(content)
        tree, all_of_end = own_end(tree, asked)
        texts = [block_texts(block) for block in blocks]
        details: Any = tree.get("stop_details") or {}
        explained = own_text(details, "explanation")
        said = Said(
            choice=0,
            text="".join(text for text, _ in texts),
            reasoning="".join(reasoning for _, reasoning in texts)
            + (f"\n{explained}" if explained else ""),
            calls=tuple(
                call_of(one.get("name"), one.get("input"))
                for one in blocks
                if one.get("type") == "tool_use"
            ),
            word=own_text(tree, "stop_reason"),
        )
        usage = merged_usage(Usage(), tree.get("usage"))
        model = own_text(tree, "model")
        return Answered(body, tree, whole and all_of_end, (said,), usage, model, media)

    def write_reply(self, asked: Asked, answered: Answered, ruled: Sequence[Ruled]) -> bytes:  # noqa: ARG002 - protocol
        """Write a whole answer."""
        (one,) = ruled
        if not one.changed:
            return answered.body if answered.whole else encode(answered.tree)
        return encode(_rewritten(answered.tree, one.reply))

    def refusal(self, asked: Asked, text: str) -> bytes:
        """Write an answer that holds only a refusal."""
        if asked.stream:
            codec = self.open_stream(asked)
            return codec.withheld(0, text) + codec.close(())
        return encode(made_message(asked, [text_block(text)], FILTERED))

    def error(self, status: int, kind: Kind, message: str) -> bytes:  # noqa: ARG002 - protocol
        """Write an error body."""
        return encode(error_object(kind, message))

    def open_stream(self, asked: Asked) -> StreamCodec:
        """Begin to read a stream."""
        return MessageCodec(asked)


def _rewritten(tree: Tree, reply: Reply) -> Tree:
    ids = [own_text(one, "id") for one in tree["content"] if one.get("type") == "tool_use"]
    content = [
        *([thinking_block(reply.reasoning)] if reply.reasoning else []),
        *([text_block(reply.text)] if reply.text else []),
        *call_blocks(reply.tool_calls, dict(enumerate(ids))),
    ]
    word = FILTERED
    if reply.finish != "withheld":
        word = word_after(own_text(tree, "stop_reason"), reply.tool_calls)
    ended = {"stop_reason": word, "stop_sequence": None}
    kept = {key: tree[key] for key in tree if key != "stop_details"}
    return {**kept, "content": content, **ended}
