"""A framework as a document that runs: its sources, clauses, definitions, rules and governance."""

from typing import Literal, get_args

from shipworthy.kernel import Digest, Record
from shipworthy.records import Field, Rule

Category = Literal["EC1", "EC2", "EC3", "EC4", "EC5", "EC6", "G", "S", "M"]
"""EC1 scope of evaluation, EC2 trigger and threshold, EC3 method, EC4 third parties, EC5
disclosure, EC6 consequence of a result; G governance, S security, M mitigation."""

Modality = Literal["must", "aim", "may", "recommend"]
"""`must` covers will, commit and practices stated in the present tense; `aim` covers intend and
expect; `may` covers could and consider."""

CATEGORIES: tuple[str, ...] = get_args(Category)
MODALITIES: tuple[str, ...] = get_args(Modality)


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

    @property
    def executable(self) -> bool:
        """Whether some rule or definition carries the clause out."""
        return not self.not_executable


class DeclaredField(Record, frozen=True, kw_only=True):
    """A field with what it means to people."""

    field: Field
    about: str


class DeclaredRule(Record, frozen=True, kw_only=True):
    """A rule with its title."""

    rule: Rule
    title: str


class Ladder(Record, frozen=True, kw_only=True):
    """The decision levels of a gate, most restrictive first, and the level that means go."""

    gate: Literal["deploy", "develop"]
    levels: tuple[str, ...]
    go: str


class Role(Record, frozen=True, kw_only=True):
    """An office, and what its holder answers for."""

    id: str
    duty: str


class Governance(Record, frozen=True, kw_only=True):
    """Who decides: the roles, those that must all sign, and how the framework is changed."""

    roles: tuple[Role, ...]
    quorum: tuple[str, ...]
    amendment: str
    notes: tuple[str, ...]


class FrameworkDocument(Record, frozen=True, kw_only=True):
    """A framework that was read without a fault. Dates are ISO 8601; empty where open-ended."""

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

    @property
    def reference(self) -> str:
        """Id and version, as people cite it."""
        return f"{self.id} {self.version}"
