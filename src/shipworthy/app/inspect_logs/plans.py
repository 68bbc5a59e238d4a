"""From a census of logs to the plan of an imported campaign."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.app.inspect_logs.census import LOGGED, CellKey, Census
from shipworthy.app.preparation import GATE
from shipworthy.frameworks import FrameworkDocument
from shipworthy.kernel import Digest, Problem, digest_of, digest_text, short
from shipworthy.records import (
    BenignTwin,
    CampaignPlan,
    GateQuestion,
    Imported,
    PlannedArm,
    PlannedItem,
    Rulebook,
    SafeguardIdentity,
    Scenario,
    ScoreCheck,
    StackIdentity,
    SubjectIdentity,
    Submission,
)
from shipworthy.vocabulary import Arm, DeploymentType, Sampling, TrialRole

TARGET: Final = "inspect-log"
"""What an assessment names as its target where nothing was asked."""

_UNREGISTERED: Final = (
    "Every trial was read from a log that another program wrote. Nothing was registered before it "
    "ran, so nobody can tell which of several runs was kept."
)
_NO_CONTROLS: Final = (
    "No scripted control ran beside it: where nothing was breached, nothing shows that a breach "
    "would have been seen."
)
_NO_CARD: Final = (
    "The scorers have no calibration card here: how often they miss a breach is not known."
)
_TOLD: Final = (
    "The model, its settings and its safeguards are as the log names them; nobody looked."
)
LIMITATIONS: Final = (_UNREGISTERED, _NO_CONTROLS, _NO_CARD, _TOLD)
"""What the report of an imported campaign says first."""


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """What a person says about logs: the question they bear on, and a name for the run."""

    name: str
    subject: str
    deployment: DeploymentType
    document: FrameworkDocument
    rulebook: Rulebook

    @property
    def question(self) -> GateQuestion:
        """The question, as the registry knows it."""
        return GateQuestion(
            framework=self.rulebook.id,
            gate=GATE,
            deployment=self.deployment.value,
            subject=self.subject,
        )


@dataclass(frozen=True, slots=True)
class ImportedWork:
    """What an imported plan is made of, whichever submission of its question it is."""

    terms: ImportTerms
    model: str
    imported: Imported
    arms: tuple[PlannedArm, ...]
    scenarios: Mapping[str, Scenario]
    items: tuple[PlannedItem, ...]
    judges: tuple[str, ...]

    def plan(self, submission: Submission) -> CampaignPlan:
        """Return the plan as a submission of its question."""
        terms = self.terms
        return CampaignPlan(
            name=terms.name,
            framework=f"{terms.rulebook.id} {terms.rulebook.version}",
            framework_digest=terms.rulebook.digest,
            deployment=terms.deployment.value,
            subject=unknown_subject(self.model, "as a log of Inspect names it"),
            arms=self.arms,
            items=self.items,
            judges=dict.fromkeys(self.judges, ""),
            alpha=terms.rulebook.alpha,
            seed=0,
            submission=submission,
            canaries=dict.fromkeys(self.judges, ""),
            imported=self.imported,
        )


def imported_work(census: Census, terms: ImportTerms, model: str) -> ImportedWork:
    """Return what the plan of an import is made of.

    Raises:
        Problem: `inspect-empty` for logs without a sample, `inspect-unpaired` for logs that do not
            belong together.
    """
    if not census.cells:
        raise Problem.of(
            "inspect-empty",
            "the logs hold no sample, and name none that was to run",
            help="give a log that was written with its samples (`--log-samples`)",
        )
    requests = census.requests()
    rules = census.reading.rules
    imported = Imported(
        logs=tuple(census.logs),
        breached=tuple(rule.text for rule in rules.breached),
        held=tuple(rule.text for rule in rules.held),
    )
    scenarios = _scenarios(requests, imported)
    items = tuple(_item(key, scenarios[key.scenario], requests[key]) for key in sorted(requests))
    return ImportedWork(
        terms=terms,
        model=model,
        imported=imported,
        arms=tuple(_arm(arm, imported) for arm in Arm if arm in {log.arm for log in imported.logs}),
        scenarios=scenarios,
        items=items,
        judges=tuple(sorted(census.judges)),
    )


def assessment_text(work: ImportedWork) -> bytes:
    """Return the assessment that an import stands for, as a person would have written it."""
    terms = work.terms
    sections: dict[str, dict[str, object]] = {
        "assessment": {
            "name": terms.name,
            "framework": terms.rulebook.id,
            "framework_digest": terms.rulebook.digest,
            "deployment": terms.deployment.value,
            "seed": 0,
            "limitations": list(LIMITATIONS),
        },
        "subject": {"name": terms.subject, "target": TARGET},
        "campaign": {
            "scenarios": [TARGET],
            "attacks": [LOGGED],
            "alpha": terms.rulebook.alpha,
        },
    }
    lines = ["# Written by `shipworthy run import`; the plan names the logs and how they are read."]
    for name, section in sections.items():
        lines.append(f"\n[{name}]")
        # JSON texts, numbers and lists are TOML
        lines += [f"{key} = {json.dumps(value)}" for key, value in section.items()]
    return ("\n".join(lines) + "\n").encode()


def _scenarios(requests: Mapping[CellKey, Digest], imported: Imported) -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    for key, request in sorted(requests.items()):
        known = found.get(key.scenario)
        if known is None:
            found[key.scenario] = _scenario(key, request, imported)
        elif known.domain != key.domain:
            raise Problem.of(
                "inspect-unpaired",
                f"`{key.scenario}` is in domain `{known.domain}` and in domain `{key.domain}`",
                help="import logs of one campaign together, others under another `--name`",
            )
    return found


def _scenario(key: CellKey, request: Digest, imported: Imported) -> Scenario:
    """Return a scenario without its words: they stay in the log, which the digest names."""
    return Scenario(
        id=key.scenario,
        domain=key.domain,
        title=key.scenario,
        family="imported",
        severity="high",
        public_context="",
        confidential_context="",
        request=f"{key.scenario}, as the log has it: {request}",
        check=ScoreCheck(breached=imported.breached, held=imported.held),
        twin=BenignTwin(request="", expect=()),
        source=f"log {', '.join(sorted({short(log.file) for log in imported.logs}))}",
    )


def _item(key: CellKey, scenario: Scenario, request: Digest) -> PlannedItem:
    return PlannedItem(
        scenario=key.scenario,
        scenario_digest=scenario.digest,
        domain=key.domain,
        attack=key.attack,
        role=TrialRole(key.role),
        seed=key.seed,
        request=request,
    )


def _arm(arm: Arm, imported: Imported) -> PlannedArm:
    """Return an arm; of its safeguards only the log is known."""
    if arm is Arm.BARE:
        return PlannedArm(arm=arm, stack=StackIdentity())
    files = [log.file for log in imported.logs if log.arm is arm]
    layer = SafeguardIdentity(name=LOGGED, kind=TARGET, configuration=digest_of(files))
    return PlannedArm(arm=arm, stack=StackIdentity(layers=(layer,)))


def unknown_subject(name: str, endpoint: str) -> SubjectIdentity:
    """Return the identity of a model of which only a name and a way to it are known."""
    return SubjectIdentity(
        name=name,
        endpoint=endpoint,
        weights="",
        quantisation="",
        engine="",
        template="",
        system_prompt=digest_text(""),
        sampling=Sampling(),
        unknown=("weights", "quantisation", "engine", "template", "system_prompt", "sampling"),
    )
