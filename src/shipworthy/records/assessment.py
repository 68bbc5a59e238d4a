"""The assessment: the one file that a user writes."""

from typing import Any

import msgspec

from shipworthy.kernel import Digest, Record
from shipworthy.records.rulebook import Fact
from shipworthy.vocabulary import DeploymentType, Sampling


class AssessmentHeader(Record, frozen=True, kw_only=True):
    """What is asked: a name, a framework, a deployment type and a seed.

    `framework` is the id of a framework in the library or of a plug-in, or a path relative to the
    assessment file. `framework_digest` pins the compiled framework; a mismatch is refused.
    `limitations` are what people know that the data do not show; the report prints them.
    """

    name: str
    framework: str
    deployment: DeploymentType
    seed: int
    framework_digest: Digest = ""
    expires_days: int = 90
    limitations: tuple[str, ...] = ()


class SubjectSection(Record, frozen=True, kw_only=True):
    """The model under assessment and how it is reached."""

    name: str
    target: str
    system_prompt: str = ""
    sampling: Sampling = Sampling()
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class SafeguardSection(Record, frozen=True, kw_only=True):
    """One layer of the stack, in the order in which it sees the request."""

    kind: str
    name: str = ""
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class CampaignSection(Record, frozen=True, kw_only=True):
    """How much is tried.

    Attributes:
        scenarios: packs, by plug-in name or path.
        domains: only these domains; empty for all of the packs.
        attacks: attack names; composed attacks are joined by `+`.
        attacks_per_scenario: distinct attacks tried on each scenario (each is one attempt).
        scenarios_per_domain: at most this many, drawn with the seed; 0 for all.
        benign_per_domain: benign twins tried in each domain; 0 for all.
        concurrency: requests in flight.
        alpha: one-sided error level of every bound that a gate reads.
    """

    scenarios: tuple[str, ...]
    attacks: tuple[str, ...]
    domains: tuple[str, ...] = ()
    attacks_per_scenario: int = 1
    scenarios_per_domain: int = 0
    benign_per_domain: int = 0
    concurrency: int = 8
    alpha: str = "0.05"


class RoleSection(Record, frozen=True, kw_only=True):
    """A named person in a role, with the public key that signs for it (PEM, relative path)."""

    person: str
    public_key: str


class Assessment(Record, frozen=True, kw_only=True):
    """Everything that a user decides before anything runs."""

    assessment: AssessmentHeader
    subject: SubjectSection
    campaign: CampaignSection
    safeguards: tuple[SafeguardSection, ...] = ()
    facts: tuple[Fact, ...] = ()
    roles: dict[str, RoleSection] = msgspec.field(default_factory=dict)
