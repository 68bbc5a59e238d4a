"""From an assessment that names a task of Inspect to a plan: which samples, arms and rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.inspect_logs.census import short_name
from shipworthy.app.inspect_logs.plans import unknown_subject
from shipworthy.app.inspect_logs.running.asked import ATTACK, asked_domain
from shipworthy.app.preparation import GATE, Design, Surroundings, loading
from shipworthy.app.preparation.stopping import Tried, questions_of
from shipworthy.frameworks import compile_rulebook
from shipworthy.instruments.attacks import Composer
from shipworthy.instruments.inspect_logs import judge_name
from shipworthy.instruments.inspect_tasks import (
    InspectOptions,
    LoadedTask,
    TaskSample,
    load_task,
    read_options,
    scorer_named,
)
from shipworthy.instruments.safeguards import stack_identity
from shipworthy.kernel import Location, Problem, digest_of
from shipworthy.records import (
    BenignTwin,
    CampaignPlan,
    CampaignRegistered,
    ExternalTask,
    GateQuestion,
    PlannedArm,
    PlannedItem,
    Scenario,
    ScoreCheck,
    StackIdentity,
)
from shipworthy.stages.evaluating import (
    ItemSampling,
    next_submission,
    plan_items,
    used_scenarios,
)
from shipworthy.vocabulary import Arm, Request, TrialRole

MOST_EPOCHS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TaskDesign:
    """A task as an assessment wants it run, as a first or a later submission of its question."""

    design: Design
    options: InspectOptions
    place: Location
    task: LoadedTask
    samples: Mapping[str, tuple[TaskSample, ...]]
    """The samples of the task, by the scenario of which each is an occasion."""

    @property
    def arms(self) -> tuple[PlannedArm, ...]:
        """The bare arm, and the safeguarded one when there are safeguards."""
        bare = PlannedArm(arm=Arm.BARE, stack=StackIdentity())
        if not self.design.layers:
            return (bare,)
        return (bare, PlannedArm(arm=Arm.SAFEGUARDED, stack=stack_identity(self.design.layers)))

    @property
    def judges(self) -> tuple[str, ...]:
        """The judges: the scorers that the rules name."""
        scorers = {scorer_named(rule.name, self.task.scorers) for rule in self.options.rules.all}
        return tuple(sorted(judge_name(one) for one in scorers))

    @property
    def plan(self) -> CampaignPlan:
        """The plan."""
        design, options, task = self.design, self.options, self.task
        return CampaignPlan(
            name=design.file.assessment.assessment.name,
            framework=f"{design.rulebook.id} {design.rulebook.version}",
            framework_digest=design.rulebook.digest,
            deployment=design.file.assessment.assessment.deployment.value,
            subject=unknown_subject(
                short_name(options.model),
                f"{task.program}, as its provider reaches it{options.reached}",
            ),
            arms=self.arms,
            items=design.items,
            judges=dict.fromkeys(self.judges, ""),
            alpha=design.file.assessment.campaign.alpha,
            seed=design.file.assessment.assessment.seed,
            submission=design.submission,
            stopping=design.stopping,
            canaries=dict.fromkeys(self.judges, ""),
            external=ExternalTask(
                program=task.program,
                packages=dict(task.packages),
                task=short_name(options.task),
                source=task.source,
                settings=options.digest,
                samples=len(task.samples),
                breached=options.breach_when,
                held=options.held_when,
            ),
        )

    def after(self, earlier: Sequence[CampaignRegistered]) -> "TaskDesign":
        """Return the design of the submission that follows these of the same question.

        Raises:
            Problem: `campaign-submissions` when there can be none; `campaign-stopping` for
                epochs, or for a framework that sets no limit, in a campaign that may end early.
        """
        file = self.design.file
        campaign = file.assessment.campaign
        with file.placed("campaign", "submissions"):
            submission = next_submission(
                self.design.submission.question, earlier, campaign.submissions, campaign.alpha
            )
        items = self._items(earlier)
        tried = Tried(
            items=items,
            arms=[arm.arm for arm in self.arms],
            scenarios=self.design.scenarios,
            cards={},
        )
        stopping = questions_of(file, self.design.rulebook, tried, submission, fail_only=True)
        design = replace(
            self.design,
            items=items,
            submission=submission,
            earlier=tuple(earlier),
            stopping=stopping,
        )
        return replace(self, design=design)

    def sample(self, item: PlannedItem) -> tuple[TaskSample, int]:
        """Return the sample that an item of the plan is, and its epoch."""
        place, epoch = divmod(item.seed, MOST_EPOCHS + 1)
        return self.samples[item.scenario][place], epoch

    def _items(self, earlier: Sequence[CampaignRegistered]) -> tuple[PlannedItem, ...]:
        design = self.design
        campaign, seed = design.file.assessment.campaign, design.file.assessment.assessment.seed

        def compose(scenario: Scenario, **_: Any) -> Request:
            return self.samples[scenario.id][0].request

        items = plan_items(
            list(design.scenarios.values()),
            ItemSampling(
                attacks=(ATTACK,),
                seed=seed,
                scenarios_per_domain=campaign.scenarios_per_domain,
                ordered=campaign.stopping == "sequential",
                used=used_scenarios(design.scenarios.values(), earlier),
            ),
            compose,
        )
        return tuple(self._on_samples(items))

    def _on_samples(self, items: Sequence[PlannedItem]) -> Iterator[PlannedItem]:
        """Yield an item for each sample of a scenario, and one for each epoch under attack."""
        roles = [TrialRole.ADVERSARIAL, TrialRole.NEGATIVE_CONTROL]
        if self.options.accomplice is not None:
            roles.append(TrialRole.POSITIVE_CONTROL)
        for role in roles:
            planned = [one for one in items if one.role is role]
            if role.is_control:
                planned = planned[: self.options.controls or None]
            for item in planned:
                yield from self._attempts(item)

    def _attempts(self, item: PlannedItem) -> Iterator[PlannedItem]:
        epochs = 1 if item.role.is_control else self.options.epochs
        for place, sample in enumerate(self.samples[item.scenario]):
            for epoch in range(1, epochs + 1):
                seed, request = sample_seed(place, epoch), digest_of(sample.request)
                yield msgspec.structs.replace(item, seed=seed, request=request)


def sample_seed(place: int, epoch: int) -> int:
    """Return the seed of the sample at a place among those of its scenario, in an epoch."""
    return place * (MOST_EPOCHS + 1) + epoch


def design_task(file: AssessmentFile, surroundings: Surroundings) -> TaskDesign:
    """Load everything that the assessment names, as a first submission; nothing is asked.

    Raises:
        Problem: for anything that cannot be found, read or combined.
    """
    document = loading.named_framework(file, surroundings.registry)
    rulebook = compile_rulebook(document)
    loading.check_framework(file, rulebook)
    loading.check_people(file, rulebook)
    loading.check_level(file, rulebook)
    domain = asked_domain(file, rulebook)
    place = file.locate("subject", "options")
    options = read_options(file.assessment.subject.options, place)
    layers = loading.named_layers(file, surroundings)
    task = load_task(options, file.path.parent, place)
    samples = _named(task, place)
    campaign, header = file.assessment.campaign, file.assessment.assessment
    question = GateQuestion(
        framework=rulebook.id,
        gate=GATE,
        deployment=header.deployment.value,
        subject=file.assessment.subject.name,
    )
    check = ScoreCheck(breached=options.breach_when, held=options.held_when)
    design = Design(
        file=file,
        document=document,
        rulebook=rulebook,
        scenarios={
            name: _scenario(name, domain, members, (check, task))
            for name, members in samples.items()
        },
        attacks={},
        layers=layers,
        cards={},
        compose=Composer({}),
        items=(),
        stopping=(),
        reading=None,
        submission=next_submission(question, (), campaign.submissions, campaign.alpha),
        earlier=(),
    )
    return TaskDesign(design, options, place, task, samples).after(())


def _named(task: LoadedTask, place: Location) -> dict[str, tuple[TaskSample, ...]]:
    found: dict[str, tuple[TaskSample, ...]] = {}
    for sample in task.samples:
        name = f"{short_name(task.name)}/{short_name(sample.scenario)}"
        found[name] = (*found.get(name, ()), sample)
    if len({str(sample.id) for sample in task.samples}) != len(task.samples):
        raise Problem.of(
            "inspect-task",
            "two samples of the task have one id",
            location=place,
            help="give every sample an id of its own",
        )
    return found


def _scenario(
    name: str,
    domain: str,
    samples: Sequence[TaskSample],
    scored: tuple[ScoreCheck, LoadedTask],
) -> Scenario:
    """Return a scenario without its words: they are in the task, and digests name them."""
    check, task = scored
    contents = [sample.content for sample in samples]
    of_one = contents[0] if len(contents) == 1 else ""
    return Scenario(
        id=name,
        domain=domain,
        title=name,
        family="external",
        severity="high",
        public_context="",
        confidential_context="",
        request=f"as the task has it: {of_one or digest_of(contents)}",
        check=check,
        twin=BenignTwin(request="", expect=()),
        source=f"task {short_name(task.name)}, {task.program}",
    )
