"""Replays of confirmations in what a monitor counts: left out of traffic, as sealed probes are."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.alarming.probes import HOLD_MS, NEVER, SKEW_MS
from shipworthy.app.live.monitoring.alarming.replay_book import (
    NamedSending,
    ReadReplays,
    ReplayBook,
)
from shipworthy.app.live.monitoring.looking.counting import request_mark
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.state.probes import (
    exclude,
    excluded,
    seen_exchanges,
    settled_probes,
)
from shipworthy.kernel import Problem
from shipworthy.records.live.probes import ReplayDoubt, ReplayStanding
from shipworthy.stages.monitoring import JoinedClaim, ProbeClaim, join_probes

REPLAYS: Final = "replays"
"""Names in a state, and in what is in doubt, what trials of confirmations say."""

_LISTED: Final = 20
_STANDINGS: Final = msgspec.json.Decoder(tuple[ReplayStanding, ...])
_AGAIN: Final = "the replay has an exchange already"
_WHY: Final = {
    "missing": "it is not in the log",
    "another-request": "it asks something else than the plan",
    "another-time": "it was asked at another time than the replay",
    "twice": "it stands for another replay or for a sealed probe",
}


@dataclass(slots=True)
class ReplayJoin:
    """Joins the confirmations of a deployment to what a monitor counted, again and again."""

    book: ReplayBook
    _done: dict[str, tuple[ReadReplays, ReplayStanding]] = field(default_factory=dict)

    def join(self, state: MonitorState, read_until_ms: int, now_ms: int) -> int:
        """Join all that trials name; returns from when on an exchange may be an unknown replay.

        `read_until_ms`: the log is read up to there.
        """
        held, found = NEVER, list[ReplayStanding]()
        for read in self.book.confirmations():
            known = self._done.get(read.key)
            if known is None or known[0] is not read or not _is_settled(known[1]):
                known = (read, self._joined(state, read, read_until_ms))
                self._done[read.key] = known
            found.append(known[1])
            held = min([held, *self._pending(read, now_ms)])
        state.write_about(REPLAYS, msgspec.json.encode(found).decode())
        return held

    def _joined(self, state: MonitorState, read: ReadReplays, read_until_ms: int) -> ReplayStanding:
        blocked, joined = read.blocked, tuple[JoinedClaim, ...]()
        names = {one.exchange for one in read.named}
        settled = settled_probes(state, read.watch, names)
        mine = {(one, role) for one, (watch, _, role) in settled.items() if watch == read.watch}
        left = [one for one in read.named if (one.exchange, one.role) not in mine]
        try:
            claims = [self._claim(read, one) for one in left]
            seen = seen_exchanges(state, {one.exchange for one in left})
            joined = join_probes(claims, seen, settled, read_until_ms)
            exclude(state, joined)
        except Problem as problem:
            blocked = f"its replays cannot be drawn again: {problem.diagnostics[0].message}"
        return _standing(state, read, joined, blocked)

    def _claim(self, read: ReadReplays, named: NamedSending) -> ProbeClaim:
        """Return what a trial claims; the time is that of the trial, inside of that of the plan."""
        number, asked = self.book.place(read, named), self.book.asked(read, named)
        until_ms = named.at_ms + self.book.slowest_ms
        if read.ended_ms is not None:
            until_ms = min(until_ms, read.ended_ms)
        return ProbeClaim(
            watch=read.watch,
            number=number,
            exchange=named.exchange,
            drawn=((named.role, request_mark(asked) if asked else 0),),
            from_ms=max(named.at_ms, read.begun_ms) - SKEW_MS,
            until_ms=until_ms + SKEW_MS,
        )

    def _pending(self, read: ReadReplays, now_ms: int) -> Iterable[int]:
        """Yield from when on a confirmation that goes on may have sent what no trial names yet.

        No window waits for longer than `HOLD_MS`, whatever the files say.
        """
        if read.altered or read.blocked or read.ended_ms is not None:
            return
        if -SKEW_MS <= now_ms - max(read.touched_ms, read.begun_ms) < HOLD_MS:
            # What is slow to be answered is named after what was sent later.
            slow_ms = self.book.slowest_ms + self.book.wait_ms
            since_ms = max(min(read.last_ms, now_ms) - slow_ms, read.begun_ms)
            yield max(since_ms, now_ms - HOLD_MS) - SKEW_MS


def joined_replays(state: MonitorState) -> tuple[ReplayStanding, ...]:
    """Return what is known of confirmations since they were last joined."""
    found = state.read_about(REPLAYS)
    return _STANDINGS.decode(found) if found else ()


def _is_settled(standing: ReplayStanding) -> bool:
    return not (standing.awaited or standing.doubted or standing.blocked)


def _why(one: JoinedClaim, ours: AbstractSet[str]) -> str:
    """Say why it is no replay; of what is another one the same, whichever was known first."""
    return _WHY["twice" if one.claim.exchange in ours else one.place]


def _standing(
    state: MonitorState, read: ReadReplays, joined: Sequence[JoinedClaim], blocked: str
) -> ReplayStanding:
    span, counted = state.span(), excluded(state, read.watch)
    began_ms = span[0] if span else NEVER
    before = {
        one.claim.exchange
        for one in joined
        if one.place == "missing" and one.claim.until_ms < began_ms
    }
    ours = settled_probes(state, read.watch, {one.claim.exchange for one in joined}).keys()
    doubts = [
        ReplayDoubt(trial=one.claim.drawn[0][0], exchange=one.claim.exchange, why=_why(one, ours))
        for one in joined
        if one.place in _WHY and one.claim.exchange not in before
    ]
    doubts += [
        ReplayDoubt(trial=role, exchange=exchange, why=_AGAIN) for role, exchange in read.repeated
    ]
    return ReplayStanding(
        key=read.key,
        number=read.number,
        planned=read.planned,
        named=len(read.named),
        excluded=counted[0],
        refused=sum(one.place == "refused" for one in joined),
        awaited=sum(one.place == "awaited" for one in joined),
        before=len(before),
        unnamed=read.unnamed,
        late=counted[1],
        doubts=tuple(doubts[:_LISTED]),
        doubted=len(doubts),
        altered=read.altered,
        blocked=blocked,
    )
