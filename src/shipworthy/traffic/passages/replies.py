"""Answers of the model's server on their way back, whole or as a stream."""

from collections.abc import Callable

from msgspec import Struct

from shipworthy.instruments.safeguards.engine import (
    Admission,
    Consultation,
    GuardEngine,
    Released,
    ReplyStream,
)
from shipworthy.records.live import Enforced
from shipworthy.traffic.dialects import (
    Asked,
    Dialect,
    EventReader,
    Kind,
    Piece,
    Ruled,
    Said,
    ServerEvent,
    Unreadable,
    broken,
    finish_of,
)
from shipworthy.traffic.passages.exchanges import Fate
from shipworthy.traffic.passages.lanes import Lane
from shipworthy.vocabulary import Failure, Reply, Usage


class Back(Struct, frozen=True):
    """What the way back has in common for both forms."""

    engine: GuardEngine
    dialect: Dialect
    asked: Asked
    admission: Admission
    clock: Callable[[], float]


class Closing(Struct, frozen=True):
    """How it ended: what is to be sent, and what became of each answer.

    `given_up` says that a layer gave the exchange up: nothing is to be sent but an error.
    """

    send: bytes
    fates: tuple[Fate, ...]
    given_up: bool = False


class WholeReply:
    """An answer in one piece of JSON."""

    def __init__(self, back: Back) -> None:
        self._back = back
        self._parts: list[bytes] = []
        self.usage = Usage()
        self.answered_by = ""
        self.media: dict[str, int] = {}
        self.guard_s = 0.0

    def take(self, data: bytes) -> tuple[bytes, bool]:
        """Keep the next bytes; nothing leaves yet."""
        self._parts.append(data)
        return b"", False

    def finish(self) -> Consultation[Closing]:
        """Take the answer through the layers; raises `Unreadable`."""
        back = self._back
        answered = back.dialect.read_reply(back.asked, b"".join(self._parts))
        self.usage, self.answered_by = answered.usage, answered.answered_by
        self.media.update(answered.media)
        begun = back.clock()
        ruled: list[Ruled] = []
        fates: list[Fate] = []
        given_up = False
        for said in answered.said:
            reply = Reply(
                text=said.text,
                reasoning=said.reasoning,
                tool_calls=said.calls,
                finish=finish_of(said.word),
                usage=answered.usage,
            )
            answer = yield from back.engine.release(back.admission, reply)
            fate, decided = settled(said, answer, answered.usage, None)
            fates.append(fate)
            given_up = given_up or decided is None
            ruled += [decided] if decided else []
        self.guard_s += back.clock() - begun
        send = b"" if given_up else back.dialect.write_reply(back.asked, answered, ruled)
        return Closing(send, tuple(fates), given_up)


class StreamedReply:
    """An answer that arrives in events; pieces of it leave as they are cleared."""

    def __init__(self, back: Back) -> None:
        self._back = back
        self._codec = back.dialect.open_stream(back.asked)
        self._events = EventReader(back.asked.reading.event_limit_bytes)
        self._tail: list[Piece] = []
        self._over = False
        self._trouble: Unreadable | None = None
        self._late_guard_s = 0.0
        self._lanes = [
            Lane(choice, ReplyStream(back.engine, back.admission), self._codec, back.clock)
            for choice in range(back.asked.choices)
        ]
        self._gone = [0] * back.asked.choices

    @property
    def usage(self) -> Usage:
        """Tokens counted so far."""
        return self._codec.usage

    @property
    def answered_by(self) -> str:
        """The model that the answer names."""
        return self._codec.answered_by

    @property
    def media(self) -> dict[str, int]:
        """What passed unseen."""
        return self._codec.media

    @property
    def guard_s(self) -> float:
        """Seconds spent in layers."""
        return self._late_guard_s + sum(lane.guard_s for lane in self._lanes)

    def take(self, data: bytes) -> tuple[bytes, bool]:
        """Take the next bytes: what may leave, and whether no more are needed.

        What was cleared before something that cannot be read leaves, however the bytes were cut;
        `finish` raises what was the matter.
        """
        found: list[bytes] = []
        try:
            for event in self._events.feed(data):
                if self._over:
                    break
                self._read(event, found)
        except Unreadable as error:
            self._trouble = error
        if not self._over:
            self._trouble = self._trouble or self._events.trouble
        self._over = self._over or self._trouble is not None
        if found:
            self._gone = [lane.left for lane in self._lanes]
        return found[0] if len(found) == 1 else b"".join(found), self._over

    def broken_off(self, choice: int) -> tuple[Said | None, int]:
        """Return what the model had said of an answer that has no end, and how much had left."""
        stream = self._lanes[choice].stream
        text, reasoning = stream.said("text"), stream.said("reasoning")
        said = Said(choice=choice, text=text, reasoning=reasoning, calls=(), word="")
        return said if text or reasoning else None, self._gone[choice]

    def _read(self, event: ServerEvent, found: list[bytes]) -> None:
        for piece in self._codec.read(event):
            if piece.kind == "tail":
                self._tail.append(piece)
                continue
            lane = self._lanes[piece.choice]
            found.append(lane.put(piece))
            if lane.stopped:
                self._over = all(one.stopped for one in self._lanes)
        self._over = self._over or self._codec.done

    def finish(self) -> Consultation[Closing]:
        """Rule over each answer and write what is left of it; raises `Unreadable`."""
        codec = self._codec
        if self._trouble:
            raise self._trouble
        stopped = all(lane.stopped for lane in self._lanes)
        if not (codec.done or codec.complete or stopped):
            raise broken("the stream of the model's server broke off")
        begun = self._back.clock()
        fates: list[Fate] = []
        written: list[bytes] = []
        given_up = False
        for lane in self._lanes:
            if not lane.stopped and not codec.word(lane.choice):
                raise broken("an answer in the stream of the model's server has no end")
            calls = () if lane.stopped else codec.calls(lane.choice)
            for call in calls:
                lane.stream.call(call)
            word = codec.word(lane.choice)
            said = Said(
                choice=lane.choice,
                text=lane.stream.said("text"),
                reasoning=lane.stream.said("reasoning"),
                calls=calls,
                word=word,
            )
            released = yield from lane.stream.finish(finish_of(word), codec.usage)
            fate, decided = settled(said, released.answer, codec.usage, lane.left)
            fates.append(fate)
            given_up = given_up or decided is None
            if decided:
                written.append(self._ending(lane, released, decided))
        self._late_guard_s += self._back.clock() - begun
        if given_up:
            return Closing(b"", tuple(fates), given_up=True)
        return Closing(b"".join(written) + codec.close(self._tail), tuple(fates))

    def _ending(self, lane: Lane, released: Released, ruled: Ruled) -> bytes:
        reply = ruled.reply
        if reply.finish == "withheld":
            return self._codec.withheld(lane.choice, "" if lane.left else reply.text)
        if lane.stopped or released.halted:
            raise RuntimeError("a stream that was stopped must be withheld")
        if not ruled.changed:
            return lane.flush()
        text, reasoning = reply.text[lane.sent["text"] :], reply.reasoning[lane.sent["reasoning"] :]
        return self._codec.rest(ruled, text, reasoning)

    def error(self, kind: Kind, message: str) -> bytes:
        """Write an error as the end of the stream."""
        return self._codec.error(kind, message)


def settled(
    said: Said, answer: Reply | Failure, usage: Usage, left: int | None
) -> tuple[Fate, Ruled | None]:
    """Return what became of an answer, and what is to be written; None where it was given up.

    `left` counts characters that had left, None where the answer was whole.
    """
    if isinstance(answer, Failure):
        why = "a layer failed and gave the exchange up"
        return Fate(said.choice, "failed", answer.layers, said, why=why, usage=usage), None
    changed = (answer.text, answer.reasoning, answer.tool_calls) != (
        said.text,
        said.reasoning,
        said.calls,
    )
    enforced: Enforced = "rewritten" if changed else "released"
    if answer.finish == "withheld":
        changed = True
        enforced = "halted" if left else "withheld"
    halted = left or 0 if enforced == "halted" else 0
    fate = Fate(said.choice, enforced, answer.layers, said, left=halted, usage=usage)
    return fate, Ruled(said.choice, answer, changed)
