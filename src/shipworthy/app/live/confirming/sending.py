"""Sends what is missing of a plan, at drawn times among ordinary messages; records each answer."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from shipworthy.app.live.confirming.disclosure import Disclosure, Known
from shipworthy.app.live.confirming.folders import ConfirmationFolder
from shipworthy.app.live.confirming.following import Followed
from shipworthy.app.live.confirming.judging import judged
from shipworthy.app.live.confirming.preparing import Prepared
from shipworthy.evidence import SegmentWriter
from shipworthy.instruments.targets.field import FieldAnswer, FieldClient
from shipworthy.kernel import Clock, Digest, Record, Stream, canonical_bytes
from shipworthy.records.live.confirmations import (
    FieldCosts,
    FieldTrial,
    FillerSent,
    field_trial_id,
)
from shipworthy.stages.confirming import Sending
from shipworthy.vocabulary import Failure, Reply, Request

_MILLION: Final = 10**6
_LOG_WAIT_S: Final = 3.0
"""How long the log may take to show an exchange whose answer is here."""

_GIVE_UP_AFTER: Final = 20
"""Failures in a row after which the path counts as gone: the rest is sent another time."""


class FieldTranscript(Record, frozen=True, kw_only=True):
    """What was said in one replay; kept beside the trials, never published by itself."""

    trial: str
    request: Request
    reply: Reply | Failure


class FieldRecorder:
    """One run of a confirmation on disk: trials, transcripts, fillers, and what it sent."""

    def __init__(self, folder: ConfirmationFolder) -> None:
        self._folder = folder
        self.run = f"run-{1 + len(folder.segments()):03}"
        self._segment = SegmentWriter(folder.path / "trials" / f"{self.run}.jsonl")
        self._fillers = SegmentWriter(folder.path / "fillers" / f"{self.run}.jsonl")
        transcripts = folder.path / "transcripts" / f"{self.run}.jsonl"
        transcripts.parent.mkdir(parents=True, exist_ok=True)
        self._transcripts = transcripts.open("xb", buffering=0)

    def write(self, trial: FieldTrial, transcript: FieldTranscript) -> None:
        """Write what was said, then the trial: a trial on disk always has its transcript."""
        self._transcripts.write(canonical_bytes(transcript) + b"\n")
        self._segment.append(trial)

    def filler(self, sent: FillerSent) -> None:
        """Note an ordinary message, so that whoever counts real traffic can leave it out."""
        self._fillers.append(sent)

    def spent(self, costs: FieldCosts) -> None:
        """Note what the run sent."""
        with self._folder.spent.open("ab") as stream:
            stream.write(canonical_bytes(costs) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._segment.close()
        self._fillers.close()
        self._transcripts.close()


@dataclass(slots=True)
class Pace:
    """Starts at drawn times, `per_minute` on average: a Poisson process, as users are."""

    per_minute: int
    draws: Stream
    _next: float | None = None

    async def wait(self) -> None:
        """Wait for the next start."""
        now = asyncio.get_running_loop().time()
        drawn = (1 + self.draws.below(_MILLION)) / _MILLION
        due = now if self._next is None else self._next
        self._next = due - math.log(drawn) * 60.0 / self.per_minute
        if due > now:
            await asyncio.sleep(due - now)


@dataclass(slots=True)
class Sender:
    """Sends over the deployed path; `done` is called after every replay.

    `clock` dates what is sent. Answers are judged where they arrive, and written at once.
    """

    prepared: Prepared
    client: FieldClient
    disclosure: Disclosure
    followed: Followed | None
    clock: Clock
    done: Callable[[FieldTrial], None] = lambda _trial: None
    requests: int = 0
    retries: int = 0
    fillers: int = 0
    tokens: list[int] = field(default_factory=lambda: [0, 0])
    gone: bool = False
    _failures: int = 0

    async def send(self, missing: Sequence[Sending], recorder: FieldRecorder) -> None:
        """Send, until all is sent or the path is gone."""
        waiting = deque(missing)
        asking = self.prepared.tested.deployed.asking
        pace = Pace(asking.per_minute, Stream("confirm-pace", self.prepared.plan.seed))
        gate = asyncio.Lock()

        async def work() -> None:
            while not self.gone:
                async with gate:
                    if not waiting:
                        return
                    sending = waiting.popleft()
                    await pace.wait()
                await self._one(sending, recorder)

        workers = [asyncio.create_task(work()) for _ in range(asking.concurrent)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    @property
    def costs(self) -> FieldCosts:
        """What was sent so far."""
        return FieldCosts(
            requests=self.requests,
            retries=self.retries,
            fillers=self.fillers,
            prompt_tokens=self.tokens[0],
            completion_tokens=self.tokens[1],
        )

    async def _one(self, sending: Sending, recorder: FieldRecorder) -> None:
        at_ms = round(self.clock.now().timestamp() * 1000)
        request = self.prepared.request(sending)
        account = self.prepared.account(sending)
        answer = await self.client.ask(sending.route, request, account)
        self._count(sending, answer)
        if not sending.lab:
            if not _is_unreachable(answer):
                recorder.filler(_filler_sent(sending, answer, at_ms))
            return
        if self._is_gone(answer):
            return
        known = await self._known(answer)
        trial = judged(self.prepared, sending, known, at_ms)
        transcript = FieldTranscript(trial=trial.id, request=request, reply=known.answer.reply)
        recorder.write(trial, transcript)
        self.done(trial)

    async def _known(self, answer: FieldAnswer) -> Known:
        disclosure = self.disclosure
        if self.followed is not None:
            record = await self.followed.record(answer.exchange, _LOG_WAIT_S)
            if record is not None:
                disclosure = Disclosure(disclosure.refusals, {answer.exchange: record})
        return disclosure.of(answer)

    def _count(self, sending: Sending, answer: FieldAnswer) -> None:
        self.requests += 1 + answer.retries
        self.retries += answer.retries
        self.fillers += not sending.lab
        self.tokens[0] += answer.reply.usage.prompt_tokens
        self.tokens[1] += answer.reply.usage.completion_tokens

    def _is_gone(self, answer: FieldAnswer) -> bool:
        """Say whether nothing answers; what was not answered is sent again another time."""
        unreachable = _is_unreachable(answer)
        self._failures = self._failures + 1 if unreachable else 0
        self.gone = self.gone or self._failures >= _GIVE_UP_AFTER
        return unreachable


def _is_unreachable(answer: FieldAnswer) -> bool:
    return isinstance(answer.reply, Failure) and answer.reply.reason == "target-unreachable"


def _filler_sent(sending: Sending, answer: FieldAnswer, at_ms: int) -> FillerSent:
    return FillerSent(
        filler=sending.filler, route=sending.route.id, exchange=answer.exchange, at_ms=at_ms
    )


def missing_of(prepared: Prepared, folder: ConfirmationFolder) -> list[Sending]:
    """Return what is still to send, in the plan's order: fillers go with what they hide.

    Once every replay has its trial nothing is sent. No filler goes out twice: the second would be
    taken for a user by whoever counts real traffic.
    """
    done = {trial.id for trial in folder.trials()}
    said = {filler.filler for filler in folder.fillers()}
    digest, planned = prepared.plan.digest, prepared.sendings
    left = [one for one in planned if not _was_sent(one, digest, done, said)]
    replays = sum(bool(one.lab) for one in left)
    share = replays / max(1, prepared.plan.replays)
    kept = math.ceil(share * sum(not one.lab for one in planned)) if replays else 0
    fillers = 0
    result = []
    for one in left:
        if not one.lab:
            fillers += 1
            if fillers > kept:
                continue
        result.append(one)
    return result


def _was_sent(
    sending: Sending, plan: Digest, done: AbstractSet[str], said: AbstractSet[int]
) -> bool:
    if not sending.lab:
        return sending.filler in said
    return field_trial_id(plan, sending.lab, sending.route) in done


def total_spent(path: Path) -> FieldCosts:
    """Return what all runs of a confirmation sent together."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    spent = [msgspec.json.decode(line, type=FieldCosts) for line in lines]
    return FieldCosts(
        requests=sum(one.requests for one in spent),
        retries=sum(one.retries for one in spent),
        fillers=sum(one.fillers for one in spent),
        prompt_tokens=sum(one.prompt_tokens for one in spent),
        completion_tokens=sum(one.completion_tokens for one in spent),
    )
