"""Running a campaign: register, run what is missing, account for the run, draw the findings."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from shipworthy.app.preparation import Accomplice, Design, Surroundings, opened_target
from shipworthy.app.project import Project
from shipworthy.app.registration import (
    OpenCampaign,
    RunRecorder,
    canary_mixer,
    check_latest,
    enlist,
    is_enlisted,
    keep_answer_keys,
    keep_tested_controls,
    locked,
    register,
    runner_signer,
)
from shipworthy.evidence import BlobStore
from shipworthy.instruments.judges import judge_of, judge_trial, suspects_test
from shipworthy.instruments.safeguards import erred_layers, guard
from shipworthy.instruments.targets import (
    Account,
    OpenedTarget,
    Probing,
    complying_reply,
    refusing_reply,
)
from shipworthy.instruments.worlds.episodes import AtWork
from shipworthy.kernel import ExitCode, canonical_bytes
from shipworthy.records import (
    CampaignPlan,
    PlannedItem,
    Scenario,
    StateCheck,
    Trial,
    plan_cells,
    trial_id,
)
from shipworthy.stages.controlling import evaluate_controls
from shipworthy.stages.evaluating import (
    Campaign,
    Ending,
    EngineLimits,
    Instruments,
    Judgement,
    Progress,
    ProgressView,
    Stopping,
)
from shipworthy.vocabulary import (
    Acted,
    Arm,
    Breached,
    Outcome,
    Reply,
    Request,
    TrialRole,
    Unassessed,
)

_HOW: Final = {
    Ending.COMPLETED: "completed",
    Ending.UNREACHABLE: "stopped",
    Ending.LIMIT: "stopped",
    Ending.CANCELLED: "stopped",
}

EXIT_OF: Final = {
    Ending.COMPLETED: ExitCode.YES,
    Ending.UNREACHABLE: ExitCode.ENVIRONMENT,
    Ending.LIMIT: ExitCode.ENVIRONMENT,
    Ending.CANCELLED: ExitCode.INTERRUPTED,
}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A campaign after a run."""

    campaign: OpenCampaign
    design: Design
    """The design as the submission that it was registered as."""
    ending: Ending
    done: int
    total: int
    account: Account
    """What this run asked for and spent."""
    unassessed: Mapping[tuple[str, str], int]
    """Trials of all runs without an outcome, by reason and detail."""
    not_useful: int
    """Harmless requests of all runs that were answered without the expected content."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How somebody follows a run: called with a view about every `interval_s` seconds."""

    show: Callable[[ProgressView], None]
    interval_s: float
    trials: int = 0
    """Stop after this many trials of this run; 0 for all."""


async def evaluate(
    design: Design, project: Project, surroundings: Surroundings, watch: Watch
) -> Evaluated:
    """Run every cell of the plan that has no trial yet.

    Raises:
        Problem: for a target that cannot be opened or does not answer one harmless request, a
            campaign in use or out of turn, or altered evidence.
    """
    accomplice = Accomplice(design)
    async with opened_target(design.file, surroundings, accomplice) as (target, subject):
        signer = runner_signer(project.runner_key)
        if not is_enlisted(design, subject, project, signer):
            await _probe(target)
        design, registry = enlist(design, subject, project, signer, surroundings.clock)
        accomplice.settle(design)
        plan = design.plan(subject)
        folder = project.campaign(plan.name, plan.digest)
        with locked(folder):
            _keep_inputs(design, plan, BlobStore(project.store))
            campaign = register(folder, plan, registry, signer, surroundings.clock)
            _test_controls(design, campaign)
            return await _run(design, campaign, target, watch)


async def _probe(target: OpenedTarget) -> None:
    if isinstance(target, Probing):
        await target.probe()


def _keep_inputs(design: Design, plan: CampaignPlan, store: BlobStore) -> None:
    """Keep what the plan names by digest, so that the digests can be looked up for good."""
    store.put(design.file.source)
    store.put(canonical_bytes(design.rulebook))
    for card in design.cards.values():
        store.put(canonical_bytes(card))
    keep_answer_keys(plan, store)
    for layer in design.stack.layers:
        store.put(canonical_bytes(layer))


def _test_controls(design: Design, campaign: OpenCampaign) -> None:
    """Test the controls around the model, where the plan registers it; no model runs in it."""
    designed = design.controls
    if designed is not None:
        test = designed.at(campaign.plan.gate_alpha)
        keep_tested_controls(campaign, designed.source, lambda: evaluate_controls(test))


async def _run(
    design: Design, campaign: OpenCampaign, target: OpenedTarget, watch: Watch
) -> Evaluated:
    stopping = Stopping(campaign.plan)
    progress = Progress(stopping.due_cells, time.monotonic(), campaign.plan.gate_alpha)

    def take(trial: Trial) -> None:
        stopping.take(trial)
        progress.add(trial)

    done: set[str] = set()
    for trial in campaign.trials():
        done.add(trial.id)
        stopping.take(trial)
        progress.carry(trial)
    missing = [
        cell
        for cell in plan_cells(campaign.plan)
        if trial_id(campaign.plan_digest, *cell) not in done and stopping.is_due(*cell)
    ]
    if not missing and campaign.complete:
        return _evaluated(campaign, design, Ending.COMPLETED, progress, target)
    check_latest(design, campaign.plan, campaign.registry)
    await _probe(target)
    with RunRecorder(campaign) as recorder:
        canaries = canary_mixer(campaign, recorder, len(missing))
        engine = Campaign(
            plan=campaign.plan_digest,
            run=recorder.run,
            instruments=_instruments(design, campaign.plan, target),
            sink=recorder,
            limits=EngineLimits(
                concurrency=design.file.assessment.campaign.concurrency, trials=watch.trials
            ),
            on_trial=take,
            gone=lambda: target.health.unreachable,
            is_due=stopping.is_due,
            before_cell=canaries.before_cell,
        )
        with _interruptible(engine):
            ticker = asyncio.create_task(_tick(progress, watch))
            try:
                ending = await engine.execute(missing)
            finally:
                ticker.cancel()
        canaries.finish()
        recorder.end(_HOW[ending])
    watch.show(progress.view(time.monotonic()))
    return _evaluated(campaign, design, ending, progress, target)


def _evaluated(
    campaign: OpenCampaign,
    design: Design,
    ending: Ending,
    progress: Progress,
    target: OpenedTarget,
) -> Evaluated:
    view = progress.view(time.monotonic())
    return Evaluated(
        campaign=campaign,
        design=design,
        ending=ending,
        done=view.done,
        total=view.total,
        account=target.account,
        unassessed=progress.unassessed,
        not_useful=view.not_useful,
    )


async def _tick(progress: Progress, watch: Watch) -> None:
    while True:
        await asyncio.sleep(watch.interval_s)
        watch.show(progress.view(time.monotonic()))


@contextmanager
def _interruptible(engine: Campaign) -> Iterator[None]:
    """Let the first interrupt finish what is in flight; a second one breaks off."""
    loop = asyncio.get_running_loop()

    def on_interrupt() -> None:
        engine.cancel()
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_interrupt)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)


def _is_against(outcome: Outcome) -> bool:
    """Whether an outcome is bad news, which stands whatever fell over on the way."""
    return isinstance(outcome, Breached) or (
        isinstance(outcome, Acted) and bool(outcome.violations)
    )


def _instruments(design: Design, plan: CampaignPlan, target: OpenedTarget) -> Instruments:
    worlds = {
        item.request: check
        for item in plan.items
        if item.role is TrialRole.AGENCY
        and isinstance(check := design.scenarios[item.scenario].check, StateCheck)
    }
    # each step of an agent passes the safeguards, as it would where they are deployed
    targets = {
        Arm.BARE: AtWork(target, worlds),
        Arm.SAFEGUARDED: AtWork(guard(target, design.layers), worlds),
    }

    def judge(item: PlannedItem, scenario: Scenario, request: Request, reply: Reply) -> Judgement:
        outcome = judge_trial(scenario, item.role, request, reply)
        if erred_layers(reply) and not _is_against(outcome):
            # a layer that fell over shows nothing about the layer that will be deployed
            outcome = Unassessed(reason="safeguard-error", detail=", ".join(erred_layers(reply)))
        return Judgement(
            outcome=outcome,
            judge=judge_of(scenario, item.role).name,
            suspects_test=not item.role.is_control and suspects_test(request, reply),
        )

    def control(item: PlannedItem, scenario: Scenario) -> Reply:
        if item.role is TrialRole.POSITIVE_CONTROL:
            return complying_reply(scenario.check)
        return refusing_reply(item.seed)

    return Instruments(
        targets={arm.arm: targets[arm.arm] for arm in plan.arms},
        scenarios=design.scenarios,
        compose=design.compose,
        judge=judge,
        control=control,
    )
