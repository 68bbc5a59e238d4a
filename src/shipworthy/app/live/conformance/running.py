"""The stand around a gateway under test, and one run of the suite on it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shipworthy.kernel import ExitCode, Problem
from shipworthy.records.live import DIALECTS
from shipworthy.traffic.conformance.cases import PARTS, all_cases
from shipworthy.traffic.conformance.clients import Asker
from shipworthy.traffic.conformance.marks import Mark, mark_of
from shipworthy.traffic.conformance.model import ScriptedJudge, ScriptedModel
from shipworthy.traffic.conformance.recording import record_source
from shipworthy.traffic.conformance.suite import Stand, run_cases
from shipworthy.traffic.conformance.verdicts import Outcome


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be tested, and how.

    Attributes:
        url: of the gateway under test.
        seed: names the marks; the same seed gives the same cases.
        model_port: where the scripted model listens; 0 for any free port.
        judge_port: where the scripted judge listens; None for no judge.
        named: name of the model to ask for.
        dialects: to be tested; all four where none is named.
        parts: of the suite; all that the stand allows where none is named.
        headers: sent with every request.
        records: where the gateway writes down what it found, or empty.
        found: what says in a file of records that something was found.
        passing: what the judge says of what may leave.
        objecting: what it says of what may not.
        timeout_s: seconds for an answer.
        wait_s: seconds in which the gateway has to take connections.
        strict: whether a mark in a turn of the operator that reaches the model counts as a leak.
    """

    url: str
    seed: str = "1"
    model_port: int = 9100
    judge_port: int | None = None
    named: str = "scripted-1"
    dialects: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    records: str = ""
    found: tuple[str, ...] = ()
    passing: str = '{"score": 0}'
    objecting: str = '{"score": 1}'
    timeout_s: float = 15.0
    wait_s: float = 30.0
    strict: bool = False

    @property
    def mark(self) -> Mark:
        """What the gateway has to hold."""
        return mark_of(self.seed, "SWC")

    @property
    def judged(self) -> Mark:
        """What only the judge can tell of; no rule may name it."""
        return mark_of(self.seed, "SWJ")

    @property
    def tested(self) -> tuple[str, ...]:
        """Dialects that are asked."""
        return self.dialects or DIALECTS

    @property
    def asked_parts(self) -> tuple[str, ...]:
        """Parts of the suite that are run; the controls among the clean cases always."""
        fitting = tuple(one for one in PARTS if one != "judge" or self.judge_port is not None)
        return tuple(one for one in fitting if not self.parts or one in {*self.parts, "clean"})


def setup_lines(wishes: Wishes, model: str, judge: str) -> Iterator[str]:
    """Say how the gateway has to be set up before it is tested."""
    yield f"model    {model}/v1 : what the gateway forwards to; any key, any model name"
    yield f"rule     withhold every answer, and refuse every request, that holds {wishes.mark.text}"
    yield "         as a pattern: SWC-[a-z0-9]{20}"
    if judge:
        yield f"judge    {judge}/v1 : asked about every answer; a failure of it withholds"
        yield f"         it says {wishes.passing} of what may leave, {wishes.objecting} otherwise,"
        yield "         as a chat model; on a path without `completions`, in these words alone"


def conform_gateway(
    wishes: Wishes, say: Callable[[str], None], tell: Callable[[Outcome], None]
) -> tuple[Outcome, ...]:
    """Start the scripted servers, ask every case, and stop them.

    Raises:
        Problem: `conform-judge`, `conform-listen`, `conform-url`, `conform-records`;
            `conform-unreachable` when nobody takes connections at the address.
    """
    if "judge" in wishes.parts and wishes.judge_port is None:
        raise Problem.of(
            "conform-judge",
            "the part `judge` needs the scripted judge, and it has no port",
            help="add `--judge-port PORT`, and set the gateway up to ask it",
        )
    asker = Asker(wishes.url, wishes.timeout_s)
    records = record_source(wishes.records, wishes.found) if wishes.records else None
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(ScriptedModel(wishes.model_port))
        judge = None
        if wishes.judge_port is not None:
            asked = ScriptedJudge(
                wishes.judge_port, wishes.passing, wishes.objecting, hang_s=wishes.timeout_s * 2
            )
            judge = stack.enter_context(asked)
        for line in setup_lines(wishes, model.url, judge.url if judge else ""):
            say(line)
        if not asker.listens(wishes.wait_s):
            raise Problem.of(
                "conform-unreachable",
                f"nobody takes connections at {wishes.url}",
                help="start the gateway, or give more time with `--wait`",
                exit_code=ExitCode.ENVIRONMENT,
            )
        stand = Stand(
            asker,
            model,
            judge,
            wishes.mark,
            wishes.judged,
            wishes.named,
            wishes.headers,
            records,
        )
        return run_cases(all_cases(wishes.tested, wishes.asked_parts), stand, tell)
