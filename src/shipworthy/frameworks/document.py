"""A framework as a document that runs: its sources, clauses, definitions, rules and governance.

`spec/language.md` gives the file format and what every key means.
"""

from typing import Final, Literal, get_args

from shipworthy.kernel import Digest, Record
from shipworthy.records import (
    Condition,
    Field,
    Hedge,
    OwnDefinitions,
    Rule,
    ThreatModel,
    ThreatScenario,
)

Category = Literal["EC1", "EC2", "EC3", "EC4", "EC5", "EC6", "G", "S", "M"]
"""EC1 scope of evaluation, EC2 trigger and threshold, EC3 method, EC4 third parties, EC5
disclosure, EC6 consequence of a result; G governance, S security, M mitigation."""

Modality = Literal["must", "aim", "may", "recommend"]
"""`must` covers will, commit and practices stated in the present tense; `aim` covers intend and
expect; `may` covers could and consider."""

Provenance = Literal["primary", "secondary", "memory", "derived", "unstated"]
"""How the encoder knows a clause: read in the source, in an account of it, remembered, inferred."""

Concern = Literal[
    "capability",
    "residual",
    "propensity",
    "safeguard",
    "security",
    "evaluation",
    "governance",
    "disclosure",
    "context",
]
"""What a field is about; `residual` is risk after safeguards, `context` everything else."""

Standing = Literal["present", "hedged", "absent", "unstated"]
"""Whether a source has an element; `unstated` when the encoder has not looked."""

CATEGORIES: tuple[str, ...] = get_args(Category)
MODALITIES: tuple[str, ...] = get_args(Modality)
PROVENANCES: tuple[str, ...] = get_args(Provenance)
CONCERNS: tuple[str, ...] = get_args(Concern)
STANDINGS: tuple[str, ...] = get_args(Standing)


class Source(Record, frozen=True, kw_only=True):
    """A text that the framework encodes. `digest` and `retrieved` may plainly be `unknown`.

    `standing` says where the encoded facts come from and how sure they are.
    """

    id: str
    title: str
    digest: str
    location: str
    retrieved: str
    standing: str


class Clause(Record, frozen=True, kw_only=True):
    """One commitment of a source, in our words.

    `anchor` is a phrase of fewer than 15 words that finds the place in the source. A clause that
    no rule executes says why in `not_executable`.

    Attributes:
        hedges: phrases that soften the clause, as the source has them.
        topics: rows of the matrix that it belongs to (`taxonomy.TOPICS`).
        domains: risk domains that it speaks of (`taxonomy.DOMAINS`).
        level: the native risk or capability level that it speaks of, when it speaks of one.
        standard: the causal standard by which that level is entered ("uniquely enables").
        deadline: a date, period or event by which the duty is done; empty when there is none.
        contradicts: clauses of the same source that cannot hold beside this one.
    """

    id: str
    source: str
    section: str
    anchor: str
    paraphrase: str
    modality: Modality
    actor: str
    category: Category
    hedges: tuple[str, ...]
    rationale: str
    not_executable: str
    provenance: Provenance = "unstated"
    topics: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    level: str = ""
    standard: str = ""
    deadline: str = ""
    contradicts: tuple[str, ...] = ()

    @property
    def executable(self) -> bool:
        """Whether some rule or definition carries the clause out."""
        return not self.not_executable


class DeclaredHedge(Record, frozen=True, kw_only=True):
    """A hedge with what bounds it: conditions of the source without which it may not be used."""

    hedge: Hedge
    about: str
    bounded_by: str


class Term(Record, frozen=True, kw_only=True):
    """A word of the source on which something turns; `definition` is empty where it has none.

    `rests_on` names further terms that the definition itself uses.
    """

    id: str
    phrase: str
    definition: str
    rests_on: tuple[str, ...]


class DomainCoverage(Record, frozen=True, kw_only=True):
    """What the source does with a risk domain."""

    domain: str
    standing: Literal["threshold", "tracked", "mentioned", "excluded"]
    clauses: tuple[str, ...]
    reason: str


class EvaluationMethod(Record, frozen=True, kw_only=True):
    """A way in which fields are measured: when, with which elicitation, how often.

    `elicitation` and `cadence` are empty where the source says nothing.
    """

    id: str
    about: str
    phase: Literal["before", "after", "deployed", "before-and-after", "unstated"]
    elicitation: str
    cadence: str
    clauses: tuple[str, ...]


class DeclaredScenario(Record, frozen=True, kw_only=True):
    """A threat scenario with how it is evaluated, and what the source says of the threat."""

    scenario: ThreatScenario
    evaluations: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    threat: ThreatModel | None = None


class RiskOutcome(Record, frozen=True, kw_only=True):
    """An outcome that the framework is there to prevent, and the scenarios that lead to it."""

    id: str
    about: str
    scenarios: tuple[DeclaredScenario, ...]
    domains: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


class ModelScope(Record, frozen=True, kw_only=True):
    """Which models the rules are for: the compiler adds the condition to every rule."""

    when: Condition
    clauses: tuple[str, ...]


class DeclaredField(Record, frozen=True, kw_only=True):
    """A field with what it means to people.

    Attributes:
        concerns: what it is about; empty when not said.
        domains: risk domains (`taxonomy.DOMAINS`).
        measured_by: ids of evaluation methods that yield it.
        baseline: what uplift is compared with; empty where not said or not an uplift.
    """

    field: Field
    about: str
    concerns: Concern | Literal[""] = ""
    domains: tuple[str, ...] = ()
    measured_by: tuple[str, ...] = ()
    baseline: str = ""


class DeclaredRule(Record, frozen=True, kw_only=True):
    """A rule with its title; `bound_unstated` are requirements whose number has no stated bound."""

    rule: Rule
    title: str
    bound_unstated: tuple[str, ...] = ()


class Ladder(Record, frozen=True, kw_only=True):
    """The decision levels of a gate, most restrictive first, and the level that means go."""

    gate: Literal["deploy", "develop"]
    levels: tuple[str, ...]
    go: str


class Role(Record, frozen=True, kw_only=True):
    """An office, and what its holder answers for.

    `named` says whether the source names the office ("Chief AI Officer") or only describes some
    body ("an appropriate governance function").
    """

    id: str
    duty: str
    named: bool = True


class DecisionRight(Record, frozen=True, kw_only=True):
    """What one clause says about who decides: all of the roles together, or any of them."""

    clause: str
    roles: tuple[str, ...]
    mode: Literal["all", "any"]


class GovernanceElement(Record, frozen=True, kw_only=True):
    """Whether the source has an element of risk governance (`taxonomy.GOVERNANCE_ELEMENTS`)."""

    element: str
    standing: Standing
    clauses: tuple[str, ...]
    note: str


class Amendment(Record, frozen=True, kw_only=True):
    """How the framework is changed.

    Attributes:
        text: the rule in our words.
        stricter: roles that approve a change that was proved equivalent or stricter.
        looser: roles that approve any other change; empty where the source sets no rule.
        notice_days: days between publication and effect of a looser change.
        enumerate_looser: whether what is loosened has to be listed.
        review_months: longest time between reviews; 0 where the source sets none.
        change_log: whether changes are listed.
        justification: whether they are justified.
    """

    text: str
    stricter: tuple[str, ...] = ()
    looser: tuple[str, ...] = ()
    notice_days: int = 0
    enumerate_looser: bool = False
    review_months: int = 0
    change_log: Standing = "unstated"
    justification: Standing = "unstated"


class Governance(Record, frozen=True, kw_only=True):
    """Who decides: the roles, those that must all sign, and how the framework is changed."""

    roles: tuple[Role, ...]
    quorum: tuple[str, ...]
    amendment: Amendment
    notes: tuple[str, ...]
    decides: tuple[DecisionRight, ...] = ()
    elements: tuple[GovernanceElement, ...] = ()


OLDER: Final = "old:"
"""Prefix, in an announced change, of a clause id of the document that this one replaces."""


class AnnouncedChange(Record, frozen=True, kw_only=True):
    """One entry of the publisher's own change log, in our words, with the clauses that it is about.

    `since` is the version against which the publisher states the change.
    """

    since: str
    about: str
    clauses: tuple[str, ...]


class LintExemption(Record, frozen=True, kw_only=True):
    """A lint rule that does not apply here, and why; `at` narrows it to one thing by id."""

    rule: str
    at: str
    reason: str


class FrameworkDocument(Record, frozen=True, kw_only=True):
    """A framework that was read without a fault. Dates are ISO 8601; empty where open-ended.

    `summary` has for a topic a phrase that fits a table cell.
    """

    id: str
    title: str
    publisher: str
    version: str
    in_force_from: str
    review_by: str
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    clauses: tuple[Clause, ...]
    deployments: tuple[str, ...]
    alpha: str
    ladders: tuple[Ladder, ...]
    fields: tuple[DeclaredField, ...]
    rules: tuple[DeclaredRule, ...]
    governance: Governance
    digest: Digest
    """Digest of the file, or of the names and digests of the files of a folder."""
    in_force_until: str = ""
    supersedes: str = ""
    hedges: tuple[DeclaredHedge, ...] = ()
    terms: tuple[Term, ...] = ()
    coverage: tuple[DomainCoverage, ...] = ()
    evaluations: tuple[EvaluationMethod, ...] = ()
    scope: ModelScope | None = None
    outcomes: tuple[RiskOutcome, ...] = ()
    summary: dict[str, str] = {}  # noqa: RUF012 - msgspec copies the default for each instance
    announced: tuple[AnnouncedChange, ...] = ()
    announced_completely: bool = False
    """Whether `announced` holds the publisher's whole change log: only then is silence silence."""
    own_definitions: OwnDefinitions | None = None
    """Levels that an assessor defined where the framework leaves them to judgement."""
    exemptions: tuple[LintExemption, ...] = ()

    @property
    def reference(self) -> str:
        """Id and version, as people cite it."""
        return f"{self.id} {self.version}"
