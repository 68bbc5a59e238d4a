"""Drawing a round: the frame from the state, draws from the frame, content from the source."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.app.live.monitoring.looking.verdicts import (
    CONTENT,
    NO_SCORE,
    PROBE,
    REFUSED,
    Mark,
)
from shipworthy.app.live.monitoring.opening import Monitor, open_source
from shipworthy.app.live.monitoring.reviewing.heads import keep_heads
from shipworthy.app.live.monitoring.reviewing.work import ReviewWork
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.kernel import ExitCode, Problem
from shipworthy.records.live.monitors import ReviewSection
from shipworthy.records.live.prevalence import LiveAnswer, ReviewDraw
from shipworthy.records.live.reviews import ReviewItem
from shipworthy.stages.monitoring import Frame, FrameItem, ReviewPlan, draw_round, frame_of
from shipworthy.traffic.logs import LogReader
from shipworthy.traffic.sources import NotAnExchangeError

MARKED: Final = 0.5
"""What is predicted of an exchange that some layer noticed, before any label says better."""

UNKNOWN: Final = 0.1
"""The same of one on which a layer failed."""

LEAST: Final = 0.0005
MOST: Final = 0.2
"""The same of others: `LEAST` over the share of exchanges with no lower score, at most `MOST`.
Only the order of scores counts; labels correct these guesses, and limits do not rest on them."""

_ANY_TIME: Final = 2**62
_BATCH: Final = 2000
_WAIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class DrawnRound:
    """A round that was drawn and kept."""

    number: int
    frame: int
    draws: tuple[ReviewDraw, ...]
    items: int
    """Distinct exchanges among the draws."""


def draw_for_people(
    monitor: Monitor, state: MonitorState, work: ReviewWork, at_ms: int, until_ms: int
) -> DrawnRound:
    """Draw the next round from what came since the last one, and keep it.

    Exchanges from `until_ms` on wait for another round: a sealed probe may still be among them. So
    do those dated later than `at_ms`: a round ends the time of those before it, and after one from
    the year 9000 nothing would ever be drawn again.

    Raises:
        Problem: `review-empty` (inconclusive) when no exchange with content has come since, or the
            disclosure of the deployment keeps none; and as `keep_heads`.
    """
    folder = work.folder
    with folder.locked():
        earlier = folder.draws()
        keep_heads(state, [work])
        number = max((one.round for one in earlier), default=0) + 1
        until_ms = min(until_ms, _not_from_the_future(state, at_ms))
        frame = _frame(state, max((one.until_ms for one in earlier), default=0), until_ms)
        if not frame.items:
            raise _nothing(monitor, state)
        draws = draw_round(_plan(work.section), frame, _known(work, earlier), number, at_ms)
        wanted = {one.item for one in draws}
        items = asyncio.run(_copied(monitor, _places(state, wanted)))
        folder.add_draws(draws, items)
        keep_heads(state, [work])
    return DrawnRound(number, len(frame.items), draws, len(wanted))


def _not_from_the_future(state: MonitorState, at_ms: int) -> int:
    """Return the end of what may be drawn now; where all is of the future, our clock is wrong."""
    span = state.span()
    return at_ms + 1 if span is not None and span[0] <= at_ms else _ANY_TIME


def _plan(section: ReviewSection) -> ReviewPlan:
    return ReviewPlan(
        domain=section.domain,
        draws=section.draws,
        floor=float(section.uniform),
        never_miss=section.never_miss,
        twice=float(section.twice),
        seed=section.seed,
    )


def _known(
    work: ReviewWork, earlier: Sequence[ReviewDraw]
) -> Iterator[tuple[float, LiveAnswer | None]]:
    answers = work.answers()
    for draw in earlier:
        if draw.arm == "active":
            found = answers.get(draw.item)
            yield float(draw.score), found.agreed if found else None


def _frame(state: MonitorState, after_ms: int, until_ms: int) -> Frame:
    """Return the exchanges with content that came after the last frame ended; no probe."""
    rows = state.framed(CONTENT, REFUSED | PROBE, after_ms, until_ms)
    ranked = sorted(score for _, _, _, score in rows)
    items = (
        FrameItem(name, _predicted(marks, score, ranked), _is_marked(marks))
        for name, _, marks, score in rows
    )
    times = [at for _, at, _, _ in rows]
    return frame_of(items, min(times, default=0), max(times, default=0))


def _is_marked(marks: int) -> bool:
    return bool(marks & (Mark.DETECTED | Mark.RECORDED_DETECTED))


def _predicted(marks: int, score: int, ranked: Sequence[int]) -> float:
    if _is_marked(marks):
        return MARKED
    if marks & (Mark.ERRORED | Mark.RECORDED_ERRORED | Mark.MEDIA):
        return UNKNOWN
    if score == NO_SCORE:
        return LEAST
    above = len(ranked) - bisect_left(ranked, score)
    return min(MOST, LEAST * len(ranked) / above)


def _places(state: MonitorState, wanted: set[str]) -> dict[tuple[int, int], str]:
    return {(partition, offset): name for name, partition, offset in state.places(wanted)}


async def _copied(monitor: Monitor, places: Mapping[tuple[int, int], str]) -> list[ReviewItem]:
    """Read the drawn exchanges from the source once more."""
    reader = await _fresh_reader(monitor)
    left, found = dict(places), list[ReviewItem]()
    try:
        while left:
            entries = await reader.poll(_BATCH, _WAIT_S)
            if not entries:
                break
            for entry in entries:
                name = left.pop((entry.partition, entry.offset), None)
                if name is not None:
                    found.append(_item(monitor, name, entry.body))
    finally:
        await reader.close()
    if left:
        raise Problem.of(
            "review-missing",
            f"{len(left)} drawn exchanges are no longer in the source",
            help="draw sooner than the source forgets, or let it keep more",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return sorted(found, key=lambda one: one.item)


async def _fresh_reader(monitor: Monitor) -> LogReader:
    """Open the source at its beginning, leaving nothing behind that says so.

    A group that never commits would keep a segment log from ever removing anything.
    """
    source = monitor.file.document.source
    if source.kind in {"segment", "otlp"}:
        from shipworthy.app.live.monitoring.reviewing.rereading import SegmentRereader

        return SegmentRereader(str(monitor.log_options()[1]["folder"]))
    return await open_source(monitor, f"{source.group}-review")


def _item(monitor: Monitor, name: str, body: bytes) -> ReviewItem:
    try:
        record = monitor.decode(body)
    except NotAnExchangeError as error:
        raise Problem.of(
            "review-missing",
            f"exchange `{name}` is not what it was when it was counted: {error}",
            help="what was counted must stay in the source as it is",
            exit_code=ExitCode.INTEGRITY,
        ) from None
    return ReviewItem(item=name, content=record.content[0])


def _nothing(monitor: Monitor, state: MonitorState) -> Problem:
    kept = monitor.deployed.deployment.deployment.disclosure
    own = monitor.file.document.source.mapping is None and kept != "all"
    more = f', or keep more than `disclosure = "{kept}"` does' if own else ""
    counted = state.totals().exchanges
    return Problem.of(
        "review-empty",
        "no exchange whose content was kept has come since the last round",
        help=f"{counted} exchanges are counted: run `shipworthy monitor run` first{more}",
        exit_code=ExitCode.INCONCLUSIVE,
    )
