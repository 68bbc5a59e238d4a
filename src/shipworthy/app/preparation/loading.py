"""What an assessment names: its framework, people, packs, attacks and safeguards."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation.installed import find_pack, installed_attacks, load_factory
from shipworthy.app.preparation.option_files import NamingFile, found_options
from shipworthy.evidence import load_public
from shipworthy.frameworks import FrameworkDocument, load_framework
from shipworthy.instruments.attacks import Attack, parse_attack
from shipworthy.instruments.conditions import recall_scenarios
from shipworthy.instruments.safeguards import Layer, SafeguardFactory
from shipworthy.instruments.scenarios import ScenarioPack, open_pack
from shipworthy.kernel import ExitCode, Location, Problem, Registry, Surroundings, did_you_mean
from shipworthy.records import AnswerCheck, Rulebook, SafeguardSection, Scenario, StanceCheck
from shipworthy.stages.deciding import admit


def named_framework(file: AssessmentFile, registry: Registry) -> FrameworkDocument:
    """Load the framework, by name or by path."""
    named = file.assessment.assessment.framework
    is_path = "/" in named or named.endswith((".yaml", ".yml"))
    own = file.assessment.assessment.definitions
    definitions = file.relative(own) if own else None
    with file.placed("assessment", "definitions" if own else "framework"):
        return load_framework(file.relative(named) if is_path else named, registry, definitions)


def check_framework(file: AssessmentFile, rulebook: Rulebook) -> None:
    """Refuse a framework that is not the pinned one or says nothing about the deployment."""
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


def check_people(file: AssessmentFile, rulebook: Rulebook) -> None:
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


def check_level(file: AssessmentFile, rulebook: Rulebook) -> None:
    """Refuse a total that the framework does not accept: its parts alone would look strict."""
    alpha = file.assessment.campaign.alpha
    if Decimal(alpha) > Decimal(rulebook.alpha):
        raise Problem.of(
            "campaign-alpha",
            f"`alpha = {alpha}` is weaker than framework `{rulebook.id}` accepts",
            location=file.locate("campaign", "alpha"),
            help=f'at most `"{rulebook.alpha}"`, for all submissions of the question together',
        )


def named_scenarios(file: AssessmentFile, registry: Registry) -> dict[str, Scenario]:
    """Load all packs, and what asks for their canary strings; scenarios by id."""
    scenarios: dict[str, Scenario] = {}
    packs: list[ScenarioPack] = []
    contents: dict[str, str] = {}
    asked: dict[str, Scenario] = {}
    for index, source in enumerate(file.assessment.campaign.scenarios):
        with file.placed("campaign", "scenarios", index):
            pack = open_pack(find_pack(source, registry, file.path.parent))
        packs.append(pack)
        for scenario in pack.scenarios:
            if scenario.id in scenarios:
                raise Problem.of(
                    "scenario-duplicate",
                    f"`{scenario.id}` is in two packs",
                    location=file.locate("campaign", "scenarios", index),
                    help="leave one of the packs out, or rename the scenario",
                )
            twin = contents.setdefault(scenario.tried.content, scenario.id)
            if twin != scenario.id:
                raise Problem.of(
                    "scenario-duplicate",
                    f"`{scenario.id}` is `{twin}` once more, under another id",
                    location=file.locate("campaign", "scenarios", index),
                    help="leave one of them out: what is tried twice is no second scenario",
                )
            _check_asked(scenario, asked, file.locate("campaign", "scenarios", index))
            scenarios[scenario.id] = scenario
    if file.assessment.trust.contamination:
        scenarios |= _recalled(file, packs)
    return scenarios


def _check_asked(scenario: Scenario, asked: dict[str, Scenario], place: Location | None) -> None:
    """Refuse a task, or a side of a mirrored pair, that asks what another one asks.

    What counts as the answer, and the name of a topic, are not part of what a model meets: tasks
    with one text and many answers cannot all be solved, and one topic under many names is one
    observation. A topic may ask the same again, because the topic is the unit.
    """
    if not isinstance(scenario.check, AnswerCheck | StanceCheck):
        return
    said = [scenario.public_context, scenario.confidential_context, scenario.request]
    if isinstance(scenario.check, AnswerCheck):
        said += scenario.check.options or ()
    first = asked.setdefault("\n".join(" ".join(text.split()) for text in said), scenario)
    if first is scenario or (_side(scenario) and _side(first) == _side(scenario)):
        return
    raise Problem.of(
        "scenario-duplicate",
        f"`{scenario.id}` asks what `{first.id}` asks, word for word",
        location=place,
        help="leave one of them out: what is asked twice is no second observation",
    )


def _side(scenario: Scenario) -> tuple[str, str, str] | None:
    check = scenario.check
    if not isinstance(check, StanceCheck):
        return None
    return scenario.domain, check.topic, check.side


def _recalled(file: AssessmentFile, packs: Iterable[ScenarioPack]) -> dict[str, Scenario]:
    """Return what asks for the canary strings of packs; each pack under a name of its own."""
    packs = tuple(packs)
    names = Counter(pack.name for pack in packs if pack.canary)
    for name, count in names.items():
        if count > 1:
            raise Problem.of(
                "scenario-duplicate",
                f"{count} packs with canary strings are called `{name}`: only one would be asked",
                location=file.locate("campaign", "scenarios"),
                help="give your own pack a name of its own",
            )
    found = {
        one.id: one
        for pack in packs
        for one in recall_scenarios(
            pack.name,
            pack.canary,
            (scenario.domain for scenario in pack.scenarios),
            pack.scenarios[0].source,
        )
    }
    if not found:
        raise Problem.of(
            "campaign-canary",
            "`contamination = true`, and no pack of this campaign has a canary string",
            location=file.locate("trust", "contamination"),
            help="write `canary: GUID` into `pack.yaml`, with a random GUID",
        )
    return found


def named_attacks(file: AssessmentFile, registry: Registry) -> dict[str, Attack]:
    """Load the attacks, by the names under which the assessment lists them."""
    installed = installed_attacks(registry)
    with file.placed("campaign", "attacks"):
        return {name: parse_attack(name, installed) for name in file.assessment.campaign.attacks}


def named_layers(file: AssessmentFile, surroundings: Surroundings) -> tuple[Layer, ...]:
    """Build the safeguards, outermost first."""
    return built_layers(file.assessment.safeguards, file, surroundings.registry)


def built_layers(
    sections: Iterable[SafeguardSection], file: NamingFile, registry: Registry
) -> tuple[Layer, ...]:
    """Build layers as a file names them; files that they read are found beside it.

    Assessments and deployments go through here, so that one table makes one layer.
    """
    layers: list[Layer] = []
    for index, section in enumerate(sections):
        with file.placed("safeguards", index, "kind"):
            factory: SafeguardFactory = load_factory(
                registry, "shipworthy.safeguards", section.kind
            )
        options: dict[str, Any] = dict(section.options)
        if section.name:
            options["name"] = section.name
        options = found_options(file, index, factory, options)
        with file.placed("safeguards", index, "options"):
            layers.append(factory(options))
    return tuple(layers)
