"""A model that somebody chose as judge of mirrored answers: its file, and asking it both orders.

It has no labelled set and no card. What it says reaches no campaign, finding or gate.
"""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from shipworthy.app.assessment_file.toml_complaints import syntax_complaint
from shipworthy.app.preparation.installed import load_factory
from shipworthy.app.preparation.opening import marked_address
from shipworthy.instruments.balance import Answers, PromptPair
from shipworthy.instruments.balance.swapping import PROMPT_DIGEST, choice_of, comparison
from shipworthy.instruments.targets import (
    Account,
    OpenedTarget,
    Probing,
    TargetContext,
    TargetFactory,
)
from shipworthy.kernel import (
    Diagnostic,
    Digest,
    ExitCode,
    Location,
    Problem,
    Record,
    Surroundings,
    convert_record,
    digest_bytes,
    read_bounded,
    system_reason,
    utf8_text,
)
from shipworthy.records import SubjectIdentity
from shipworthy.stages.balancing.swapped import JudgedPair
from shipworthy.vocabulary import Sampling

LARGEST_FILE: Final = 1024 * 1024
"""Bytes of a judge's file."""


class JudgeOptions(Record, frozen=True, kw_only=True):
    """The file of a judge: a target and how it is reached, as `[subject]` has them.

    Attributes:
        target: the target plug-in that reaches it, such as `openai` or `local`.
        sampling: how its words are drawn; a reply that is cut off decides nothing.
        options: the options of the target.
    """

    target: Annotated[str, msgspec.Meta(min_length=1)]
    sampling: Sampling = Sampling(max_tokens=512)
    options: dict[str, Any] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFile:
    """The options of a judge and the file that they came from."""

    path: Path
    digest: Digest
    judge: JudgeOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What a judge said of every pair, in their order, who it is, and what it took."""

    judge: SubjectIdentity
    judged: tuple[JudgedPair, ...]
    account: Account


def read_judge(path: Path) -> JudgeFile:
    """Read the file of a judge.

    Raises:
        Problem: `judge-file` for a file that cannot be read or is no TOML, `judge-encoding`, or
            `record-invalid` naming the field.
    """
    place = Location(str(path))
    try:
        source = read_bounded(path, LARGEST_FILE)
    except OSError as error:
        raise Problem.of(
            "judge-file",
            f"cannot read the judge: {system_reason(error)}",
            location=place,
            help="give the path of a TOML file with `target` and `[options]`",
        ) from None
    try:
        raw = tomllib.loads(utf8_text(source, str(path), "judge-encoding"))
    except tomllib.TOMLDecodeError as error:
        what, line, column = syntax_complaint(error)
        raise Problem.of(
            "judge-file",
            f"not valid TOML: {what}",
            location=Location(str(path), line, column),
            help='write `target = "openai"`, and below it a table `[options]`',
        ) from None
    except RecursionError:
        raise Problem.of(
            "judge-file", "not valid TOML: brackets are nested too deep", location=place
        ) from None
    judge = convert_record(raw, JudgeOptions, str(path))
    return JudgeFile(path=path, digest=digest_bytes(source), judge=judge)


async def judge_in_both_orders(
    file: JudgeFile,
    pairs: Sequence[PromptPair],
    answers: Answers,
    around: Surroundings,
    concurrency: int,
) -> Judging:
    """Ask a judge about every pair that has both answers, twice, so many requests at once.

    Raises:
        Problem: as the target's factory; `judge-unreachable` (environment) where the judge stopped
            answering, because what it said until then would be a choice of pairs.
    """
    gate = asyncio.Semaphore(concurrency)
    async with _opened(file, around, concurrency) as target:
        if isinstance(target, Probing):
            await target.probe()
        judged = await asyncio.gather(*(_judged(pair, answers, target, gate) for pair in pairs))
        if target.health.unreachable:
            raise Problem.of(
                "judge-unreachable",
                f"the judge stopped answering: {target.health.last}",
                location=Location(str(file.path)),
                help="nothing was kept; run it again once the judge answers",
                exit_code=ExitCode.ENVIRONMENT,
            )
        identity = target.identity(PROMPT_DIGEST)
        endpoint = identity.endpoint + marked_address(file.judge.options)
        return Judging(
            judge=msgspec.structs.replace(identity, endpoint=endpoint),
            judged=tuple(judged),
            account=target.account,
        )


@asynccontextmanager
async def _opened(
    file: JudgeFile, around: Surroundings, concurrency: int
) -> AsyncIterator[OpenedTarget]:
    try:
        factory: TargetFactory = load_factory(
            around.registry, "shipworthy.targets", file.judge.target
        )
    except Problem as problem:
        placed = [_placed(one, file.path) for one in problem.diagnostics]
        raise Problem(placed, problem.exit_code) from None
    options = {"sampling": msgspec.to_builtins(file.judge.sampling), **file.judge.options}
    context = TargetContext(
        environment=around.environment,
        source=str(file.path),
        concurrency=concurrency,
        clock=around.clock,
    )
    target = await factory(options, context)
    try:
        yield target
    finally:
        await target.close()


def _placed(found: Diagnostic, path: Path) -> Diagnostic:
    location = found.location or Location(str(path))
    return Diagnostic(found.code, found.message, location, found.help)


async def _judged(
    pair: PromptPair, answers: Answers, target: OpenedTarget, gate: asyncio.Semaphore
) -> JudgedPair:
    a, b = answers.get(pair.answer_id("a")), answers.get(pair.answer_id("b"))
    choices = None
    if a is not None and b is not None:
        async with gate:
            a_leading = choice_of(await target.respond(comparison(pair, a, b, "a")))
        async with gate:
            b_leading = choice_of(await target.respond(comparison(pair, a, b, "b")))
        choices = (a_leading, b_leading)
    return JudgedPair(topic=pair.topic.id, task=pair.task, repeat=pair.repeat, choices=choices)
