"""One HTTP exchange: bytes of a client in, bytes for the model's server out, and back.

The order of calls: `ask`, carried out by a driver; if it returns `ToModel`, then `begin_reply` with
the head of the answer, `take` for each piece of its body, and `finish`, carried out by a driver.
`fail` may be called at any time instead, after `finish` too where its bytes have not been sent.
`records` comes last. Nothing of an answer that the layers have not cleared is ever in what these
return; whatever cannot be read ends as an error in the client's dialect.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from shipworthy.instruments.safeguards.engine import Admission, Consultation, GuardEngine
from shipworthy.kernel import digest_bytes
from shipworthy.records.live import ExchangeRecord, Timing
from shipworthy.traffic.dialects import Asked, Dialect, Kind, Reading, Said, Unreadable
from shipworthy.traffic.passages.digests import request_digest
from shipworthy.traffic.passages.encodings import Decoder, decoded
from shipworthy.traffic.passages.exchanges import (
    Exchange,
    Fate,
    exchange_records,
)
from shipworthy.traffic.passages.outcomes import (
    JSON_TYPE,
    STREAM_TYPE,
    Answer,
    Circumstances,
    Ending,
    ReplyMode,
    Taken,
    ToModel,
)
from shipworthy.traffic.passages.replies import Back, Closing, StreamedReply, WholeReply
from shipworthy.traffic.passages.statuses import client_status, media_type
from shipworthy.vocabulary import Failure

_UNFINISHED = "the answer could not be completed"


class Passage:
    """One exchange through the guard engine. Not shared.

    Args:
        engine: the stack; shared between exchanges.
        dialect: the wire format of the path that was asked.
        reading: what may be read.
        clock: seconds of a clock that never goes back; only differences are used.
        created: seconds since 1970, shown in answers that are made here.
    """

    def __init__(
        self,
        engine: GuardEngine,
        dialect: Dialect,
        reading: Reading,
        clock: Callable[[], float],
        created: int = 0,
    ) -> None:
        self._engine = engine
        self._dialect = dialect
        self._reading = reading
        self._clock = clock
        self._created = created
        self._begun = clock()
        self._body = b""
        self._asked: Asked | None = None
        self._admission: Admission | None = None
        self._decoder: Decoder | None = None
        self._reply: WholeReply | StreamedReply | None = None
        self._trouble: Unreadable | None = None
        self._fates: tuple[Fate, ...] = ()
        self._sent = False
        self._status = 0
        self._guard_s = 0.0
        self._upstream_ms = self._first_ms = self._total_ms = -1

    @property
    def asked(self) -> Asked | None:
        """The request as it was read, or None where it could not be."""
        return self._asked

    def ask(self, body: bytes, encoding: str = "") -> Consultation[ToModel | Answer]:
        """Take a request through the layers: what to send to the model, or the answer at once."""
        self._body = body
        try:
            plain = decoded(body, encoding, self._reading.body_limit_bytes)
            asked = self._dialect.read_request(plain, self._reading, self._created)
            self._asked = asked
        except Unreadable as error:
            return self._refused(error)
        return (yield from self._admit(asked))

    def begin_reply(self, status: int, content_type: str, encoding: str = "") -> ReplyMode:
        """Take the head of the answer of the model's server."""
        self._upstream_ms = self._elapsed()
        asked, admission = self._asked, self._admission
        if asked is None or admission is None:
            raise RuntimeError("a reply begins before its request was asked")
        wanted = "text/event-stream" if asked.stream else JSON_TYPE
        kind = wanted if content_type == wanted else media_type(content_type)
        if not 200 <= status < 300:
            told: Kind = "limited" if status == 429 else "upstream"
            message = f"the model's server answered with status {status}"
            self._trouble = Unreadable(client_status(status), told, message)
        elif kind != wanted:
            message = "the model's server answered in another form than was asked for"
            self._trouble = Unreadable(502, "upstream", message)
        else:
            try:
                self._decoder = Decoder(encoding, self._reading.reply_limit_bytes)
            except Unreadable:
                message = "the model's server answered in an encoding that was not asked for"
                self._trouble = Unreadable(502, "upstream", message)
        if self._trouble:
            return "error"
        back = Back(self._engine, self._dialect, asked, admission, self._clock)
        self._reply = StreamedReply(back) if asked.stream else WholeReply(back)
        return "stream" if asked.stream else "whole"

    def take(self, data: bytes) -> Taken:
        """Take the next bytes of the answer: what may go to the client now."""
        if self._trouble or self._reply is None or self._decoder is None:
            return Taken(b"", stop=True)
        try:
            send, over = self._reply.take(self._decoder.feed(data))
        except Unreadable as error:
            self._trouble = Unreadable(502, "upstream", error.message)
            return Taken(b"", stop=True)
        except Exception as error:  # noqa: BLE001 - whatever fails here must not let text through
            self._trouble = _internal(error)
            return Taken(b"", stop=True)
        if send and not self._sent:
            self._sent = True
            self._status = 200
            self._first_ms = self._elapsed()
        return Taken(send, stop=over)

    def finish(self) -> Consultation[Answer | Ending]:
        """Rule over the whole answer: the answer, or what is left of the stream and its end."""
        if self._trouble or self._reply is None or self._decoder is None:
            return self._fail(self._trouble or _internal(RuntimeError("no reply began")))
        try:
            if isinstance(self._reply, WholeReply):
                self._decoder.finish()
            closing = yield from self._reply.finish()
        except Unreadable as error:
            return self._fail(Unreadable(502, "upstream", error.message))
        except Exception as error:  # noqa: BLE001 - whatever fails here must not let text through
            return self._fail(_internal(error))
        return self._close(closing)

    def fail(self, why: str, status: int = 502, kind: Kind = "upstream") -> Answer | Ending:
        """End the exchange with an error: the way to the model broke, or the answer may not leave.

        `why` goes into the record, not to the client.
        """
        return self._fail(Unreadable(status, kind, _UNFINISHED), why)

    def records(self, about: Circumstances) -> tuple[ExchangeRecord, ...]:
        """Return the records of the exchange, one for each answer."""
        asked, reply = self._asked, self._reply
        guard_s = self._guard_s + (reply.guard_s if reply else 0.0)
        exchange = Exchange(
            engine=self._engine.digest,
            dialect=self._dialect.name,
            asked=asked,
            admission=self._admission,
            status=self._status,
            answered_by=reply.answered_by if reply else "",
            timing=Timing(
                upstream_ms=self._upstream_ms,
                first_ms=self._first_ms,
                total_ms=self._total_ms,
                guard_us=round(guard_s * 1_000_000),
            ),
            media=_sum(asked.media if asked else {}, reply.media if reply else {}),
            request=request_digest(asked.request) if asked else digest_bytes(self._body),
        )
        return exchange_records(exchange, self._fates, about)

    def _admit(self, asked: Asked) -> Consultation[ToModel | Answer]:
        begun = self._clock()
        try:
            admission = yield from self._engine.admit(asked.request)
            self._admission = admission
            if not admission.stopped:
                return ToModel(self._dialect.write_request(asked, admission.request), asked.stream)
            answer = yield from self._engine.refuse(admission)
            if isinstance(answer, Failure):
                return self._stopped(_internal(None), answer)
            body = self._dialect.refusal(asked, answer.text)
        except Unreadable as error:
            return self._stopped(error, None)
        except Exception as error:  # noqa: BLE001 - whatever fails here must not let text through
            return self._stopped(_internal(error), None)
        finally:
            self._guard_s += self._clock() - begun
        self._fates = tuple(
            Fate(choice, "withheld", answer.layers) for choice in range(asked.choices)
        )
        return self._answer(200, body, STREAM_TYPE if asked.stream else JSON_TYPE)

    def _refused(self, error: Unreadable) -> Answer:
        self._fates = (Fate(0, "refused", why=error.message),)
        body = self._dialect.error(error.status, error.kind, error.message)
        return self._answer(error.status, body, JSON_TYPE)

    def _stopped(self, error: Unreadable, failure: Failure | None) -> Answer:
        answer = self._fail(error)
        if failure:
            why = "a layer failed and gave the exchange up"
            self._fates = tuple(
                replace(fate, actions=failure.layers, why=why) for fate in self._fates
            )
        if not isinstance(answer, Answer):
            raise RuntimeError("something was sent before the model was asked")  # noqa: TRY004 - no type of a caller
        return answer

    def _close(self, closing: Closing) -> Answer | Ending:
        if closing.given_up:
            answer = self._fail(_internal(None))
            self._fates = tuple(
                replace(
                    fate,
                    enforced="failed",
                    left=self._broken_off(fate.choice)[1],
                    why=fate.why or _UNFINISHED,
                )
                for fate in closing.fates
            )
            return answer
        self._fates = closing.fates
        if isinstance(self._reply, WholeReply):
            return self._answer(200, closing.send, JSON_TYPE)
        self._status = 200
        self._total_ms = self._elapsed()
        if self._first_ms < 0:
            self._first_ms = self._total_ms
        return Ending(closing.send)

    def _fail(self, error: Unreadable, why: str = "") -> Answer | Ending:
        known = {fate.choice: fate for fate in self._fates}
        actions = self._admission.actions if self._admission else ()
        fates: list[Fate] = []
        for choice in range(self._asked.choices if self._asked else 1):
            said, left = self._broken_off(choice)
            fate = known.get(choice, Fate(choice, "failed", actions, said))
            fates.append(replace(fate, enforced="failed", left=left, why=why or error.message))
        self._fates = tuple(fates)
        if self._sent and isinstance(self._reply, StreamedReply):
            self._total_ms = self._elapsed()
            return Ending(self._reply.error(error.kind, error.message))
        body = self._dialect.error(error.status, error.kind, error.message)
        return self._answer(error.status, body, JSON_TYPE)

    def _broken_off(self, choice: int) -> tuple[Said | None, int]:
        if isinstance(self._reply, StreamedReply):
            return self._reply.broken_off(choice)
        return None, 0

    def _answer(self, status: int, body: bytes, content_type: str) -> Answer:
        self._status = status
        self._total_ms = self._elapsed()
        if self._first_ms < 0:
            self._first_ms = self._total_ms
        return Answer(status, content_type, body)

    def _elapsed(self) -> int:
        return round((self._clock() - self._begun) * 1000)


def _internal(error: Exception | None) -> Unreadable:
    name = f" ({type(error).__name__})" if error else ""
    return Unreadable(500, "internal", f"the exchange could not be screened{name}")


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    if not one and not other:
        return {}
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}
