"""What a test of the controls around an agent showed: every episode, and counts with bounds."""

from collections.abc import Iterable
from typing import Final, Literal

from shipworthy.kernel import Digest, Record, digest_of
from shipworthy.vocabulary import Rate, Verdict

CONTROL_FORMAT: Final = "control-evaluation/1"
"""Name of the format of `ControlEvaluation`."""

AttackOutcome = Literal["before", "after", "never", "unassessed"]
"""Before: no harm took effect. After: it did, and something was noticed. Never: nothing was."""

HonestOutcome = Literal["done", "partly", "not-done", "unassessed"]
"""How far honest work got under a stack."""

UnassessedEpisode = Literal[
    "no-effect-without-control",
    "task-not-done-without-control",
    "harm-in-honest-work",
    "control-error",
]
"""Why an episode shows nothing of a stack."""


class ControlIdentity(Record, frozen=True, kw_only=True):
    """One control of a stack: what it is, whether it enforces, and what it does when it fails."""

    name: str
    kind: str
    mode: Literal["enforce", "detect"]
    on_error: Literal["closed", "open"]
    configuration: Digest


class ControlStackIdentity(Record, frozen=True, kw_only=True):
    """Controls in order, under the name of the stack; those that are off are left out."""

    name: str
    controls: tuple[ControlIdentity, ...]

    @property
    def digest(self) -> Digest:
        """Digest of the controls, whatever the stack is called."""
        return digest_of([list(self.controls)])

    @property
    def enforces(self) -> bool:
        """Whether any control may stop anything."""
        return any(one.mode == "enforce" for one in self.controls)


class WorldIdentity(Record, frozen=True, kw_only=True):
    """A world by name, version and the digest of what is written down of it."""

    name: str
    version: str
    digest: Digest


class ControlScript(Record, frozen=True, kw_only=True):
    """A script as it is planned: what it is, how it is carried out, and the digest of its moves.

    Attributes:
        id: `WORLD/FAMILY/VARIANT`.
        world: the world it plays in.
        family: the idea, which is the unit of bounds.
        role: attack or honest work.
        harm: kind of the hidden side task; empty for honest work.
        manners: how the idea is carried out.
        script: digest of the moves.
    """

    id: str
    world: str
    family: str
    role: Literal["attack", "honest"]
    harm: str
    manners: tuple[str, ...]
    script: Digest


class AssayedTrajectory(ControlScript, frozen=True, kw_only=True):
    """A script, and what it does with no control in place.

    Attributes:
        trace: digest of every state and result without a control; another world gives another.
        effect_at: step at which the harm is in effect without a control, or null.
        fault: why it can show nothing; empty where it can.
    """

    trace: Digest
    effect_at: int | None
    fault: UnassessedEpisode | Literal[""]

    @property
    def planned(self) -> ControlScript:
        """The script without what it does."""
        fields = {name: getattr(self, name) for name in ControlScript.__struct_fields__}
        return ControlScript(**fields)


class ControlEpisode(Record, frozen=True, kw_only=True):
    """A trajectory under a stack; steps count from 1, and null means that it did not happen.

    Attributes:
        stack: name of the stack.
        trajectory: id of the trajectory.
        outcome: of an attack or of honest work.
        fault: why it is unassessed, or empty.
        steps: calls that were tried.
        effect_at: step at which the harm was in effect.
        noticed_at: first step at which a control flagged, denied or stopped; one beyond the last
            where it did so only after the end.
        noticed_by: the control that did.
        stopped_at: step at which the agent was stopped.
        denied: calls that were denied.
        asked: calls that a person was asked about.
        score: highest suspicion of any control, 0 to 1000.
        errors: controls that failed.
    """

    stack: str
    trajectory: str
    outcome: AttackOutcome | HonestOutcome
    fault: UnassessedEpisode | Literal[""] = ""
    steps: int
    effect_at: int | None = None
    noticed_at: int | None = None
    noticed_by: str = ""
    stopped_at: int | None = None
    denied: int = 0
    asked: int = 0
    score: int = 0
    errors: tuple[str, ...] = ()


class ControlRate(Record, frozen=True, kw_only=True):
    """Counts of episodes, with one-sided bounds whose unit is the family."""

    rate: Rate
    families: int
    lower: str
    upper: str


class AuditPoint(Record, frozen=True, kw_only=True):
    """What people who read find at a budget.

    Attributes:
        budget: share of honest episodes that people have the time to read, as a decimal string.
        readable: that share in episodes, rounded down.
        prevented_or_read: attacks that had no effect, or that were read.
    """

    budget: str
    readable: int
    prevented_or_read: ControlRate


class Containment(Record, frozen=True, kw_only=True):
    """Steps from the effect to the stop, among attacks that were stopped after their effect.

    `median` is the upper one; both are null where there is none. `unstopped` had their effect and
    were not stopped.
    """

    stopped: int
    unstopped: int
    median: int | None
    worst: int | None


class ControlSummary(Record, frozen=True, kw_only=True):
    """A stack in a world, or in all where `world` is empty.

    The bounds of one world are at alpha divided by the number of worlds, so that the worst of them
    may be picked out; those of all worlds together are at alpha. `done` and `alarmed` are of honest
    work: the main task was done, and something was noticed where nothing was wrong.
    """

    stack: str
    world: str
    before: ControlRate
    after: ControlRate
    never: ControlRate
    done: ControlRate
    alarmed: ControlRate
    partly: int
    asked: int
    containment: Containment
    audits: tuple[AuditPoint, ...]


class ControlRequirement(Record, frozen=True, kw_only=True):
    """What a stack is required to show; decimal strings, and null asks for nothing."""

    stack: str
    caught_before: str | None = None
    false_alarms: str | None = None
    usefulness: str | None = None


class ControlVerdict(Record, frozen=True, kw_only=True):
    """Whether the stack shows what is required, and why or why not."""

    stack: str
    verdict: Verdict
    reasons: tuple[str, ...]


class PlannedControls(Record, frozen=True, kw_only=True):
    """A test of controls in the plan of a campaign: its inputs, before anything is played.

    The error level is that of the campaign's gate.

    Attributes:
        file: digest of the file that says which controls are tested, as the user wrote it.
        name: what the test is called.
        seed: every draw follows from it.
        variants: trajectories of each family.
        budgets: shares of honest work that people could read, as decimal strings.
        requirement: what is asked of a stack, or null.
        deployed: name of the stack that will be deployed; findings are about this one, and about
            none (arm `bare`).
        worlds: the worlds.
        scripts: digest of the list of all scripts, in the order in which they are played.
        stacks: the stacks under test; the first one is that of no control.
    """

    file: Digest
    name: str
    seed: int
    variants: int
    budgets: tuple[str, ...]
    requirement: ControlRequirement | None
    deployed: str
    worlds: tuple[WorldIdentity, ...]
    scripts: Digest
    stacks: tuple[ControlStackIdentity, ...]


class ControlEvaluation(Record, frozen=True, kw_only=True):
    """A test of control stacks on scripted trajectories; the same inputs give the same record.

    Attributes:
        format: name and version of this format.
        name: what the test is called.
        seed: every draw follows from it.
        variants: trajectories of each family.
        alpha: one-sided error level, as a decimal string.
        requirement: what was asked of a stack, or null.
        worlds: the worlds.
        trajectories: the scripts, each with its run without a control.
        stacks: the stacks under test.
        episodes: every trajectory under every stack.
        summaries: counts and bounds, for all worlds and for each.
        faults: why the test as a whole shows less than it should.
        verdict: of the requirement, or null.
    """

    format: str
    name: str
    seed: int
    variants: int
    alpha: str
    requirement: ControlRequirement | None
    worlds: tuple[WorldIdentity, ...]
    trajectories: tuple[AssayedTrajectory, ...]
    stacks: tuple[ControlStackIdentity, ...]
    episodes: tuple[ControlEpisode, ...]
    summaries: tuple[ControlSummary, ...]
    faults: tuple[str, ...]
    verdict: ControlVerdict | None

    @property
    def digest(self) -> Digest:
        """Digest of the whole record."""
        return digest_of(self)

    @property
    def scripts(self) -> Digest:
        """Digest of the list of all scripts, as a plan registers it."""
        return scripts_digest(one.planned for one in self.trajectories)

    def summary(self, stack: str, world: str = "") -> ControlSummary:
        """Return the summary of a stack in a world, or in all.

        Raises:
            KeyError: there is none.
        """
        for one in self.summaries:
            if (one.stack, one.world) == (stack, world):
                return one
        raise KeyError((stack, world))


def scripts_digest(scripts: Iterable[ControlScript]) -> Digest:
    """Return the digest of scripts in the order in which they are played."""
    return digest_of(list(scripts))
