"""Layers that look for one word, and drives of a passage from its first byte to its record."""

from dataclasses import dataclass, field, replace

from msgspec.structs import replace as struct_replace

from shipworthy.instruments.safeguards import Enforcement, ReplyScreen, RequestScreen
from shipworthy.instruments.safeguards.engine import GuardEngine, drive_now
from shipworthy.kernel import digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Reading
from shipworthy.traffic.passages import Answer, Circumstances, Passage, ToModel
from wire_answers import request

ABOUT = Circumstances("x-1", 1_700_000_000_000, "test")


def shown(reply):
    """Return each text that a layer sees of a reply; what is one to a client is one here."""
    calls = [
        text
        for call in reply.tool_calls
        for text in (call.name, *call.arguments, *call.arguments.values())
    ]
    return [reply.text, reply.reasoning, *calls]


@dataclass(frozen=True)
class Forbids:
    """Withholds answers with a word in them, once they are whole."""

    word: str
    enforcement: Enforcement = field(default_factory=lambda: Enforcement(name="forbids"))
    sides: frozenset = frozenset({"reply"})

    def screen_request(self, request):
        return RequestScreen("passed", request)

    def screen_reply(self, request, reply):
        found = any(self.word in text for text in shown(reply))
        return ReplyScreen("withheld" if found else "passed", reply)

    def identity(self):
        return SafeguardIdentity(
            name=self.enforcement.name, kind="test", configuration=digest_of(self.word)
        )


class StreamForbids(Forbids):
    """The same, and looks at beginnings: what cannot become the word is clear."""

    def open_scan(self, request, channel):
        return _Scan(self.word)


class _Scan:
    def __init__(self, word):
        self.word = word
        self.text = ""

    def feed(self, text):
        self.text += text
        if self.word in self.text:
            return None
        ends = range(min(len(self.word) - 1, len(self.text)), 0, -1)
        held = next((n for n in ends if self.word.startswith(self.text[-n:])), 0)
        return len(self.text) - held


@dataclass(frozen=True)
class Rewrites(Forbids):
    """Puts another word in the place of one, in every channel."""

    by: str = "[...]"

    def screen_reply(self, request, reply):
        calls = tuple(
            struct_replace(
                call,
                name=call.name.replace(self.word, self.by),
                arguments={
                    key: text.replace(self.word, self.by) for key, text in call.arguments.items()
                },
            )
            for call in reply.tool_calls
        )
        text, reasoning = (one.replace(self.word, self.by) for one in (reply.text, reply.reasoning))
        written = struct_replace(reply, text=text, reasoning=reasoning, tool_calls=calls)
        return ReplyScreen("passed" if written == reply else "rewrote", written)


@dataclass(frozen=True)
class Outcome:
    """All that came of one exchange."""

    sent: bytes
    status: int
    records: tuple
    to_model: bytes
    stream: bool

    @property
    def verdicts(self):
        return tuple(record.verdict for record in self.records)

    @property
    def enforced(self):
        return {verdict.enforced for verdict in self.verdicts}

    def with_records(self):
        """Return what may be compared: without times."""
        return replace(self, records=self.verdicts)


def cut(data, cuts):
    """Cut bytes at places given as fractions of 1000."""
    places = sorted({place * len(data) // 1000 for place in cuts})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True) if a < b]


def ask(dialect, layers=(), body=None, *, stream=False, reading=None, encoding="", **more):
    """Open a passage and ask."""
    clock = iter(range(10**9))
    chosen = DIALECTS_BY_NAME[dialect]
    passage = Passage(
        GuardEngine(list(layers)), chosen, reading or Reading(), lambda: next(clock) / 1e6
    )
    body = request(dialect, stream=stream, **more) if body is None else body
    return passage, drive_now(passage.ask(body, encoding))


def carry(dialect, answer, layers=(), *, stream, cuts=(), kind="", status=200, encoding="", **more):
    """Carry an exchange from the request to its records."""
    passage, asked = ask(dialect, layers, stream=stream, **more)
    assert isinstance(asked, ToModel), asked
    usual = "text/event-stream" if stream else "application/json"
    passage.begin_reply(status, kind or usual, encoding)
    sent = b""
    for piece in cut(answer, cuts):
        taken = passage.take(piece)
        sent += taken.send
        if taken.stop:
            break
    ended = drive_now(passage.finish())
    whole = isinstance(ended, Answer)
    assert not (whole and sent), "an answer after a stream has begun"
    sent += ended.body if whole else ended.send
    return Outcome(
        sent=sent,
        status=ended.status if whole else 200,
        records=passage.records(ABOUT),
        to_model=asked.body,
        stream=not (whole and ended.content_type == "application/json"),
    )
