"""An answer that arrives in pieces: what of it may leave before its end has been seen.

Only a prefix that every layer has said to be clear leaves. A layer that cannot look at beginnings
(`StreamingLayer`) holds the whole answer until it has seen it; one that only detects holds nothing.
Where the whole is held, no beginning is looked at: a layer behind it may yet rewrite what a scan
would object to. Whatever left, the ruling over the exchange is that of `GuardEngine.release` on all
that arrived, so that a stream and a whole answer of the same text are judged alike.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from shipworthy.instruments.safeguards.engine.consulting import Consultation
from shipworthy.instruments.safeguards.engine.machine import Admission, GuardEngine
from shipworthy.instruments.safeguards.options import Enforcement, OnError
from shipworthy.instruments.safeguards.protocol import (
    Channel,
    Layer,
    PrefixScan,
    ScanFailed,
    StreamingLayer,
)
from shipworthy.vocabulary import Failure, Reply, ToolCall, Usage

Finish = Literal["stop", "length", "filter"]


class Flow(Struct, frozen=True, gc=False):
    """How many characters of a channel may leave in all, and whether to end the answer now."""

    clear: int
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """How an answer that came in pieces ended.

    Attributes:
        answer: the answer as every layer left it; a refusal where it was withheld.
        text: what is still to be sent of its text; the refusal where nothing had left before.
        reasoning: what is still to be sent of its reasoning.
        halted: whether a part had left of what was then withheld.
        left: characters of text and reasoning that had left.
    """

    answer: Reply | Failure
    text: str
    reasoning: str
    halted: bool
    left: int


class ReplyStream:
    """One answer while it arrives. Not shared: one for each choice of each exchange."""

    def __init__(self, engine: GuardEngine, admission: Admission) -> None:
        self._engine = engine
        self._admission = admission
        self._parts: dict[Channel, list[str]] = {"text": [], "reasoning": []}
        self._lengths: dict[Channel, int] = {"text": 0, "reasoning": 0}
        self._sent: dict[Channel, int] = {"text": 0, "reasoning": 0}
        self._broken: dict[str, str] = {}
        self._means: dict[str, OnError] = {}
        self._halting: set[str] = set()
        self._stopped = False
        self._calls: list[ToolCall] = []
        self._screening = [
            (layer, seen)
            for layer, seen in zip(engine.layers, admission.seen, strict=True)
            if layer.enforcement.mode == "enforce" and _looks_at_replies(layer)
        ]
        self._holds = any(not isinstance(layer, StreamingLayer) for layer, _ in self._screening)
        self._scans: dict[Channel, list[tuple[Layer, PrefixScan]]] = {}

    def feed(self, channel: Channel, text: str) -> Flow:
        """Take the next characters of a channel; what is clear now may be sent at once."""
        self._parts[channel].append(text)
        clear = self._lengths[channel] = self._lengths[channel] + len(text)
        sent = self._sent[channel]
        if self._stopped:
            return Flow(sent, stop=True)
        # most answers have one channel, and beginning to look may cost as much as looking
        scans = self._scans[channel] if channel in self._scans else self._open(channel)
        for layer, scan in scans:
            said = self._ask(layer, scan, text)
            clear = min(clear, said)
        if clear > sent and not self._holds and not self._stopped:
            self._sent[channel] = sent = clear
        return Flow(sent, stop=self._stopped)

    def call(self, call: ToolCall) -> None:
        """Take a tool call, whole; calls leave at the end, once the layers have seen them all."""
        self._calls.append(call)

    def said(self, channel: Channel) -> str:
        """Return all of a channel that arrived so far."""
        text = "".join(self._parts[channel])
        self._parts[channel][:] = [text]
        return text

    def finish(self, finish: Finish, usage: Usage | None = None) -> Consultation[Released]:
        """Rule over the whole answer; after a stop over what had arrived."""
        reply = Reply(
            text=self.said("text"),
            reasoning=self.said("reasoning"),
            tool_calls=tuple(self._calls),
            finish=finish,
            usage=usage or Usage(),
        )
        answer = yield from self._engine.release(self._admission, reply, self._broken, self._means)
        if self._halting and _got_through(answer):
            # A layer that stopped the stream cannot take that back: the rest never came.
            said = dict.fromkeys(sorted(self._halting), "stopped the stream, then let it pass")
            strict = {one.name: _stricter(one.on_error) for one in self._enforcements(said)}
            answer = yield from self._engine.release(
                self._admission, reply, {**self._broken, **said}, {**self._means, **strict}
            )
        left = sum(self._sent.values())
        if isinstance(answer, Failure):
            return Released(answer, "", "", halted=left > 0, left=left)
        if answer.finish == "withheld":
            text = "" if left else answer.text
            return Released(answer, text, "", halted=left > 0, left=left)
        return Released(
            answer,
            answer.text[self._sent["text"] :],
            answer.reasoning[self._sent["reasoning"] :],
            halted=False,
            left=left,
        )

    def _open(self, channel: Channel) -> list[tuple[Layer, PrefixScan]]:
        found: list[tuple[Layer, PrefixScan]] = []
        self._scans[channel] = found
        for layer, seen in () if self._holds else self._screening:
            if not isinstance(layer, StreamingLayer):
                continue
            try:
                found.append((layer, layer.open_scan(seen, channel)))
            except ScanFailed as failed:
                self._fail(layer, failed.detail, failed.on_error)
            except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
                self._fail(layer, type(error).__name__)
        return found

    def _ask(self, layer: Layer, scan: PrefixScan, text: str) -> int:
        if self._broken and layer.enforcement.name in self._broken:
            return 0 if self._stopped else _ALL
        try:
            clear: object = scan.feed(text)
            if clear is None:
                self._halting.add(layer.enforcement.name)
                self._stopped = True
                return 0
            if isinstance(clear, int):
                return max(0, clear)
            self._fail(layer, "the scan said no number of characters")
        except ScanFailed as failed:
            self._fail(layer, failed.detail, failed.on_error)
        except Exception as error:  # noqa: BLE001 - a stranger's layer may raise anything
            self._fail(layer, type(error).__name__)
        return 0 if self._stopped else _ALL

    def _fail(self, layer: Layer, detail: str, on_error: OnError | None = None) -> None:
        name = layer.enforcement.name
        self._broken[name] = detail
        if on_error is not None:
            self._means[name] = on_error
        if (on_error or layer.enforcement.on_error) != "open":
            self._stopped = True

    def _enforcements(self, names: Collection[str]) -> Iterator[Enforcement]:
        enforcements = (layer.enforcement for layer in self._engine.layers)
        return (one for one in enforcements if one.name in names)


def _got_through(answer: Reply | Failure) -> bool:
    return isinstance(answer, Reply) and answer.finish != "withheld"


def _stricter(on_error: OnError) -> OnError:
    return "closed" if on_error == "open" else on_error


def _looks_at_replies(layer: Layer) -> bool:
    """Whether a layer screens replies; one that cannot even say so has to be heard at the end."""
    try:
        return "reply" in layer.sides
    except Exception:  # noqa: BLE001 - a stranger's layer may raise anything
        return True


_ALL = 2**62
"""More characters than any answer has: nothing is held."""
