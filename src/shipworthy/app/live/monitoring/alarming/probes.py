"""Sealed probes in what a monitor counts: left out of traffic, and counted as what they are.

What a watch sent is known only when an outcome names it. Until then windows that may hold some of
it wait, for `HOLD_MS` at most: an outcome that comes later still takes its exchanges out of every
count, but detectors have been fed by then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import msgspec

from shipworthy.app.live.canaries.reading import ReadProbe, ReadWatch, WatchBook
from shipworthy.app.live.monitoring.looking.counting import request_mark
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.app.live.monitoring.state.probes import (
    count_outcomes,
    counted_until,
    exclude,
    excluded,
    seen_exchanges,
    settled_probes,
)
from shipworthy.kernel import Problem, decimal_string
from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.probes import ProbeDoubt, WatchStanding
from shipworthy.records.live.windows import WindowCounts
from shipworthy.stages.monitoring import (
    Expected,
    JoinedClaim,
    ProbeClaim,
    canary_windows,
    join_probes,
    silences,
)

SKEW_MS: Final = 60_000
"""How far the clocks of a gateway and of the program that sends probes may be apart."""

HOLD_MS: Final = 900_000
"""How long windows wait for the next outcome of a watch at most."""

NEVER: Final = 2**62
PROBES: Final = "probes"

_ALPHA: Final = 0.025
_LISTED: Final = 20
_GAPS: Final = 30
"""Mean gaps after which a probe without an outcome is lost, and a watch silent: the gaps between
probes are exponential, and one in 10^13 is longer."""

_HOUR_MS: Final = 3_600_000
_WATCHES: Final = "watches"
_STANDINGS: Final = msgspec.json.Decoder(tuple[WatchStanding, ...])
_ENDS: Final = {"missed": True, "caught": False, "unknown": None}
_WHY: Final = {
    "missing": "it is not in the log",
    "another-request": "it asks something else than the probe",
    "another-time": "it was asked at another time than the probe",
    "twice": "it stands for another probe",
}


@dataclass(slots=True)
class ProbeJoin:
    """Joins the watches of a deployment to what a monitor counted, again and again."""

    book: WatchBook
    _done: dict[str, tuple[ReadWatch, WatchStanding]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Probes a second of the fastest watch; 0 without one."""
        return max((one.opened.per_hour for one in self.book.watches()), default=0) / 3600

    def join(self, state: MonitorState, read_until_ms: int, now_ms: int) -> int:
        """Join all that outcomes name; returns from when on an exchange may be an unknown probe.

        `read_until_ms`: the log is read up to there.
        """
        held, found = NEVER, list[WatchStanding]()
        for watch in self.book.watches():
            known = self._done.get(watch.key)
            if known is None or known[0] is not watch or known[1].awaited or known[1].doubted:
                known = (watch, self._joined(state, watch, read_until_ms))
                self._done[watch.key] = known
            _count(state, watch, now_ms)
            found.append(known[1])
            held = min([held, *_pending(watch, now_ms)])
        state.write_about(_WATCHES, msgspec.json.encode(found).decode())
        return held

    def _joined(self, state: MonitorState, watch: ReadWatch, read_until_ms: int) -> WatchStanding:
        blocked, joined = watch.blocked, tuple[JoinedClaim, ...]()
        try:
            named = {
                exchange
                for probe in watch.probes
                if probe.outcome is not None
                for exchange in (*probe.outcome.exchanges, *probe.outcome.cover)
            }
            settled = settled_probes(state, watch.key, named)
            claims = [
                claim
                for probe in watch.probes
                for claim in self._claims(watch.key, probe)
                if settled.get(claim.exchange, ("", 0))[:2] != (watch.key, claim.number)
            ]
            seen = seen_exchanges(state, {claim.exchange for claim in claims})
            joined = join_probes(claims, seen, settled, read_until_ms)
            exclude(state, joined)
        except Problem as problem:
            blocked = f"its probes cannot be drawn again: {problem.diagnostics[0].message}"
        return _standing(watch, joined, blocked, excluded(state, watch.key))

    def _claims(self, key: str, probe: ReadProbe) -> Iterable[ProbeClaim]:
        outcome = probe.outcome
        if outcome is None:
            return
        sides = (
            (outcome.exchanges, self.book.requests, probe.promise.at_ms),
            (outcome.cover, self.book.covers, probe.since_ms),
        )
        for exchanges, requests, from_ms in sides:
            if not exchanges:
                continue
            drawn = tuple((role, request_mark(one)) for role, one in requests(probe))
            for exchange in exchanges:
                yield ProbeClaim(
                    watch=key,
                    number=probe.promise.number,
                    exchange=exchange,
                    drawn=drawn,
                    from_ms=from_ms - SKEW_MS,
                    until_ms=outcome.at_ms + SKEW_MS,
                )


def joined_watches(state: MonitorState) -> tuple[WatchStanding, ...]:
    """Return what is known of watches since they were last joined."""
    found = state.read_about(_WATCHES)
    return _STANDINGS.decode(found) if found else ()


def probe_silences(join: ProbeJoin, least_ms: int, now_ms: int | None) -> tuple[Alarm, ...]:
    """Return a silence for every stretch of an open watch without a probe that was too long.

    Too long is 30 mean gaps, and `least_ms` at least. `now_ms` closes the last stretch.
    """
    found: list[Alarm] = []
    for watch in join.book.watches():
        times = [probe.promise.at_ms for probe in watch.probes]
        looks = [*times, *([now_ms] if now_ms is not None and times and watch.open else [])]
        expected = [Expected(name=PROBES, within_ms=max(least_ms, _lost_ms(watch)))]
        for last, look in pairwise(looks):
            found += silences(expected, {(PROBES, ""): last}, last, look)
    return tuple(found)


def _count(state: MonitorState, watch: ReadWatch, now_ms: int) -> None:
    """Count outcomes that were not, each once, in the order of numbers.

    Only the last promise can be open while a watch goes on. One that is open for too long is lost.
    """
    before = counted_until(state, watch.key)
    by_domain: defaultdict[str, list[tuple[int, bool | None]]] = defaultdict(list)
    until = before
    for probe in watch.probes[before:]:
        outcome, last = probe.outcome, probe is watch.probes[-1]
        if outcome is None and last and now_ms - probe.promise.at_ms < _lost_ms(watch):
            break
        at_ms = outcome.at_ms if outcome else probe.promise.at_ms
        missed = _ENDS[outcome.end] if outcome else None
        by_domain[probe.drawn.probe.domain].append((at_ms, missed))
        until = probe.promise.number
    if until > before:
        windows: list[WindowCounts] = []
        for domain, ends in sorted(by_domain.items()):
            windows += canary_windows(f"asr.{domain}.deployed", ends)
        count_outcomes(state, watch.key, windows, until)


def _pending(watch: ReadWatch, now_ms: int) -> Iterable[int]:
    """Yield from when on a watch that goes on may have sent what no outcome names yet."""
    if not watch.probes or not watch.open:
        return
    last = watch.probes[-1]
    since_ms = last.outcome.at_ms if last.outcome else last.since_ms
    # What is dated in the future is no reason to wait for it.
    if -SKEW_MS <= now_ms - max(since_ms, last.promise.at_ms) < HOLD_MS:
        yield since_ms - SKEW_MS


def _lost_ms(watch: ReadWatch) -> int:
    return _HOUR_MS + _GAPS * _HOUR_MS // max(1, watch.opened.per_hour)


def _standing(
    watch: ReadWatch, joined: Sequence[JoinedClaim], blocked: str, counted: tuple[int, int]
) -> WatchStanding:
    counts = watch.counts
    recall = None if watch.altered else counts.recall(_ALPHA)
    doubts = [one for one in joined if one.place in _WHY]
    named = [len(one.outcome.exchanges) for one in watch.probes if one.outcome is not None]
    return WatchStanding(
        key=watch.key,
        promised=counts.promised,
        caught=counts.caught,
        missed=counts.missed,
        unknown=counts.unknown,
        alarms=counts.alarms,
        recall_lower=decimal_string(recall.lower, "down", 4) if recall else "",
        recall_upper=decimal_string(recall.upper, "up", 4) if recall else "",
        excluded=counted[0],
        refused=sum(one.place == "refused" for one in joined),
        awaited=sum(one.place == "awaited" for one in joined),
        unnamed=sum(max(0, 2 - count) for count in named),
        late=counted[1],
        doubts=tuple(
            ProbeDoubt(number=one.claim.number, exchange=one.claim.exchange, why=_WHY[one.place])
            for one in doubts[:_LISTED]
        ),
        doubted=len(doubts),
        altered=watch.altered,
        blocked=blocked,
    )
