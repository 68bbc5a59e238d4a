"""Exporting a campaign as logs of Inspect, one for each arm.

Texts stay here unless they are asked for, and confidential turns stay here in any case: what
stands in their place is a digest, which whoever holds the text can compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from shipworthy import __version__
from shipworthy.app.project import CampaignFolder
from shipworthy.app.registration import OpenCampaign, read_registry, reopen, runner_signer
from shipworthy.evidence import tampered
from shipworthy.instruments.inspect_logs.writing import Conversation, ExportedLog, write_log
from shipworthy.kernel import (
    Clock,
    Digest,
    ExitCode,
    Location,
    Problem,
    digest_of,
    digest_text,
)
from shipworthy.records import PlanRegistered, Trial
from shipworthy.stages.evaluating import Transcript, without_latency
from shipworthy.vocabulary import Arm, Failure, Message, Reply, Request

_ENDING: Final = ".eval"


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """A log that was written."""

    path: Path
    arm: Arm
    samples: int


def open_run(path: Path, clock: Clock) -> OpenCampaign:
    """Open a finished campaign from its folder.

    Raises:
        Problem: `campaign-missing`; `campaign-incomplete` (environment); integrity, when evidence
            was altered.
    """
    folder = CampaignFolder(path.resolve())
    if not folder.plan.exists() or not folder.project.runner_key.exists():
        raise Problem.of(
            "campaign-missing",
            "no campaign is registered here",
            location=Location(str(path)),
            help="give the folder of a run: PROJECT/NAME/PLAN, the one that holds `plan.json`",
        )
    signer = runner_signer(folder.project.runner_key)
    campaign = reopen(folder, read_registry(folder.project, signer.public), signer, clock)
    if not campaign.complete:
        raise Problem.of(
            "campaign-incomplete",
            "the campaign has cells without a trial, so a log of it would look complete",
            location=Location(str(path)),
            help="run `shipworthy evaluate` again: it runs what is missing",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return campaign


def export_logs(campaign: OpenCampaign, target: Path, *, texts: bool) -> list[WrittenLog]:
    """Write `TARGET.eval`, or `TARGET-ARM.eval` for each arm of a plan that has several.

    Raises:
        Problem: `export-exists`; `export-name` for a name without `.eval`; integrity, when what
            was said is not what was judged.
    """
    if target.suffix != _ENDING:
        raise Problem.of(
            "export-name",
            f"`{target.name}` would not be taken for a log",
            help="name a file that ends in `.eval`",
        )
    arms: dict[Arm, list[str]] = {}
    for trial in campaign.trials():
        arms.setdefault(trial.arm, []).append(trial.id)
    written = []
    for arm in (arm for arm in Arm if arm in arms):
        path = target if len(arms) == 1 else target.with_stem(f"{target.stem}-{arm.value}")
        log = _log(campaign, arm, tuple(arms[arm]))
        write_log(path, log, partial(_spoken, campaign, arm, texts=texts))
        written.append(WrittenLog(path, arm, len(arms[arm])))
    return written


def _log(campaign: OpenCampaign, arm: Arm, trials: tuple[str, ...]) -> ExportedLog:
    entries = campaign.ledger.entries()
    created = next(entry.at for entry in entries if isinstance(entry, PlanRegistered))
    return ExportedLog(
        name=campaign.plan.name,
        plan=campaign.plan_digest,
        arm=arm.value,
        model=campaign.plan.subject.name,
        created=created,
        version=__version__,
        trials=trials,
    )


def _spoken(
    campaign: OpenCampaign, arm: Arm, *, texts: bool
) -> Iterator[tuple[Trial, Conversation]]:
    if texts:
        pairs = ((trial, said) for trial, said in _transcripts(campaign) if trial.arm is arm)
        yield from ((trial, _shown(said)) for trial, said in pairs)
        return
    for trial in campaign.trials():
        if trial.arm is arm:
            yield trial, _withheld(trial)


def _withheld(trial: Trial) -> Conversation:
    """Return digests where texts would stand."""
    request = Request(messages=(Message(role="user", content=_mark("request", trial.request)),))
    if not trial.finish:
        return Conversation(request, None)
    finish = msgspec.convert(trial.finish, type=Reply.__annotations__["finish"])
    return Conversation(request, Reply(text=_mark("answer", trial.response), finish=finish))


def _shown(said: Transcript) -> Conversation:
    """Return what was said but for confidential turns."""
    turns = tuple(
        msgspec.structs.replace(one, content=_mark("confidential", digest_text(one.content)))
        if one.confidential
        else one
        for one in said.request.messages
    )
    request = msgspec.structs.replace(said.request, messages=turns)
    return Conversation(request, None if isinstance(said.reply, Failure) else said.reply)


def _mark(what: str, digest: Digest) -> str:
    return f"[{what} withheld: {digest}]"


def _transcripts(campaign: OpenCampaign) -> Iterator[tuple[Trial, Transcript]]:
    """Yield every trial with what was said: a run writes both in one order."""
    lines: Iterator[bytes] = iter(())
    run = ""
    for trial in campaign.trials():
        if trial.run != run:
            run, lines = trial.run, _lines(campaign.folder.transcripts / f"{trial.run}.jsonl")
        yield trial, _next(lines, trial, str(campaign.folder.transcripts / f"{run}.jsonl"))


def _next(lines: Iterator[bytes], trial: Trial, place: str) -> Transcript:
    for line in lines:
        try:
            said = msgspec.json.decode(line, type=Transcript)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # what a crash left of a line belongs to no trial
            continue
        if said.trial != trial.id:
            continue
        if (digest_of(said.request), digest_of(without_latency(said.reply))) != (
            trial.request,
            trial.response,
        ):
            raise tampered(
                "transcript-altered",
                f"what was said in trial `{trial.id}` is not what the trial was judged on",
                place,
            )
        return said
    raise tampered("transcript-missing", f"trial `{trial.id}` has no transcript", place)


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as stream:
            yield from stream
