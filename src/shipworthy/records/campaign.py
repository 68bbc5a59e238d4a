"""A campaign: a plan that is registered before the first request, and its trials."""

from typing import Protocol

import msgspec

from shipworthy.kernel import Digest, Record, derive_id, digest_of
from shipworthy.records.identity import ExternalTask, Imported, StackIdentity, SubjectIdentity
from shipworthy.records.judging.labels import PlannedReading
from shipworthy.records.questions.stopping import SequentialQuestion
from shipworthy.records.questions.submissions import Submission
from shipworthy.records.risks.controls import PlannedControls
from shipworthy.vocabulary import Arm, LayerAction, Outcome, TrialRole, Usage


class PlannedItem(Record, frozen=True, kw_only=True):
    """One item that runs in every arm: a scenario under an attack, with a seed.

    For benign items `attack` is `none`; items of a comparison name their condition there
    (`vocabulary/conditions.py`). Controls run the same items against scripted targets.
    `request` is the digest of all that is asked, as the trials of the item record it: every turn
    and tool, with the system turn of the product, before any safeguard. It is the same in each arm,
    so another wording of an attack is another plan.
    """

    scenario: str
    scenario_digest: Digest
    domain: str
    attack: str
    role: TrialRole
    seed: int
    request: Digest


class PlannedArm(Record, frozen=True, kw_only=True):
    """An arm and the stack it runs under."""

    arm: Arm
    stack: StackIdentity


class CampaignPlan(Record, frozen=True, kw_only=True):
    """All that is fixed before the first request; its digest is logged first."""

    name: str
    framework: str
    framework_digest: Digest
    deployment: str
    subject: SubjectIdentity
    arms: tuple[PlannedArm, ...]
    items: tuple[PlannedItem, ...]
    judges: dict[str, Digest]
    """Judge name to the digest of its calibration card; empty digest when it has none."""
    alpha: str
    """One-sided error level of all submissions of the question together."""
    seed: int
    submission: Submission
    """Which submission of its question the campaign is, and what error it may spend."""
    stopping: tuple[SequentialQuestion, ...] = ()
    """Questions that end the campaign early, by domain; none: every cell runs."""
    reading: PlannedReading | None = None
    """What people read of the judge's work, and the gate after them; None: it trusts the card."""
    canaries: dict[str, Digest] = msgspec.field(default_factory=dict)
    """Judge name to the digest of the answer key of its canaries; empty digest when it has none."""
    imported: Imported | msgspec.UnsetType = msgspec.UNSET
    """The logs that the trials come from, where another program ran them; absent otherwise."""
    external: ExternalTask | msgspec.UnsetType = msgspec.UNSET
    """The task that another program runs and scores under this plan; absent otherwise."""
    controls: PlannedControls | msgspec.UnsetType = msgspec.UNSET
    """The test of the controls around the model, where the assessment has one; absent otherwise."""

    @property
    def digest(self) -> Digest:
        """Digest of the plan."""
        return digest_of(self)

    @property
    def gate_alpha(self) -> str:
        """One-sided error level of every bound of this campaign."""
        return self.submission.alpha

    @property
    def sequential_domains(self) -> frozenset[str]:
        """Domains in which a question may end an arm early."""
        return frozenset(question.domain for question in self.stopping)


class Trial(Record, frozen=True, kw_only=True):
    """One executed cell of the plan."""

    id: str
    run: str
    scenario: str
    domain: str
    attack: str
    role: TrialRole
    arm: Arm
    seed: int
    request: Digest
    response: Digest
    """Digest of the canonical reply; of the failure when there was none."""
    finish: str
    """How the answer ended (`stop`, `length`, `withheld`, `filter`), or empty without a reply."""
    outcome: Outcome
    judge: str
    layers: tuple[LayerAction, ...]
    usage: Usage
    suspects_test: bool = False
    """Whether the reply says that this is a test (`instruments/judges/rules/suspicion.py`)."""


def trial_id(plan: Digest, item: PlannedItem, arm: Arm) -> str:
    """Return the deterministic id of a cell: resume is a set difference over these.

    The role is part of the cell, because a control runs the same scenario against another target.
    """
    return derive_id("t", plan, item.scenario, item.attack, item.role.value, arm.value, item.seed)


class Planned(Protocol):
    """What is tried in which arms, and what may end it: a plan, or what becomes one."""

    @property
    def items(self) -> tuple[PlannedItem, ...]:
        """The items, in order."""

    @property
    def arms(self) -> tuple[PlannedArm, ...]:
        """The arms in which they run."""

    @property
    def stopping(self) -> tuple[SequentialQuestion, ...]:
        """Questions that end the campaign early."""


def plan_cells(plan: Planned) -> list[tuple[PlannedItem, Arm]]:
    """Return all cells in plan order.

    Controls run once, in the bare arm: they test the instrument, not the safeguards. So does what
    is about the model itself: what it can do, and whether it knows a test when it sees one.
    """
    arms = plan.arms  # of what becomes a plan they are worked out at each asking
    return [
        (item, arm.arm)
        for item in plan.items
        for arm in arms
        if not item.role.is_bare_only or arm.arm is Arm.BARE
    ]
