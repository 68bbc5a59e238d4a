"""The record of an exchange: one for each answer, whatever became of it."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from shipworthy.instruments.safeguards.engine import Admission
from shipworthy.kernel import Digest
from shipworthy.records.live import (
    ApiDialect,
    Enforced,
    ExchangeContent,
    ExchangeRecord,
    GuardVerdict,
    Timing,
)
from shipworthy.traffic.dialects import Asked, Said
from shipworthy.traffic.passages.digests import reply_digest, texts_digest
from shipworthy.traffic.passages.outcomes import Circumstances
from shipworthy.vocabulary import LayerAction, Sampling, Usage

NO_USAGE: Final = Usage()


class Fate(Struct, frozen=True):
    """What became of one answer.

    Attributes:
        choice: which answer.
        enforced: what the user received.
        actions: what the layers did, in order.
        said: what the model said, before the layers, as far as it came; None without an answer.
        left: characters that had left where the rest was withheld or broke off.
        why: for `refused` and `failed`, one line without content.
        usage: tokens of the whole exchange.
    """

    choice: int
    enforced: Enforced
    actions: tuple[LayerAction, ...] = ()
    said: Said | None = None
    left: int = 0
    why: str = ""
    usage: Usage = NO_USAGE


class Exchange(Struct, frozen=True):
    """All that the records of one exchange share."""

    engine: Digest
    dialect: ApiDialect
    asked: Asked | None
    admission: Admission | None
    status: int
    answered_by: str
    timing: Timing
    media: dict[str, int]
    request: Digest


def exchange_records(
    exchange: Exchange, fates: Sequence[Fate], about: Circumstances
) -> tuple[ExchangeRecord, ...]:
    """Return the records; tokens are counted with the first answer, since they are of all."""
    return tuple([_record(exchange, fate, about, first=fate is fates[0]) for fate in fates])


def _record(exchange: Exchange, fate: Fate, about: Circumstances, *, first: bool) -> ExchangeRecord:
    asked = exchange.asked
    verdict = GuardVerdict(
        engine=exchange.engine,
        actions=fate.actions,
        enforced=fate.enforced,
        left=fate.left,
        why=fate.why,
    )
    return ExchangeRecord(
        id=f"{about.id}.{fate.choice}" if fate.choice else about.id,
        at_ms=about.at_ms,
        deployment=about.deployment,
        account=about.account,
        conversation=about.conversation or (asked.conversation if asked else ""),
        dialect=exchange.dialect,
        stream=asked.stream if asked else False,
        choice=fate.choice,
        model=asked.model if asked else "",
        answered_by=exchange.answered_by,
        system_prompt=_system_prompt(exchange),
        sampling=asked.sampling if asked else Sampling(),
        request=exchange.request,
        reply=reply_digest(fate.said) if fate.said else "",
        finish=fate.said.word if fate.said else "",
        status=exchange.status,
        verdict=verdict,
        usage=fate.usage if first else NO_USAGE,
        timing=exchange.timing,
        media=exchange.media,
        content=_content(asked, fate.said, verdict, about),
    )


def _system_prompt(exchange: Exchange) -> Digest:
    """Return the digest of the system turns that reached the model; what is no turn is left out."""
    asked, admission = exchange.asked, exchange.admission
    if asked is None or admission is None or admission.stopped:
        return ""
    turns, places = admission.request.messages, asked.places
    added = len(turns) - len(places)
    skipped = max(added, 0)
    texts = [
        turn.content
        for at, turn in enumerate(turns)
        if turn.role == "system" and (at < added or places[at - skipped])
    ]
    return texts_digest(texts) if texts else ""


def _content(
    asked: Asked | None, said: Said | None, verdict: GuardVerdict, about: Circumstances
) -> tuple[ExchangeContent, ...]:
    if asked is None or about.disclosure == "digests":
        return ()
    if about.disclosure == "flagged" and not (verdict.detected_by or verdict.errored):
        return ()
    return (
        ExchangeContent(
            messages=asked.request.messages,
            text=said.text if said else "",
            reasoning=said.reasoning if said else "",
            tool_calls=said.calls if said else (),
            tools=asked.request.tools,
        ),
    )
