"""From an assessment that names a task of Inspect to a plan: which samples, arms and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.inspect_logs.census import short_name
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
from shipworthy.kernel import Location, Problem, did_you_mean, digest_text
from shipworthy.records import (
    BenignTwin,
    CampaignPlan,
    CampaignRegistered,
    ExternalTask,
    GateQuestion,
    PlannedArm,
    PlannedItem,
    RateField,
    Rulebook,
    Scenario,
    ScoreCheck,
    StackIdentity,
    SubjectIdentity,
)
from shipworthy.stages.evaluating import (
    ItemSampling,
    next_submission,
    plan_items,
    used_scenarios,
)
from shipworthy.vocabulary import Arm, Request, Sampling, TrialRole

TARGET: Final = "inspect"
"""What an assessment names as its target, and as its scenarios, where Inspect runs a task."""

ATTACK: Final = "as-written"
"""The attack of every sample: what the task itself does."""

_UNKNOWN: Final = ("weights", "quantisation", "engine", "template", "system_prompt", "sampling")


@dataclass(frozen=True, slots=True)
class TaskDesign:
    """A task as an assessment wants it run, as a first or a later submission of its question."""

    design: Design
    options: InspectOptions
    place: Location
    task: LoadedTask
    samples: Mapping[str, TaskSample]
    """The samples of the task, by the scenario that each is."""

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
            subject=_subject(options, task),
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

    def _items(self, earlier: Sequence[CampaignRegistered]) -> tuple[PlannedItem, ...]:
        design = self.design
        campaign, seed = design.file.assessment.campaign, design.file.assessment.assessment.seed

        def compose(scenario: Scenario, **_: Any) -> Request:
            return self.samples[scenario.id].request

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
        tried = [one for one in items if one.role is TrialRole.ADVERSARIAL]
        repeated = [
            msgspec.structs.replace(one, seed=epoch)
            for one in tried
            for epoch in range(1, self.options.epochs + 1)
        ]
        return (*repeated, *self._controls(items))

    def _controls(self, items: Sequence[PlannedItem]) -> list[PlannedItem]:
        most = self.options.controls or None
        found = [one for one in items if one.role is TrialRole.NEGATIVE_CONTROL][:most]
        if self.options.accomplice is not None:
            found += [one for one in items if one.role is TrialRole.POSITIVE_CONTROL][:most]
        return found


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
    domain = _domain(file, rulebook)
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
            name: _scenario(name, domain, sample, check, task) for name, sample in samples.items()
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


def _domain(file: AssessmentFile, rulebook: Rulebook) -> str:
    """Return the domain of the samples, and refuse settings that say nothing to a task."""
    assessment, campaign = file.assessment, file.assessment.campaign
    for key, found, right in (
        ("scenarios", campaign.scenarios, TARGET),
        ("attacks", campaign.attacks, ATTACK),
    ):
        if found != (right,):
            what = f"a task of Inspect brings its own {key}"
            raise _setting(file, ("campaign", key), what, f'write `{key} = ["{right}"]`')
    for words, idle in (
        ("subject.target", assessment.subject.target != TARGET),
        ("subject.system_prompt", bool(assessment.subject.system_prompt)),
        ("subject.sampling", assessment.subject.sampling != Sampling()),
        ("reading", assessment.reading is not None),
        ("campaign.benign_per_domain", campaign.benign_per_domain != 0),
        ("campaign.attacks_per_scenario", campaign.attacks_per_scenario != 1),
    ):
        if idle:
            what = f"`{words}` says nothing to a task of Inspect"
            raise _setting(file, tuple(words.split(".")), what, _RIGHT[words])
    rates = [field for field in rulebook.fields if isinstance(field, RateField)]
    known = {field.finding.split(".")[1] for field in rates if field.finding.count(".") > 1}
    known -= {"all"}
    if len(campaign.domains) != 1 or campaign.domains[0] not in known:
        named = campaign.domains[0] if campaign.domains else ""
        raise Problem.of(
            "inspect-domain",
            "the samples of a task belong to one domain of which the framework reads findings",
            location=file.locate("campaign", "domains"),
            help=f"write one in `domains`: {did_you_mean(named, known)}",
        )
    return campaign.domains[0]


_RIGHT: Final = {
    "subject.target": f'set `target = "{TARGET}"`: `shipworthy evaluate` runs all others',
    "subject.system_prompt": "the task, or an agent in it, writes the system turn",
    "subject.sampling": "set `[subject.options.generate]`, by Inspect's names",
    "reading": "outputs of a task are read in `inspect view`",
    "campaign.benign_per_domain": "a task has no benign twins",
    "campaign.attacks_per_scenario": "set `epochs` under `[subject.options]`",
}


def _setting(file: AssessmentFile, path: tuple[str, ...], what: str, right: str) -> Problem:
    return Problem.of("inspect-setting", what, location=file.locate(*path), help=right)


def _named(task: LoadedTask, place: Location) -> dict[str, TaskSample]:
    found = {
        f"{short_name(task.name)}/{short_name(str(sample.id))}": sample for sample in task.samples
    }
    if len(found) != len(task.samples):
        raise Problem.of(
            "inspect-task",
            "two samples of the task have one id",
            location=place,
            help="give every sample an id of its own",
        )
    return found


def _scenario(
    name: str, domain: str, sample: TaskSample, check: ScoreCheck, task: LoadedTask
) -> Scenario:
    """Return a scenario without its words: they are in the task, and the digest names them."""
    return Scenario(
        id=name,
        domain=domain,
        title=name,
        family="external",
        severity="high",
        public_context="",
        confidential_context="",
        request=f"as the task has it: {sample.content}",
        check=check,
        twin=BenignTwin(request="", expect=()),
        source=f"task {short_name(task.name)}, {task.program}",
    )


def _subject(options: InspectOptions, task: LoadedTask) -> SubjectIdentity:
    return SubjectIdentity(
        name=short_name(options.model),
        endpoint=f"{task.program}, as its provider reaches it",
        weights="",
        quantisation="",
        engine="",
        template="",
        system_prompt=digest_text(""),
        sampling=Sampling(),
        unknown=_UNKNOWN,
    )
