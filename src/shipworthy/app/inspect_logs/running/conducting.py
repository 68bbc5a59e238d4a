"""Running a task of Inspect under a registered plan, from the first sample to the bundle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.decisions import Drafted, draft
from shipworthy.app.inspect_logs.running.comparing import FOLDER, check_logs, logs_of, seal_logs
from shipworthy.app.inspect_logs.running.designing import TaskDesign, design_task
from shipworthy.app.inspect_logs.running.schedule import PlannedPart, Schedule
from shipworthy.app.preparation import Surroundings
from shipworthy.app.project import Project
from shipworthy.app.publishing import Published, publish
from shipworthy.app.registration import (
    OpenCampaign,
    Registry,
    RunRecorder,
    check_latest,
    enter,
    held,
    locked,
    read_registry,
    register,
    runner_signer,
)
from shipworthy.evidence import BlobStore, Signer
from shipworthy.instruments.inspect_logs import request_of
from shipworthy.instruments.inspect_tasks import (
    Ended,
    Part,
    PartEnd,
    Workplace,
    check_models,
    judged,
    run_part,
)
from shipworthy.instruments.judges import suspects_test
from shipworthy.kernel import ExitCode, Location, Problem, canonical_bytes, timestamp
from shipworthy.records import CampaignRegistered
from shipworthy.stages.evaluating import Exchange, Judgement, Transcript, registration
from shipworthy.vocabulary import Arm, Ruling

_CANCELLED: Final = "cancelled"


@dataclass(frozen=True, slots=True)
class RunTask:
    """What became of a task."""

    drafted: Drafted
    published: Published
    left_out: int
    """Samples of the task that ask what another one asks already."""
    logs: Path
    """The folder of the logs that Inspect wrote."""


def run_task(
    file: AssessmentFile, project: Project, around: Surroundings, tell: Callable[[str], None]
) -> RunTask:
    """Run what has no trial yet, compare the logs with it, draft and publish.

    `tell` is given a line about each part before it starts.

    Raises:
        Problem: for anything that cannot be found or combined, before anything is asked;
            `inspect-incomplete` (environment, or interrupted) when cells are left without a trial;
            integrity, where a log and the evidence do not agree.
    """
    found = design_task(file, around)
    check_models(found.options, found.place)
    signer = runner_signer(project.runner_key)
    found, registry = _enlisted(found, project, signer, around)
    plan = found.plan
    folder = project.campaign(plan.name, plan.digest)
    with locked(folder):
        _keep_inputs(found, BlobStore(project.store))
        campaign = register(folder, plan, registry, signer, around.clock)
        schedule = Schedule(found, plan)
        _run(found, campaign, schedule, tell)
        check_logs(campaign, schedule.executions, found.options.rules)
        _check_complete(campaign, schedule, PartEnd("", ""))
    drafted = draft(campaign, found.design)
    if drafted.decision.ruling == Ruling.GO.value:
        raise Problem.of(
            "inspect-go",
            f"framework `{plan.framework}` drafts a go without looking at what the task showed",
            help="name a framework that asks something of the domain; a task alone allows no go",
        )
    return RunTask(drafted, publish(drafted), found.task.repeated, folder.path / FOLDER)


def _enlisted(
    found: TaskDesign, project: Project, signer: Signer, around: Surroundings
) -> tuple[TaskDesign, Registry]:
    """Return the design under the number that it has, or the one that comes next, registered."""
    with held(project):
        registry = read_registry(project, signer.public)
        made = registry.of(found.plan.submission.question.digest)
        numbered = _submitted(found, made)
        at = timestamp(around.clock.now())
        entry = registration(numbered.plan, numbered.design.scenarios, at)
        return numbered, enter(project, registry, entry, signer)


def _submitted(found: TaskDesign, made: Sequence[CampaignRegistered]) -> TaskDesign:
    for count in reversed(range(len(made))):
        again = found.after(made[:count])
        if made[count].plan == again.plan.digest:
            return again
    return found.after(made)


def _keep_inputs(found: TaskDesign, store: BlobStore) -> None:
    """Keep what the plan names by digest, so that the digests can be looked up for good."""
    store.put(found.design.file.source)
    store.put(canonical_bytes(found.design.rulebook))
    for arm in found.arms:
        for layer in arm.stack.layers:
            store.put(canonical_bytes(layer))


def _run(
    found: TaskDesign, campaign: OpenCampaign, schedule: Schedule, tell: Callable[[str], None]
) -> None:
    for trial in campaign.trials():
        schedule.take(trial)
    if campaign.complete and not schedule.missing():
        return
    check_latest(found.design, campaign.plan, campaign.registry)
    end = PartEnd("", "")
    with RunRecorder(campaign) as recorder:
        for part in schedule.parts():
            if not schedule.missing(part) or end.status == _CANCELLED:
                continue
            tell(f"{part.who}: {len(part.samples)} samples")
            end = _run_part(found, campaign, (schedule, part), recorder)
        seal_logs(campaign, recorder.run)
        recorder.end("stopped" if schedule.missing() else "completed")
    _check_complete(campaign, schedule, end)


def _run_part(
    found: TaskDesign,
    campaign: OpenCampaign,
    planned: tuple[Schedule, PlannedPart],
    recorder: RunRecorder,
) -> PartEnd:
    schedule, part = planned

    def ended(one: Ended) -> None:
        verdict = judged(one, found.options.rules, guarded=part.guarded)
        item = part.item(one.sample.id, one.sample.epoch)
        if verdict.request != item.request:
            raise Problem.of(
                "inspect-task",
                f"sample `{one.sample.id}` asked something else than the plan registers",
                location=found.place,
                help="a task must not change its dataset while it runs",
            )
        request = request_of(one.sample)
        judgement = Judgement(
            outcome=verdict.outcome,
            judge=verdict.judge,
            suspects_test=suspects_test(request, verdict.reply),
        )
        exchange = Exchange(request, verdict.reply, judgement)
        trial = exchange.trial(schedule.trial(item, part.arm), recorder.run, item, part.arm)
        said = Transcript(trial=trial.id, request=exchange.request, reply=exchange.reply)
        recorder.write(trial, said)
        schedule.take(trial)

    return run_part(
        found.options,
        Part(
            script=part.script,
            tags=(part.who,),
            layers=found.design.layers if part.arm is not Arm.BARE else (),
            samples=part.samples,
            epochs=part.epochs,
            passed_over=lambda name, epoch: schedule.passed_over(part, name, epoch),
            ended=ended,
            concurrency=found.design.file.assessment.campaign.concurrency,
        ),
        Workplace(
            folder=found.design.file.path.parent,
            place=found.place,
            logs=logs_of(campaign, recorder.run),
        ),
    )


def _check_complete(campaign: OpenCampaign, schedule: Schedule, end: PartEnd) -> None:
    missing = schedule.missing()
    if not missing:
        return
    why = f": {end.why}" if end.why else ""
    raise Problem.of(
        "inspect-incomplete",
        f"{missing} samples have no outcome yet{why}",
        location=Location(str(campaign.folder.path)),
        help="run the same command again: it runs what is missing",
        exit_code=ExitCode.INTERRUPTED if end.status == _CANCELLED else ExitCode.ENVIRONMENT,
    )
