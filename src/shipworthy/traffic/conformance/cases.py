"""The cases: what is asked, what the scripted model then says, and how it says it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from shipworthy.records.live import DIALECTS, ApiDialect
from shipworthy.traffic.conformance.answers import CHANNELS
from shipworthy.traffic.conformance.answers.cutting import STREAM_CUTS, WHOLE_CUTS
from shipworthy.traffic.conformance.asking import PLACES
from shipworthy.traffic.conformance.detours import DETOURS, PLAIN, Detour

Part = Literal["clean", "answers", "requests", "faults", "detours", "judge"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)

FAULTS: Final = (
    "dies",
    "no-end",
    "bad-json",
    "wrong-shape",
    "wrong-type",
    "other-mode",
    "error-body",
    "error-event",
    "header",
    "after-end",
    "twice",
    "plain-text",
)
"""Ways in which the model's server misbehaves, each with the mark in what it sends.

`dies`: the connection breaks after the mark. `no-end`: the answer ends after the mark without its
end. `bad-json`: the mark stands in what is no JSON. `wrong-shape`: in JSON of no dialect.
`wrong-type`: the answer is called HTML. `other-mode`: a whole answer where a stream was asked for,
or the other way round. `error-body`: an error that repeats the mark. `error-event`: an error within
the stream. `header`: in a header. `after-end`: after the end of a plain answer. `twice`: in the
second of two fields of one name. `plain-text`: no JSON and no events.
"""
MOODS: Final = ("passes", "objects", "hangs", "fails", "garbage", "empty", "resets", "no-score")
"""What the scripted judge does."""
CLEAN_CHANNELS: Final = ("text", "reasoning", "call-arguments", "second", "second-part")
_CLEAN_CUTS: Final = frozenset({"plain", "events", "bytes", "crlf", "gzip", "comments", "letters"})


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the gateway.

    Attributes:
        part: which part of the suite it belongs to.
        dialect: of the request.
        stream: whether the answer is asked for in pieces.
        channel: where the mark is planted in the answer; of a clean case, where plain words are.
        cut: how the answer's bytes are cut.
        fault: how the model's server misbehaves, or empty.
        place: where the mark is planted in the request, or empty.
        mood: what the judge does.
        detour: how the request leaves the beaten path.
    """

    part: Part
    dialect: ApiDialect
    stream: bool
    channel: str = "text"
    cut: str = ""
    fault: str = ""
    place: str = ""
    mood: str = "passes"
    detour: Detour = field(default=PLAIN)

    @property
    def id(self) -> str:
        """A name that is the same in every run."""
        how = "stream" if self.stream else "whole"
        words = {
            "clean": (self.channel, self.cut),
            "answers": (self.channel, self.cut),
            "requests": (self.place,),
            "faults": (self.fault,),
            "detours": (self.detour.name,),
            "judge": (self.mood,),
        }
        return ".".join((self.part, self.dialect, how, *words[self.part]))

    @property
    def control(self) -> bool:
        """Whether it shows that the gateway serves this dialect at all."""
        plain = self.cut in {"plain", "events"} and self.channel == "text"
        return self.part == "clean" and plain


def all_cases(dialects: Collection[str], parts: Collection[str]) -> Iterator[Case]:
    """Yield the cases of the suite, in an order that is the same in every run."""
    for dialect in (one for one in DIALECTS if one in dialects):
        for stream in (False, True):
            for part in (one for one in PARTS if one in parts):
                yield from _MAKERS[part](dialect, stream)


def _usual(*, stream: bool) -> str:
    return "events" if stream else "plain"


def _clean(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - one of two modes
    usual = _usual(stream=stream)
    yield Case("clean", dialect, stream, cut=usual)
    yield Case("clean", dialect, stream, channel="near-miss", cut=usual)
    for cut in STREAM_CUTS if stream else WHOLE_CUTS:
        if cut in _CLEAN_CUTS and cut != usual:
            yield Case("clean", dialect, stream, cut=cut)
    for channel in CLEAN_CHANNELS:
        if channel in CHANNELS[dialect] and channel != "text":
            yield Case("clean", dialect, stream, channel=channel, cut=usual)


def _answers(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - as above
    for cut in STREAM_CUTS if stream else WHOLE_CUTS:
        yield Case("answers", dialect, stream, cut=cut)
    for channel in CHANNELS[dialect]:
        if channel == "text":
            continue
        for cut in ("events", "one-event") if stream else ("plain", "escaped"):
            yield Case("answers", dialect, stream, channel=channel, cut=cut)


def _requests(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - as above
    if not stream:
        for place in PLACES[dialect]:
            yield Case("requests", dialect, stream, cut="plain", place=place)


def _faults(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - as above
    for fault in FAULTS:
        if stream or fault != "error-event":
            yield Case("faults", dialect, stream, cut=_usual(stream=stream), fault=fault)


def _detours(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - as above
    if stream:
        return
    for detour in DETOURS:
        if detour.dialect == dialect:
            yield Case("detours", dialect, detour.stream, cut="plain", detour=detour)


def _judge(dialect: ApiDialect, stream: bool) -> Iterator[Case]:  # noqa: FBT001 - as above
    for mood in MOODS:
        yield Case("judge", dialect, stream, cut=_usual(stream=stream), mood=mood)


_MAKERS: Final = {
    "clean": _clean,
    "answers": _answers,
    "requests": _requests,
    "faults": _faults,
    "detours": _detours,
    "judge": _judge,
}
