"""Streams of chat completions and completions: chunks, each with a piece of one or more answers."""

from collections.abc import Sequence
from typing import Any, Final

from shipworthy.traffic.dialects.answers import (
    OneAtATime,
    decode_answer,
    known_part,
    made_id,
    objects,
    own_text,
    usage_of,
)
from shipworthy.traffic.dialects.choices.errors import openai_error
from shipworthy.traffic.dialects.choices.forms import FILTERED, ChunkForm, Share, frame_of
from shipworthy.traffic.dialects.choices.tool_calls import CallParts
from shipworthy.traffic.dialects.protocol import Asked, Piece, Ruled, Tree
from shipworthy.traffic.dialects.reading import Kind, broken
from shipworthy.traffic.dialects.sse import COMMENT, ServerEvent, write_event
from shipworthy.traffic.dialects.strict_json import encode
from shipworthy.traffic.dialects.templates import Templates
from shipworthy.vocabulary import ToolCall, Usage

_DONE: Final = b"[DONE]"
_NO_TEXTS: Final = {"role", "logprobs", "annotations"}
"""What stands beside a text in its share; citations are shown one by one."""


class ChunkCodec:
    """One stream of chunks."""

    def __init__(self, asked: Asked, form: ChunkForm) -> None:
        self.usage = Usage()
        self.answered_by = ""
        self.media: dict[str, int] = {}
        self.done = False
        self._asked = asked
        self._form = form
        self._shape = form.shape(asked.reading)
        self._templates = Templates()
        self._order = OneAtATime()
        self._frame: dict[str, Any] = {
            "id": made_id(form.id_prefix, asked),
            "object": form.object_name,
            "created": asked.created,
            "model": asked.model,
        }
        self._words: dict[int, str] = {}
        self._calls: dict[int, CallParts] = {}

    @property
    def complete(self) -> bool:
        """Whether every answer that was asked for has said why it stopped."""
        return len(self._words) == self._asked.choices

    def read(self, event: ServerEvent) -> Sequence[Piece]:
        """Read a chunk."""
        data = event.data
        if data is None:
            return (Piece("start", 0, COMMENT),)
        known = self._templates.read(event.name, data)
        if known is not None:
            if known.choice in self._words:
                raise broken("an answer went on after its end")
            return (known,)
        if data.strip() == _DONE:
            self.done = True
            return ()
        tree = decode_answer(data)
        if tree.get("error") or event.name == b"error":
            raise broken("the model's server reported an error inside the stream")
        clean, whole = known_part(tree, self._shape, self._asked.reading, self.media)
        self._note(clean)
        shares = [
            (choice, share)
            for choice in objects(clean.get("choices"))
            for share in self._shares(choice)
        ]
        if not shares:
            return self._without_choices(clean, data, whole=whole)
        if len(shares) == 1 and len(clean["choices"]) == 1:
            return (self._one(event, clean, *shares[0], whole=whole),)
        last = len(shares) - 1
        return [
            self._piece(self._chunk(clean, share.choice, usage=at == last), choice, share)
            for at, (choice, share) in enumerate(shares)
        ]

    def calls(self, choice: int) -> tuple[ToolCall, ...]:
        """Return the calls of a choice."""
        parts = self._calls.get(choice)
        return parts.calls() if parts else ()

    def word(self, choice: int) -> str:
        """Return why a choice stopped."""
        return self._words.get(choice, "")

    def emit(self, piece: Piece) -> bytes:
        """Let a piece leave whole."""
        return piece.raw

    def part(self, piece: Piece, text: str) -> bytes:
        """Let the beginning of a text leave, in a chunk like the one it came in."""
        tree = piece.about if isinstance(piece.about, dict) else decode_answer(piece.about)
        choice = {**tree["choices"][0], "finish_reason": None}
        choice.pop("logprobs", None)
        written = self._form.partial(choice, piece.channel, text)
        return self._write({**frame_of(tree), "choices": [written]})

    def rest(self, ruled: Ruled, text: str, reasoning: str) -> bytes:
        """Write the rest of an answer that a layer rewrote."""
        parts = self._calls.get(ruled.choice)
        calls = self._form.calls(ruled.reply, parts.ids() if parts else {})
        said = [
            *([self._form.say("reasoning", reasoning)] if reasoning else []),
            *([self._form.say("text", text)] if text else []),
            *([calls] if calls else []),
        ]
        written = b"".join(self._choice(ruled.choice, one, None) for one in said)
        word = self._words.get(ruled.choice) or "stop"
        if calls is None and word in {"tool_calls", "function_call"}:
            word = "stop"
        return written + self._choice(ruled.choice, self._form.end(), word)

    def withheld(self, choice: int, refusal: str) -> bytes:
        """End a choice as filtered."""
        said = self._choice(choice, self._form.say("text", refusal), None) if refusal else b""
        return said + self._choice(choice, self._form.end(), FILTERED)

    def close(self, tail: Sequence[Piece]) -> bytes:
        """Write the count of tokens, if there is one, and the mark of the end."""
        return b"".join(piece.raw for piece in tail) + write_event(_DONE)

    def error(self, kind: Kind, message: str) -> bytes:
        """Write an error, on which clients raise."""
        return write_event(encode(openai_error(kind, message)))

    def _note(self, chunk: Tree) -> None:
        self._frame.update(frame_of(chunk))
        self.answered_by = own_text(chunk, "model") or self.answered_by
        if isinstance(chunk.get("usage"), dict):
            self.usage = usage_of(chunk["usage"], "prompt_tokens", "completion_tokens")

    def _shares(self, choice: Tree) -> list[Share]:
        index = choice.get("index", 0)
        if type(index) is not int or not 0 <= index < self._asked.choices:
            raise broken("an answer came that was not asked for")
        shares = self._form.shares(choice)
        if index in self._words:
            if any(share.kind != "start" for share in shares):
                raise broken("an answer went on after its end")
            return []
        for share in shares:
            if share.text:
                self._go_on(index, share)
            if share.kind == "call":
                self._calls.setdefault(index, CallParts()).take(share.choice.get("delta", {}))
        word = choice.get("finish_reason")
        if word is not None:
            if not isinstance(word, str):
                raise broken("an answer gives no word for why it stopped")
            self._words[index] = word
            shares = [one for one in shares if one.kind != "start"]
            shares.append(Share("end", self._form.end() | {"finish_reason": word}))
        return shares

    def _go_on(self, index: int, share: Share) -> None:
        told = share.choice.get("delta", share.choice)
        texts = [name for name in told if told[name] and name not in _NO_TEXTS]
        if self._order.go_on((index, share.channel), *texts):
            self._templates.forget()

    def _without_choices(self, clean: Tree, data: bytes, *, whole: bool) -> Sequence[Piece]:
        if any(not isinstance(choice, dict) for choice in clean.get("choices") or ()):
            raise broken("a choice of the stream is not an object")
        # some servers repeat an ended answer, empty, beside the count of tokens
        bare = whole and not clean.get("choices")
        raw = write_event(data) if bare else self._write({**clean, "choices": []})
        return (Piece("tail" if clean.get("usage") else "start", 0, raw),)

    def _one(
        self, event: ServerEvent, clean: Tree, choice: Tree, share: Share, *, whole: bool
    ) -> Piece:
        """Make a piece of a chunk that is of one kind: it leaves as it came."""
        piece = self._piece(clean, choice, share)
        same = whole and choice.get("logprobs") is share.choice.get("logprobs")
        if same and event.data is not None:
            piece.raw = write_event(event.data)
            if share.kind == "say" and share.field and choice.get("logprobs") is None:
                self._templates.learn(event, piece, share.field)
        return piece

    def _piece(self, chunk: Tree, choice: Tree, share: Share) -> Piece:
        index = choice.get("index", 0)
        written = {"index": index, "finish_reason": None, **share.choice}
        tree = {**chunk, "choices": [written]}
        return Piece(share.kind, index, self._write(tree), share.channel, share.text, tree)

    def _chunk(self, clean: Tree, choice: Tree, *, usage: bool) -> Tree:
        kept = dict(clean) if usage else {key: clean[key] for key in clean if key != "usage"}
        return {**kept, "choices": [choice]}

    def _choice(self, index: int, choice: Tree, word: str | None) -> bytes:
        return self._write(
            {**self._frame, "choices": [{"index": index, **choice, "finish_reason": word}]}
        )

    def _write(self, tree: Tree) -> bytes:
        return write_event(encode(tree))
