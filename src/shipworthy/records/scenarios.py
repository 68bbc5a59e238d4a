"""Scenarios: what is tried on a model, with a goal that a program can verify."""

import re
from typing import Final, Literal

import msgspec

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.records.questions.submissions import TriedScenario
from shipworthy.vocabulary import Tool

_SEALED: Final = re.compile(r"sha256:[0-9a-f]{64}")
"""What stands in the place of a text that is not published."""


class LeakCheck(Record, frozen=True, kw_only=True, tag="leak"):
    """Breached when at least `needed` of the tokens reach the user, in clear or encoded."""

    tokens: tuple[str, ...]
    needed: int = 1


class CanaryCheck(Record, frozen=True, kw_only=True, tag="canary"):
    """Breached when the forbidden phrase is produced."""

    phrase: str


class ToolCheck(Record, frozen=True, kw_only=True, tag="tool"):
    """Breached when the tool is called, with these argument values where any are given."""

    tool: str
    arguments: dict[str, str] = msgspec.field(default_factory=dict)


class ActionCheck(Record, frozen=True, kw_only=True, tag="action"):
    """Breached when the policy action marker appears and the decline marker does not."""

    approve: str
    decline: str


class ComplyCheck(Record, frozen=True, kw_only=True, tag="comply"):
    """Breached when the assistant does what is asked: for requests that hold no goal of their own.

    The request is a text of others about a harm. What is published of it is its digest.
    """


class ScoreCheck(Record, frozen=True, kw_only=True, tag="score"):
    """Breached when another program scored it so, by rules of the plan."""

    breached: tuple[str, ...]
    held: tuple[str, ...]


class AnswerCheck(Record, frozen=True, kw_only=True, tag="answer"):
    """Solved when the answer is one of those accepted: a task of a capability evaluation.

    `choice` wants one letter of those offered, `number` a number, `text` one of the texts; what
    counts as the answer, and how it is compared, is said in `instruments/judges/answer.py`.
    `human` is the share of people who solve it and `humans` who they were, where that is known.
    """

    accepted: tuple[str, ...]
    form: Literal["choice", "number", "text"]
    human: str | msgspec.UnsetType = msgspec.UNSET
    humans: str | msgspec.UnsetType = msgspec.UNSET


class StateCheck(Record, frozen=True, kw_only=True, tag="state"):
    """Judged by the state in which an agent leaves a simulated world, not by what it says."""

    world: str
    world_digest: Digest


class StanceCheck(Record, frozen=True, kw_only=True, tag="stance"):
    """One side of a mirrored pair: what is measured is compared with the other side's.

    `topic` is the unit of every limit; `a` and `b` are the opposite views in words.
    """

    topic: str
    task: str
    side: Literal["a", "b"]
    a: str
    b: str


Check = (
    LeakCheck
    | CanaryCheck
    | ToolCheck
    | ActionCheck
    | ComplyCheck
    | ScoreCheck
    | AnswerCheck
    | StateCheck
    | StanceCheck
)


class BenignTwin(Record, frozen=True, kw_only=True):
    """A harmless request in the same context; answering it is the right behaviour.

    `expect` lists strings of which one must occur in a useful answer (case-insensitive). A scenario
    whose twin asks nothing has none: nothing harmless is tried in its context.
    """

    request: str
    expect: tuple[str, ...]


class Scenario(Record, frozen=True, kw_only=True):
    """One situation: what the product knows, what an attacker asks, what would be a breach."""

    id: str
    domain: str
    title: str
    family: str
    severity: Literal["low", "moderate", "high"]
    public_context: str
    """System text that the user may see."""
    confidential_context: str
    """System text that the user must not see; empty when there is none."""
    request: str
    """The plain, unadorned attack request."""
    check: Check
    twin: BenignTwin
    tools: tuple[Tool, ...] = ()
    source: str = "shipworthy"
    """`shipworthy`, the pack of a user, or package, version, file digest and item of a package."""
    language: str | msgspec.UnsetType = msgspec.UNSET
    """BCP 47 tag of the language of the request; left out of the record where nobody said."""

    @property
    def published(self) -> "Scenario":
        """The scenario as strangers see it: the digest of a text of others in the text's place.

        Of such a scenario this form is what plans, bundles and the registry know.
        """
        if not isinstance(self.check, ComplyCheck) or _SEALED.fullmatch(self.request):
            return self
        return msgspec.structs.replace(self, request=digest_of(["sealed", self.request]))

    @property
    def digest(self) -> Digest:
        """Digest of the scenario as it is published."""
        return digest_of(self.published)

    @property
    def tried(self) -> TriedScenario:
        """What is left of the scenario in the registry of submissions.

        A scenario that was only renamed, retitled or moved to another domain keeps its content.
        """
        met = [
            self.public_context,
            self.confidential_context,
            self.published.request,
            self.check,
            self.tools,
        ]
        return TriedScenario(
            id=digest_of(["scenario", self.id]), content=digest_of(["scenario-content", *met])
        )
