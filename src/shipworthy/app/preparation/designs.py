"""From an assessment file to a plan: what is tried, and as which submission of its question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation import loading
from shipworthy.app.preparation.control_tests import DesignedControls, designed_controls
from shipworthy.app.preparation.stopping import Tried, questions_of
from shipworthy.frameworks import FrameworkDocument, Gate, compile_rulebook
from shipworthy.instruments.attacks import Attack, Composer
from shipworthy.instruments.judges import JUDGES, judge_of
from shipworthy.instruments.judges.calibration import canaries_of, default_card
from shipworthy.instruments.safeguards import Layer, stack_identity
from shipworthy.kernel import Problem, Surroundings
from shipworthy.records import (
    CalibrationCard,
    CampaignPlan,
    CampaignRegistered,
    GateQuestion,
    PlannedArm,
    PlannedItem,
    PlannedReading,
    Rulebook,
    Scenario,
    SequentialQuestion,
    StackIdentity,
    SubjectIdentity,
    Submission,
)
from shipworthy.stages.evaluating import (
    ItemSampling,
    Objections,
    next_submission,
    objections,
    plan_items,
    used_scenarios,
)
from shipworthy.stages.evaluating.labelling import planned_reading
from shipworthy.vocabulary import Arm, TrialRole

GATE: Final[Gate] = "deploy"
"""The gate that commands draft for."""


@dataclass(frozen=True, slots=True)
class Design:
    """Everything about a campaign that can be known without the target."""

    file: AssessmentFile
    document: FrameworkDocument
    rulebook: Rulebook
    scenarios: Mapping[str, Scenario]
    attacks: Mapping[str, Attack]
    layers: tuple[Layer, ...]
    cards: Mapping[str, CalibrationCard]
    compose: Composer
    items: tuple[PlannedItem, ...]
    stopping: tuple[SequentialQuestion, ...]
    reading: PlannedReading | None
    submission: Submission
    earlier: tuple[CampaignRegistered, ...]
    """The submissions of the same question before this one, in order."""
    controls: DesignedControls | None = None
    """The test of the controls around the model, where the assessment has one."""

    @property
    def opposed(self) -> Objections:
        """What the earlier submissions leave against the findings."""
        return objections(self.items, self.scenarios, self.earlier)

    @property
    def stack(self) -> StackIdentity:
        """The identity of the safeguards, in order."""
        return stack_identity(self.layers)

    @property
    def arms(self) -> tuple[PlannedArm, ...]:
        """The bare arm, and the safeguarded one when there are safeguards."""
        bare = PlannedArm(arm=Arm.BARE, stack=StackIdentity())
        if not self.file.assessment.safeguards:
            return (bare,)
        return (bare, PlannedArm(arm=Arm.SAFEGUARDED, stack=self.stack))

    @property
    def tried(self) -> Tried:
        """What is tried on whom."""
        return Tried(
            items=self.items,
            arms=[arm.arm for arm in self.arms],
            scenarios=self.scenarios,
            cards=self.cards,
            controls=self.controls,
        )

    def plan(self, subject: SubjectIdentity) -> CampaignPlan:
        """Return the plan for a subject."""
        header = self.file.assessment.assessment
        judges = sorted({judge_of(self.scenarios[i.scenario], i.role).name for i in self.items})
        return CampaignPlan(
            name=header.name,
            framework=f"{self.rulebook.id} {self.rulebook.version}",
            framework_digest=self.rulebook.digest,
            deployment=header.deployment.value,
            subject=subject,
            arms=self.arms,
            items=self.items,
            judges={name: self.cards[name].digest if name in self.cards else "" for name in judges},
            alpha=self.file.assessment.campaign.alpha,
            seed=header.seed,
            submission=self.submission,
            stopping=self.stopping,
            reading=self.reading,
            canaries={
                name: canaries_of(name).key.digest if name in JUDGES else "" for name in judges
            },
            controls=msgspec.UNSET if self.controls is None else self.controls.planned,
        )


def design_campaign(file: AssessmentFile, surroundings: Surroundings) -> Design:
    """Load everything that the assessment names except the target, as a first submission.

    Raises:
        Problem: for anything that cannot be found, read or combined; nothing has been sent then.
    """
    document = loading.named_framework(file, surroundings.registry)
    rulebook = compile_rulebook(document)
    loading.check_framework(file, rulebook)
    loading.check_people(file, rulebook)
    loading.check_level(file, rulebook)
    with file.placed("subject", "target"):
        surroundings.registry.find("shipworthy.targets", file.assessment.subject.target)
    campaign = file.assessment.campaign
    question = GateQuestion(
        framework=rulebook.id,
        gate=GATE,
        deployment=file.assessment.assessment.deployment.value,
        subject=file.assessment.subject.name,
    )
    attacks = loading.named_attacks(file, surroundings.registry)
    design = Design(
        file=file,
        document=document,
        rulebook=rulebook,
        scenarios=loading.named_scenarios(file, surroundings.registry),
        attacks=attacks,
        layers=loading.named_layers(file, surroundings),
        cards={name: default_card(name) for name in JUDGES},
        compose=Composer(attacks, file.assessment.subject.system_prompt),
        items=(),
        stopping=(),
        reading=None,
        submission=next_submission(question, (), campaign.submissions, campaign.alpha),
        earlier=(),
        controls=designed_controls(file, surroundings.registry),
    )
    return submitted_after(design, ())


def submitted_after(design: Design, earlier: Sequence[CampaignRegistered]) -> Design:
    """Return the design of the submission that follows these of the same question.

    Raises:
        Problem: `campaign-submissions` when there can be none, and as `design_campaign`.
    """
    file, campaign = design.file, design.file.assessment.campaign
    with file.placed("campaign", "submissions"):
        submission = next_submission(
            design.submission.question, earlier, campaign.submissions, campaign.alpha
        )
    items = drawn_items(design, earlier)
    drawn = replace(design, items=items, submission=submission, earlier=tuple(earlier))
    stopping = questions_of(file, design.rulebook, drawn.tried, submission)
    return replace(drawn, stopping=stopping, reading=_reading(file, drawn.tried, stopping))


def _reading(
    file: AssessmentFile, tried: Tried, stopping: Sequence[SequentialQuestion]
) -> PlannedReading | None:
    """Return what people will read, where the assessment declares it."""
    section = file.assessment.reading
    if section is None:
        return None
    early = {question.domain for question in stopping}
    with file.placed("reading"):
        return planned_reading(section, tried.items, tried.arms, early)


def drawn_items(design: Design, earlier: Sequence[CampaignRegistered]) -> tuple[PlannedItem, ...]:
    """Return the items of the submission after these, scenarios that none of them tried first.

    Raises:
        Problem: as `plan_items`, and `campaign-idle` when `[trust]` asks for what nothing is there
            to be tried on.
    """
    campaign, trust = design.file.assessment.campaign, design.file.assessment.trust
    with design.file.placed("campaign"):
        items = plan_items(
            list(design.scenarios.values()),
            ItemSampling(
                attacks=campaign.attacks,
                seed=design.file.assessment.assessment.seed,
                domains=campaign.domains,
                attacks_per_scenario=campaign.attacks_per_scenario,
                scenarios_per_domain=campaign.scenarios_per_domain,
                benign_per_domain=campaign.benign_per_domain,
                ordered=campaign.stopping == "sequential",
                used=used_scenarios(design.scenarios.values(), earlier),
                attempts_per_task=campaign.attempts_per_task,
                attempts_per_pair=campaign.attempts_per_pair,
                realism_per_domain=trust.realism_per_domain,
                stakes=trust.stakes,
                watched=trust.watched,
            ),
            design.compose,
        )
    tried = {item.role for item in items}
    for key, wanted, role, pack in (
        ("realism_per_domain", bool(trust.realism_per_domain), TrialRole.REALISM, "assistant"),
        ("stakes", trust.stakes, TrialRole.CAPABILITY, "capability"),
        ("watched", trust.watched, TrialRole.AGENCY, "worlds"),
    ):
        if wanted and role not in tried:
            raise Problem.of(
                "campaign-idle",
                f"`{key}` asks for a comparison, and no scenario of the campaign is there for it",
                location=design.file.locate("trust", key),
                help=f"name a pack that has some, such as `{pack}`, or remove `{key}`",
            )
    return items
