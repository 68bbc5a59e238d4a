"""The dialect of completions: a prompt goes on. A list of prompts is one exchange."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shipworthy.instruments.safeguards.protocol import Channel
from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.answers import decode_answer, known_part, own_text, usage_of
from shipworthy.traffic.dialects.choices.asking import UNSEEN, choices_of, flag, model_of
from shipworthy.traffic.dialects.choices.chunks import ChunkCodec
from shipworthy.traffic.dialects.choices.errors import openai_error
from shipworthy.traffic.dialects.choices.forms import FILTERED, Share, answer_shape
from shipworthy.traffic.dialects.choices.logprobs import quiet, repeated
from shipworthy.traffic.dialects.choices.plain import COMPLETION, plain_answer
from shipworthy.traffic.dialects.choices.whole import read_choices, refusal_frame, write_choices
from shipworthy.traffic.dialects.protocol import (
    Answered,
    Asked,
    Place,
    Ruled,
    Said,
    StreamCodec,
    Tree,
)
from shipworthy.traffic.dialects.reading import Kind, Reading, broken, invalid, unsupported
from shipworthy.traffic.dialects.requests import (
    PlainFields,
    Turns,
    changes,
    decode_either,
    joined,
    write_texts,
)
from shipworthy.traffic.dialects.shapes import ANY, NUMBER, TEXT, WORD, Listed, Shape
from shipworthy.traffic.dialects.strict_json import decode, encode
from shipworthy.traffic.dialects.words import sampling_of
from shipworthy.vocabulary import Reply, Request

_ASKED: Final = {
    **UNSEEN,
    "model": WORD,
    "prompt": (TEXT, Listed((TEXT, ANY))),
    "suffix": TEXT,
    "stream_options": NUMBER,
}
_FIELDS: Final = PlainFields(
    words=frozenset({"model"}),
    texts=frozenset({"prompt", "suffix", "user", "stop"}),
    numbers=frozenset(
        (
            *(
                "stream",
                "n",
                "seed",
                "max_tokens",
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "stop",
            ),
            *("frequency_penalty", "presence_penalty", "repetition_penalty", "logprobs", "echo"),
        )
    ),
    turns=None,
)
_SHAPE: Final = answer_shape(
    {"index": NUMBER, "finish_reason": WORD, "logprobs": ANY, "text": TEXT}
)


class CompletionForm:
    """How a chunk of a completion holds text."""

    object_name = "text_completion"
    id_prefix = "cmpl-"

    def shape(self, reading: Reading) -> Shape:  # noqa: ARG002 - no media in this dialect
        """Return what is known of a chunk."""
        return _SHAPE

    def shares(self, choice: Tree) -> list[Share]:
        """Take a choice apart: it says something or nothing."""
        text = own_text(choice, "text")
        if not text:
            return [Share("start", quiet(choice))]
        said: Tree = {"text": text}
        if choice.get("logprobs") is not None:
            said["logprobs"] = repeated(choice["logprobs"], text)
        return [Share("say", said, "text", text, "text")]

    def partial(self, choice: Tree, channel: Channel, text: str) -> Tree:  # noqa: ARG002 - one channel
        """Return a choice with the beginning of its text."""
        return {**choice, "text": text}

    def say(self, channel: Channel, text: str) -> Tree:  # noqa: ARG002 - one channel
        """Return a choice that says something."""
        return {"text": text, "logprobs": None}

    def calls(self, reply: Reply, ids: Mapping[int, str]) -> Tree | None:  # noqa: ARG002 - no calls in this dialect
        """Return nothing."""
        return None

    def end(self) -> Tree:
        """Return a choice that says nothing."""
        return {"text": "", "logprobs": None}


class Completions:
    """Completions of OpenAI, as many servers speak them."""

    name: ApiDialect = "completions"
    path = "/v1/completions"

    def read_request(self, body: bytes, reading: Reading, created: int = 0) -> Asked:
        """Read a request; each prompt is a turn of a user."""
        tree, unseen = decode_either(body, reading, _FIELDS, _ASKED)
        turns = Turns.begin(reading, unseen)
        prompts = _read_prompts(turns, tree.get("prompt"))
        suffix = tree.get("suffix")
        if suffix:
            turns.add("user", turns.text_of(suffix, "suffix"), ("suffix",))
        count = choices_of(tree, reading) * prompts
        if count > reading.choices:
            raise unsupported(f"at most {reading.choices} answers may be asked for at once here")
        options = tree.get("stream_options")
        seed = tree.get("seed")
        return Asked(
            body=body,
            tree=tree,
            request=Request(messages=tuple(turns.messages), seed=seed if type(seed) is int else 0),
            places=tuple(turns.places),
            model=model_of(tree),
            stream=flag(tree, "stream"),
            choices=count,
            sampling=sampling_of(tree, "max_tokens"),
            media=turns.media,
            usage_wanted=isinstance(options, dict) and options.get("include_usage") is True,
            conversation="",
            reading=reading,
            created=created,
        )

    def write_request(self, asked: Asked, admitted: Request) -> bytes:
        """Write a request; policies stand in front of each prompt."""
        if admitted is asked.request or admitted == asked.request:
            return asked.body
        made = changes(asked, admitted)
        tree: Tree = decode(asked.body)
        write_texts(tree, made.texts)
        if made.before:
            if tree.get("echo"):
                raise unsupported("`echo` would show rules that stand in front of the prompt")
            prompt = tree["prompt"]
            tree["prompt"] = (
                [joined(made.before, one) for one in prompt]
                if isinstance(prompt, list)
                else joined(made.before, prompt)
            )
        return encode(tree)

    def read_reply(self, asked: Asked, body: bytes) -> Answered:
        """Read a whole answer."""
        media: dict[str, int] = {}
        tree, whole = plain_answer(body, COMPLETION), True
        if tree is None:
            tree, whole = known_part(decode_answer(body), _SHAPE, asked.reading, media)
        said = []
        for choice in read_choices(tree, asked):
            text = choice.get("text")
            if not isinstance(text, str):
                raise broken("an answer of the model's server holds no text")
            kept = repeated(choice.get("logprobs"), text)
            if kept is not choice.get("logprobs"):
                choice["logprobs"], whole = kept, False
            word = own_text(choice, "finish_reason")
            said.append(Said(choice.get("index", 0), text, "", (), word))
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
        choices = [
            {"index": at, "text": text, "logprobs": None, "finish_reason": FILTERED}
            for at in range(asked.choices)
        ]
        return encode(refusal_frame(asked, "text_completion", "cmpl-") | {"choices": choices})

    def error(self, status: int, kind: Kind, message: str) -> bytes:  # noqa: ARG002 - protocol
        """Write an error body."""
        return encode(openai_error(kind, message))

    def open_stream(self, asked: Asked) -> StreamCodec:
        """Begin to read a stream."""
        return ChunkCodec(asked, CompletionForm())


def _read_prompts(turns: Turns, prompt: Any) -> int:
    """Read one prompt or several; return how many. Prompts in token numbers cannot be screened."""
    if isinstance(prompt, str):
        turns.add("user", prompt, ("prompt",))
        return 1
    if not isinstance(prompt, list) or not prompt:
        raise invalid("`prompt` must be text or a list of texts")
    if all(isinstance(one, str) for one in prompt):
        for at, one in enumerate(prompt):
            place: Place = ("prompt", at)
            turns.add("user", one, place)
        return len(prompt)
    turns.unseen("unknown", "a prompt in token numbers")
    return 1 if all(type(one) is int for one in prompt) else len(prompt)


def _rewritten(choice: Tree, reply: Reply) -> Tree:
    word = FILTERED if reply.finish == "withheld" else choice.get("finish_reason")
    return {**choice, "text": reply.text, "logprobs": None, "finish_reason": word}
