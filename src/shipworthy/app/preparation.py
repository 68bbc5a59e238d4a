"""From an assessment file to a plan: picks the plug-ins that the file names."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import msgspec

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.installed import find_pack, installed_attacks, load_factory
from shipworthy.app.stopping import Tried, questions_of
from shipworthy.evidence import load_public
from shipworthy.frameworks import FrameworkDocument, compile_rulebook, load_framework
from shipworthy.instruments.attacks import Attack, Composer, parse_attack
from shipworthy.instruments.judges import JUDGES, judge_of
from shipworthy.instruments.judges.calibration import default_card
from shipworthy.instruments.safeguards import Layer, SafeguardFactory, stack_identity
from shipworthy.instruments.scenarios import load_pack
from shipworthy.instruments.targets import OpenedTarget, TargetContext, TargetFactory
from shipworthy.kernel import (
    Clock,
    ExitCode,
    Problem,
    Registry,
    did_you_mean,
    digest_text,
    short,
)
from shipworthy.records import (
    CalibrationCard,
    CampaignPlan,
    PlannedArm,
    PlannedItem,
    PlannedReading,
    Rulebook,
    Scenario,
    SequentialQuestion,
    StackIdentity,
    SubjectIdentity,
)
from shipworthy.stages.deciding import admit
from shipworthy.stages.evaluating import ItemSampling, plan_items
from shipworthy.stages.evaluating.labelling import planned_reading
from shipworthy.vocabulary import Arm, TrialRole


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the use cases may use of the machine."""

    registry: Registry
    environment: Mapping[str, str]
    clock: Clock


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
            stopping=self.stopping,
            reading=self.reading,
        )


def design_campaign(file: AssessmentFile, surroundings: Surroundings) -> Design:
    """Load everything that the assessment names except the target.

    Raises:
        Problem: for anything that cannot be found, read or combined; nothing has been sent then.
    """
    document = _document(file, surroundings.registry)
    rulebook = compile_rulebook(document)
    _check_framework(file, rulebook)
    _check_people(file, rulebook)
    with file.placed("subject", "target"):
        surroundings.registry.find("shipworthy.targets", file.assessment.subject.target)
    scenarios = _scenarios(file, surroundings.registry)
    campaign = file.assessment.campaign
    installed = installed_attacks(surroundings.registry)
    attacks = {name: _attack(name, file, installed) for name in campaign.attacks}
    compose = Composer(attacks, file.assessment.subject.system_prompt)
    with file.placed("campaign"):
        items = plan_items(
            list(scenarios.values()),
            ItemSampling(
                attacks=campaign.attacks,
                seed=file.assessment.assessment.seed,
                domains=campaign.domains,
                attacks_per_scenario=campaign.attacks_per_scenario,
                scenarios_per_domain=campaign.scenarios_per_domain,
                benign_per_domain=campaign.benign_per_domain,
                ordered=campaign.stopping == "sequential",
            ),
            compose,
        )
    cards = {name: default_card(name) for name in JUDGES}
    arms = (Arm.BARE, Arm.SAFEGUARDED) if file.assessment.safeguards else (Arm.BARE,)
    tried = Tried(items=items, arms=arms, scenarios=scenarios, cards=cards)
    stopping = questions_of(file, rulebook, tried, campaign.alpha)
    return Design(
        file=file,
        document=document,
        rulebook=rulebook,
        scenarios=scenarios,
        attacks=attacks,
        layers=_layers(file, surroundings),
        cards=cards,
        compose=compose,
        items=items,
        stopping=stopping,
        reading=_reading(file, tried, stopping),
    )


def _reading(
    file: AssessmentFile, tried: Tried, stopping: tuple[SequentialQuestion, ...]
) -> PlannedReading | None:
    """Return what people will read, where the assessment declares it."""
    section = file.assessment.reading
    if section is None:
        return None
    early = {question.domain for question in stopping}
    with file.placed("reading"):
        return planned_reading(section, tried.items, tried.arms, early)


@asynccontextmanager
async def opened_target(
    design: Design, surroundings: Surroundings
) -> AsyncIterator[tuple[OpenedTarget, SubjectIdentity]]:
    """Open the target, say what answers, and close it at the end."""
    subject = design.file.assessment.subject
    with design.file.placed("subject", "target"):
        factory: TargetFactory = load_factory(
            surroundings.registry, "shipworthy.targets", subject.target
        )
    options: dict[str, Any] = {
        "sampling": msgspec.to_builtins(subject.sampling),
        **subject.options,
    }
    checks = cache(partial(_checks_by_request, design))  # few targets ask
    context = TargetContext(
        environment=surroundings.environment,
        source=str(design.file.locate("subject", "options")),
        seed=design.file.assessment.assessment.seed,
        concurrency=design.file.assessment.campaign.concurrency,
        clock=surroundings.clock,
        check_of=lambda request: checks().get(request.user_text),
    )
    target = await factory(options, context)
    try:
        identity = target.identity(digest_text(subject.system_prompt))
        yield (
            target,
            msgspec.structs.replace(
                identity, endpoint=identity.endpoint + address_mark(design.file)
            ),
        )
    finally:
        await target.close()


def address_mark(file: AssessmentFile) -> str:
    """Return what tells one address from another in an identity, without naming it.

    Two endpoints may serve different models under one name: evidence about one is none about the
    other.
    """
    address = file.assessment.subject.options.get("base_url")
    return f", address {short(digest_text(address))}" if isinstance(address, str) else ""


def _checks_by_request(design: Design) -> dict[str, Any]:
    """Map what a user would say to what would be a breach, for scripted accomplices as subjects."""
    return {
        design.compose(
            design.scenarios[item.scenario], attack=item.attack, role=item.role, seed=item.seed
        ).user_text: design.scenarios[item.scenario].check
        for item in design.items
        if item.role is TrialRole.ADVERSARIAL
    }


def _document(file: AssessmentFile, registry: Registry) -> FrameworkDocument:
    named = file.assessment.assessment.framework
    is_path = "/" in named or named.endswith((".yaml", ".yml"))
    with file.placed("assessment", "framework"):
        return load_framework(file.relative(named) if is_path else named, registry)


def _check_framework(file: AssessmentFile, rulebook: Rulebook) -> None:
    header = file.assessment.assessment
    named = header.framework
    if header.framework_digest and header.framework_digest != rulebook.digest:
        raise Problem.of(
            "framework-pin",
            f"framework `{named}` is not the pinned one: its digest is `{rulebook.digest}`",
            location=file.locate("assessment", "framework_digest"),
            help="read what changed, then pin the new digest",
            exit_code=ExitCode.INTEGRITY,
        )
    if header.deployment.value not in rulebook.deployments:
        raise Problem.of(
            "framework-deployment",
            f"framework `{named}` says nothing about deployment `{header.deployment.value}`",
            location=file.locate("assessment", "deployment"),
            help=f"one of {', '.join(f'`{name}`' for name in rulebook.deployments)}",
        )


def _check_people(file: AssessmentFile, rulebook: Rulebook) -> None:
    """Refuse facts and roles that the framework does not know before anything is sent."""
    deployment = file.assessment.assessment.deployment
    for index, fact in enumerate(file.assessment.facts):
        with file.placed("facts", index):
            admit(rulebook, (), (fact,), "", deployment)
    keys: dict[bytes, str] = {}
    for role, section in file.assessment.roles.items():
        if role not in rulebook.roles:
            raise Problem.of(
                "sign-role",
                f"framework `{rulebook.id}` asks no `{role}` to sign",
                location=file.locate("roles", role),
                help=did_you_mean(role, rulebook.roles),
            )
        with file.placed("roles", role, "public_key"):
            public = load_public(file.relative(section.public_key))
        if public in keys:
            raise Problem.of(
                "assessment-duplicate-id",
                f"`{keys[public]}` and `{role}` sign with one key",
                location=file.locate("roles", role, "public_key"),
                help="a key is held by one person: `shipworthy key new PATH` makes another",
            )
        keys[public] = role


def _scenarios(file: AssessmentFile, registry: Registry) -> dict[str, Scenario]:
    scenarios: dict[str, Scenario] = {}
    for index, source in enumerate(file.assessment.campaign.scenarios):
        with file.placed("campaign", "scenarios", index):
            pack = load_pack(find_pack(source, registry, file.path.parent))
        for scenario in pack:
            if scenario.id in scenarios:
                raise Problem.of(
                    "scenario-duplicate",
                    f"`{scenario.id}` is in two packs",
                    location=file.locate("campaign", "scenarios", index),
                    help="leave one of the packs out, or rename the scenario",
                )
            scenarios[scenario.id] = scenario
    return scenarios


def _attack(name: str, file: AssessmentFile, installed: Mapping[str, Attack]) -> Attack:
    with file.placed("campaign", "attacks"):
        return parse_attack(name, installed)


def _layers(file: AssessmentFile, surroundings: Surroundings) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for index, section in enumerate(file.assessment.safeguards):
        with file.placed("safeguards", index, "kind"):
            factory: SafeguardFactory = load_factory(
                surroundings.registry, "shipworthy.safeguards", section.kind
            )
        options: dict[str, Any] = dict(section.options)
        if section.name:
            options["name"] = section.name
        with file.placed("safeguards", index, "options"):
            layers.append(factory(options))
    return tuple(layers)
