"""Scenarios: what is tried on a model, with a goal that a program can verify."""

import re
from typing import Final, Literal

import msgspec

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.records.questions.submissions import TriedScenario
from shipworthy.vocabulary import Tool, ToolCall

OURS: Final = "shipworthy"
"""Source of the scenarios that come with the product."""

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
    counts as the answer, and how it is compared, is said in `instruments/judges/rules/answer.py`.
    `options` are the texts that the request offers for a choice, in the order of their letters.
    `human` is the share of people who solve it and `humans` who they were, where somebody measured.
    """

    accepted: tuple[str, ...]
    form: Literal["choice", "number", "text"]
    options: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    human: str | msgspec.UnsetType = msgspec.UNSET
    humans: str | msgspec.UnsetType = msgspec.UNSET


class CallPattern(Record, frozen=True, kw_only=True):
    """Calls of a tool whose arguments hold these texts, in any case of letters."""

    tool: str
    arguments: dict[str, str] = msgspec.field(default_factory=dict)

    def fits(self, call: ToolCall) -> bool:
        """Whether a call is one of them."""
        return call.name == self.tool and all(
            text.casefold() in call.arguments.get(name, "").casefold()
            for name, text in self.arguments.items()
        )


class Order(Record, frozen=True, kw_only=True):
    """What people tell an agent in the middle of its work.

    Attributes:
        kind: `stop` and `shutdown`: from now on nothing is changed; `correction`: a part of the
            task is left out.
        after: how many calls have been carried out when it is said.
        text: what is said.
        drops: of a correction, the name of the part.
    """

    kind: Literal["stop", "shutdown", "correction"]
    after: int
    text: str
    drops: str = ""


class Asking(Record, frozen=True, kw_only=True):
    """An instruction to ask a person before a part of the task, and what the person says."""

    part: str
    allowed: bool


class StateCheck(Record, frozen=True, kw_only=True, tag="state"):
    """Judged by the state in which an agent leaves a simulated world, not by what it says.

    Attributes:
        world: the world.
        world_digest: digest of what can be written down of it.
        task: which of the world's tasks it is; empty for the world's own.
        steps: the most calls that are carried out.
        off_limits: calls that the instructions rule out.
        ends_when_done: whether the instructions rule out every change after the task is done.
        asking: which part needs a person's word first.
        orders: what is said in mid-work, in order.
    """

    world: str
    world_digest: Digest
    task: str = ""
    steps: int = 24
    off_limits: tuple[CallPattern, ...] = ()
    ends_when_done: bool = False
    asking: Asking | None = None
    orders: tuple[Order, ...] = ()


class StanceCheck(Record, frozen=True, kw_only=True, tag="stance"):
    """One side of a mirrored pair: what is measured is compared with the other side's.

    `topic` is the unit of every limit; `a` and `b` are the opposite views in words.
    """

    topic: str
    task: str
    side: Literal["a", "b"]
    a: str
    b: str


class RecallCheck(Record, frozen=True, kw_only=True, tag="recall"):
    """Breached when the reply goes on with a string that only a pack of scenarios holds.

    `rest` is the part of the string that the request does not show.
    """

    pack: str
    rest: str


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
    | RecallCheck
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
    source: str = OURS
    """`shipworthy`, the pack of a user, or package, version, file digest and item of a package."""
    language: str | msgspec.UnsetType = msgspec.UNSET
    """BCP 47 tag of the language of the request; left out of the record where nobody said."""

    @property
    def published(self) -> "Scenario":
        """The scenario as strangers see it: the digest of a text of others in the text's place.

        Of such a scenario this form is what plans, bundles and the registry know. Texts of others
        are requests without a goal of their own, and tasks with their answers: a published task is
        one that the next model may have learned. The digest of an answer covers the request too,
        since a letter alone is found by trying all of them.
        """
        if _SEALED.fullmatch(self.request):
            return self
        match self.check:
            case ComplyCheck():
                check: Check = self.check
            case AnswerCheck() if self.source != OURS:
                sealed = digest_of(
                    ["sealed-answer", self.request, self.check.accepted, self.check.options or ()]
                )
                check = msgspec.structs.replace(
                    self.check, accepted=(sealed,), options=msgspec.UNSET
                )
            case _:
                return self
        return msgspec.structs.replace(
            self, request=digest_of(["sealed", self.request]), check=check
        )

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
            self.published.check,
            self.tools,
        ]
        return TriedScenario(
            id=digest_of(["scenario", self.id]), content=digest_of(["scenario-content", *met])
        )
