"""The dialect of responses: whole answers."""

from collections.abc import Sequence

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.answers import (
    decode_answer,
    known_part,
    objects,
    own_text,
    usage_of,
)
from shipworthy.traffic.dialects.choices.errors import openai_error
from shipworthy.traffic.dialects.protocol import Answered, Asked, Ruled, Said, StreamCodec, Tree
from shipworthy.traffic.dialects.reading import Kind, Reading, broken
from shipworthy.traffic.dialects.responses.asking import read_responses, write_responses
from shipworthy.traffic.dialects.responses.events import ResponseCodec
from shipworthy.traffic.dialects.responses.items import (
    RESPONSE,
    call_items,
    hear,
    made_response,
    message_item,
    own_response,
    reasoning_item,
)
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.vocabulary import Reply, Request


class Responses:
    """Responses of OpenAI."""

    name: ApiDialect = "responses"
    path = "/v1/responses"

    def read_request(self, body: bytes, reading: Reading, created: int = 0) -> Asked:
        """Read a request."""
        return read_responses(body, reading, created)

    def write_request(self, asked: Asked, admitted: Request) -> bytes:
        """Write a request."""
        return write_responses(asked, admitted)

    def read_reply(self, asked: Asked, body: bytes) -> Answered:
        """Read a whole answer."""
        media: dict[str, int] = {}
        tree, whole = known_part(decode_answer(body), RESPONSE, asked.reading, media)
        status = own_text(tree, "status")
        if status not in {"completed", "incomplete"} or not isinstance(tree.get("output"), list):
            raise broken("the answer of the model's server is not a complete response")
        tree, own = own_response(tree, asked)
        heard = hear(objects(tree["output"]))
        said = Said(
            choice=0,
            text="".join(heard.text),
            reasoning="".join(heard.reasoning),
            calls=tuple(heard.calls),
            word=own_text(tree.get("incomplete_details"), "reason") or status,
        )
        usage = usage_of(tree.get("usage"), "input_tokens", "output_tokens")
        model = own_text(tree, "model")
        return Answered(body, tree, whole and own, (said,), usage, model, media)

    def write_reply(self, asked: Asked, answered: Answered, ruled: Sequence[Ruled]) -> bytes:
        """Write a whole answer."""
        (one,) = ruled
        if not one.changed:
            return answered.body if answered.whole else encode(answered.tree)
        output = rewritten_items(asked, one.reply, objects(answered.tree["output"]))
        if one.reply.finish == "withheld":
            return encode(made_response(asked, answered.tree, output, "incomplete"))
        return encode({**answered.tree, "output": output})

    def refusal(self, asked: Asked, text: str) -> bytes:
        """Write an answer that holds only a refusal."""
        if asked.stream:
            codec = self.open_stream(asked)
            return codec.withheld(0, text) + codec.close(())
        item = message_item(asked, text, "completed")
        return encode(made_response(asked, {}, [item], "incomplete"))

    def error(self, status: int, kind: Kind, message: str) -> bytes:  # noqa: ARG002 - protocol
        """Write an error body."""
        return encode(openai_error(kind, message))

    def open_stream(self, asked: Asked) -> StreamCodec:
        """Begin to read a stream."""
        return ResponseCodec(asked)


def rewritten_items(asked: Asked, reply: Reply, before: list[Tree]) -> list[Tree]:
    """Return items that say what the layers left."""
    ids = [own_text(one, "call_id") for one in before if "call_id" in one]
    return [
        *([reasoning_item(asked, reply.reasoning)] if reply.reasoning else []),
        *([message_item(asked, reply.text, "completed")] if reply.text else []),
        *call_items(reply.tool_calls, asked, dict(enumerate(ids))),
    ]
