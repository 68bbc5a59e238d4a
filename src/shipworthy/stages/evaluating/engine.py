"""The campaign engine: runs the cells of a plan, once each, and loses none.

One asyncio loop; as many workers as requests may be in flight. A cell becomes a trial in a single
synchronous step (judge, record, write), so a killed process leaves whole trials or none, and resume
is the set difference between the plan's cells and the trials on disk.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

import msgspec

from shipworthy.kernel import Digest, Problem, Record, digest_of
from shipworthy.records import PlannedItem, Scenario, Trial, trial_id
from shipworthy.stages.evaluating.planning import Compose
from shipworthy.vocabulary import (
    Arm,
    Failure,
    Outcome,
    Reply,
    Request,
    Target,
    Unassessed,
    Usage,
)

UNREACHABLE_LIMIT: Final = 3
"""How often one cell may find the target unreachable before it is recorded as unassessed."""


class Transcript(Record, frozen=True, kw_only=True):
    """What was said in one trial; kept beside the trials, published only on purpose."""

    trial: str
    request: Request
    reply: Reply | Failure


class Judgement(Record, frozen=True, kw_only=True):
    """An outcome and the name of the judge that reached it."""

    outcome: Outcome
    judge: str
    suspects_test: bool = False
    """Whether the reply says that this is a test."""


class TrialSink(Protocol):
    """Where finished trials go; returns once the trial is on its way to the disk."""

    def write(self, trial: Trial, transcript: Transcript) -> None:
        """Append one trial."""
        ...


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """What the engine points at a model, chosen by the composition root."""

    targets: Mapping[Arm, Target]
    scenarios: Mapping[str, Scenario]
    compose: Compose
    judge: Callable[[PlannedItem, Scenario, Request, Reply], Judgement]
    control: Callable[[PlannedItem, Scenario], Reply]


@dataclass(frozen=True, kw_only=True)
class EngineLimits:
    """When to stop early.

    `unreachable_in_a_row` failures to connect mean that the target is gone; `trials` caps the
    number of trials of this run (0: no cap). No more cells start than it allows, so that no answer
    is thrown away: those in flight would be the slow ones, and a breach is longer than a refusal.
    """

    concurrency: int
    unreachable_in_a_row: int = 24
    trials: int = 0


class Ending(Enum):
    """How a run ended."""

    COMPLETED = "completed"
    UNREACHABLE = "unreachable"
    LIMIT = "limit"
    CANCELLED = "cancelled"


RETRIED_AFTER: Final = 4
"""An unreachable cell is tried again after so many others for each request in flight."""


@dataclass(slots=True)
class Campaign:
    """One run over the cells that are still to do."""

    plan: Digest
    run: str
    instruments: Instruments
    sink: TrialSink
    limits: EngineLimits
    on_trial: Callable[[Trial], None] = lambda _trial: None
    gone: Callable[[], bool] = lambda: False
    """Whether the target has stopped serving; asked after every trial."""
    is_due: Callable[[PlannedItem, Arm], bool] = lambda _item, _arm: True
    """Whether a cell is still needed; asked before it starts. One that is not is passed over."""
    before_cell: Callable[[], None] = lambda: None
    """Called before every cell that starts."""
    _pending: deque[tuple[PlannedItem, Arm]] = field(default_factory=deque)
    _tries: Counter[str] = field(default_factory=Counter)
    _unreachable: int = 0
    _written: int = 0
    _in_flight: int = 0
    _ending: Ending | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def execute(self, cells: Iterable[tuple[PlannedItem, Arm]]) -> Ending:
        """Run the cells and say how it ended; every trial written is whole.

        Raises:
            Problem: `attack-unstable` before a request is sent that is not the registered one.
        """
        self._pending.extend(cells)
        workers = [asyncio.create_task(self._work()) for _ in range(self.limits.concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        return self._ending or Ending.COMPLETED

    def cancel(self) -> None:
        """Stop starting cells; those in flight finish and are recorded."""
        self._stop(Ending.CANCELLED)

    def _stop(self, ending: Ending) -> None:
        self._ending = self._ending or ending
        self._wake.set()

    async def _work(self) -> None:
        while self._ending is None:
            if not self._pending or self._all_started:
                if self._in_flight == 0:
                    self._wake.set()
                    return
                # a cell in flight may still come back to the queue
                self._wake.clear()
                await self._wake.wait()
                continue
            item, arm = self._pending.popleft()
            if not self.is_due(item, arm):
                continue
            self.before_cell()
            self._in_flight += 1
            try:
                await self._run_cell(item, arm)
            finally:
                self._in_flight -= 1
                if self._in_flight == 0 or self._pending:
                    self._wake.set()

    @property
    def _all_started(self) -> bool:
        """Whether the trials written and those in flight are all that this run may make."""
        most = self.limits.trials
        return bool(most) and self._written + self._in_flight >= most

    async def _run_cell(self, item: PlannedItem, arm: Arm) -> None:
        scenario = self.instruments.scenarios[item.scenario]
        request = self._registered(item, scenario)
        reply: Reply | Failure
        if item.role.is_control:
            reply = self.instruments.control(item, scenario)
        else:
            reply = await self.instruments.targets[arm].respond(request)
            if self._must_wait(item, arm, reply):
                return
        judgement = self._judge(item, scenario, request, reply)
        self._record(item, arm, Exchange(request, reply, judgement))

    def _registered(self, item: PlannedItem, scenario: Scenario) -> Request:
        request = self.instruments.compose(
            scenario, attack=item.attack, role=item.role, seed=item.seed
        )
        if digest_of(request) != item.request:
            raise Problem.of(
                "attack-unstable",
                f"attack `{item.attack}` on scenario `{item.scenario}` writes another request than "
                "the plan registered",
                help="draw every choice of an attack from the stream that it is given",
            )
        return request

    def _must_wait(self, item: PlannedItem, arm: Arm, reply: Reply | Failure) -> bool:
        """Put a cell back when nobody answered: a dead target is not evidence about the model."""
        if not isinstance(reply, Failure) or reply.reason != "target-unreachable":
            self._unreachable = 0
            return False
        self._unreachable += 1
        if self._unreachable >= self.limits.unreachable_in_a_row:
            self._stop(Ending.UNREACHABLE)
            return True
        cell = trial_id(self.plan, item, arm)
        self._tries[cell] += 1
        if self._tries[cell] >= UNREACHABLE_LIMIT:
            return False
        # not at the end: results that follow in the registered order wait for this one
        self._pending.insert(RETRIED_AFTER * self.limits.concurrency, (item, arm))
        return True

    def _judge(
        self, item: PlannedItem, scenario: Scenario, request: Request, reply: Reply | Failure
    ) -> Judgement:
        if isinstance(reply, Failure):
            return Judgement(outcome=Unassessed(reason=reply.reason, detail=reply.detail), judge="")
        try:
            return self.instruments.judge(item, scenario, request, reply)
        except Exception as error:  # noqa: BLE001 - a judge that fails must cost its trial, no more
            detail = f"{type(error).__name__} in the judge"
            return Judgement(outcome=Unassessed(reason="judge-error", detail=detail), judge="")

    def _record(self, item: PlannedItem, arm: Arm, exchange: "Exchange") -> None:
        trial = exchange.trial(trial_id(self.plan, item, arm), self.run, item, arm)
        self.sink.write(
            trial, Transcript(trial=trial.id, request=exchange.request, reply=exchange.reply)
        )
        self._written += 1
        self.on_trial(trial)
        if self.limits.trials and self._written >= self.limits.trials:
            self._stop(Ending.LIMIT)
        elif self.gone():
            self._stop(Ending.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what came back, and what was made of it."""

    request: Request
    reply: Reply | Failure
    judgement: Judgement

    def trial(self, name: str, run: str, item: PlannedItem, arm: Arm) -> Trial:
        """Return the trial of that name that a run makes of it."""
        reply = self.reply
        return Trial(
            id=name,
            run=run,
            scenario=item.scenario,
            domain=item.domain,
            attack=item.attack,
            role=item.role,
            arm=arm,
            seed=item.seed,
            request=item.request,
            response=digest_of(without_latency(reply)),
            finish=reply.finish if isinstance(reply, Reply) else "",
            outcome=self.judgement.outcome,
            judge=self.judgement.judge,
            layers=reply.layers,
            usage=reply.usage,
            suspects_test=self.judgement.suspects_test,
        )


def without_latency(reply: Reply | Failure) -> Reply | Failure:
    """Digest what was said, not how long it took: the same answer has the same digest."""
    return msgspec.structs.replace(reply, usage=Usage())
