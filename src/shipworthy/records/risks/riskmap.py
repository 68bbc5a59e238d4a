"""The risk map: each threat scenario of a framework, and what is there to say about it."""

from typing import Literal

from shipworthy.kernel import Digest, Record
from shipworthy.records.risks.threats import ThreatModel
from shipworthy.vocabulary import DeploymentType


class Gap(Record, frozen=True, kw_only=True):
    """Something that is missing, in a sentence.

    `evidence`: nothing speaks to a field. `elicitation`: nobody sought an ability as hard as is
    due. `threat-model`: there is none. `barrier`: one may fall. The others are of the whole map.
    """

    kind: Literal[
        "evidence", "elicitation", "threat-model", "barrier", "scenarios", "model-card", "reference"
    ]
    words: str


class MappedEvidence(Record, frozen=True, kw_only=True):
    """A field that speaks to a scenario, and where its evidence comes from.

    `source` is `campaign` for a rate that is measured, `fact` for what a person stated, `missing`
    for neither; `what` says it in a phrase. `elicitation` is what was done to get the ability out
    of the model, as far as an evaluation says so.
    """

    field: str
    source: Literal["campaign", "fact", "missing"]
    what: str
    elicitation: tuple[str, ...] = ()


class MappedScenario(Record, frozen=True, kw_only=True):
    """A threat scenario in this case.

    `matters` is three-valued, and `why` says on what it rests. `methods` are the evaluations that
    the framework names. `gaps` are what is missing, each in a sentence.
    """

    scenario: str
    outcome: str
    about: str
    feared: str
    domains: tuple[str, ...]
    clauses: tuple[str, ...]
    matters: Literal["true", "false", "unknown"]
    why: str
    evidence: tuple[MappedEvidence, ...]
    methods: tuple[str, ...]
    threat: ThreatModel | None
    gaps: tuple[Gap, ...]

    @property
    def mapped(self) -> bool:
        """Whether there is, or will be, evidence for each of its fields."""
        return all(one.source != "missing" for one in self.evidence)

    @property
    def open(self) -> bool:
        """Whether it may matter and is not mapped: it stands against a go."""
        return self.matters != "false" and not self.mapped


class RiskMap(Record, frozen=True, kw_only=True):
    """What could go wrong in one deployment, by the framework, and what speaks to it.

    `elicitation` is what the deployment makes due. `beyond` are risk domains that the framework
    names without a threshold, each with how. `gaps` are those of no single scenario.
    """

    framework: str
    rulebook: Digest
    deployment: DeploymentType
    elicitation: tuple[str, ...]
    scenarios: tuple[MappedScenario, ...]
    beyond: tuple[str, ...]
    model_card: str
    reference_class: tuple[str, ...]
    gaps: tuple[Gap, ...]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Scenarios that stand against a go."""
        return tuple(one.scenario for one in self.scenarios if one.open)
