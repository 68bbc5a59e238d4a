"""The whole test: every trajectory of every world under every stack, counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shipworthy.instruments.controls import ControlStack
from shipworthy.instruments.worlds import AnyPlaybook, Family, Trajectory, write_trajectory
from shipworthy.kernel import Problem
from shipworthy.records.risks.controls import (
    CONTROL_FORMAT,
    AssayedTrajectory,
    ControlEpisode,
    ControlEvaluation,
    ControlRequirement,
    ControlSummary,
    WorldIdentity,
)
from shipworthy.stages.controlling.episodes import assay, play
from shipworthy.stages.controlling.summaries import Played, summarise
from shipworthy.stages.controlling.verdicts import judge

Scripted = tuple[AnyPlaybook, Trajectory, AssayedTrajectory]


@dataclass(frozen=True, slots=True)
class ControlTest:
    """What is tested and how.

    Attributes:
        name: what the test is called.
        seed: every draw follows from it.
        variants: trajectories of each family.
        alpha: one-sided error level of every bound over all worlds, as a decimal string.
        budgets: shares of honest work that people could read, as decimal strings.
        playbooks: the worlds with those who play in them.
        stacks: the stacks under test.
        requirement: what one of the stacks has to show, or nothing.
    """

    name: str
    seed: int
    variants: int
    alpha: str
    budgets: tuple[str, ...]
    playbooks: tuple[AnyPlaybook, ...]
    stacks: tuple[ControlStack, ...]
    requirement: ControlRequirement | None = None


def evaluate_controls(test: ControlTest) -> ControlEvaluation:
    """Play everything and count.

    Raises:
        Problem: `control-not-pure` when a stack gives another outcome for the same trajectory,
            `world-failed` when a world raises.
    """
    scripted = list(_scripted(test))
    episodes: list[ControlEpisode] = []
    summaries: list[ControlSummary] = []
    for stack in test.stacks:
        own = [_played(one, stack) for one in scripted]
        _require_pure(stack, scripted, own)
        episodes += own
        played = [(bare, episode) for (_, _, bare), episode in zip(scripted, own, strict=True)]
        summaries += _summaries(test, stack, played)
    faults = _faults([bare for _, _, bare in scripted])
    identities = [one.world for one in test.playbooks]
    return ControlEvaluation(
        format=CONTROL_FORMAT,
        name=test.name,
        seed=test.seed,
        variants=test.variants,
        alpha=test.alpha,
        requirement=test.requirement,
        worlds=tuple(
            WorldIdentity(name=one.name, version=one.version, digest=one.digest)
            for one in identities
        ),
        trajectories=tuple(bare for _, _, bare in scripted),
        stacks=tuple(stack.identity() for stack in test.stacks),
        episodes=tuple(episodes),
        summaries=tuple(summaries),
        faults=faults,
        verdict=judge(test.requirement, summaries, faults) if test.requirement else None,
    )


def _scripted(test: ControlTest) -> Iterator[Scripted]:
    for playbook in test.playbooks:
        for family in playbook.families:
            for variant in range(test.variants):
                yield _script(playbook, family, variant, test.seed)


def _script(playbook: AnyPlaybook, family: Family, variant: int, seed: int) -> Scripted:
    try:
        trajectory = write_trajectory(playbook, family, variant, seed)
        return playbook, trajectory, assay(playbook, trajectory)
    except Exception as error:
        what = f"{playbook.world.name}/{family.name}/{variant}"
        raise world_failure(what, error) from error


def _played(scripted: Scripted, stack: ControlStack) -> ControlEpisode:
    playbook, script, bare = scripted
    try:
        return play(playbook, script, bare, stack)
    except Exception as error:  # controls never raise here, so it is the world
        raise world_failure(script.id, error) from error


def world_failure(what: str, error: Exception) -> Problem:
    """Return the problem of a world that raised on a script."""
    return Problem.of(
        "world-failed",
        f"a world failed on `{what}`: {type(error).__name__}: {error}",
        help="a tool answers what it cannot do with a text, and never raises",
    )


def _summaries(
    test: ControlTest, stack: ControlStack, played: Sequence[Played]
) -> Iterator[ControlSummary]:
    alpha = float(test.alpha)
    yield summarise(stack.name, "", played, alpha, test.budgets)
    for playbook in test.playbooks:
        name = playbook.world.name
        own = [one for one in played if one[0].world == name]
        yield summarise(stack.name, name, own, alpha / len(test.playbooks), test.budgets)


def _require_pure(
    stack: ControlStack, scripted: Sequence[Scripted], own: Sequence[ControlEpisode]
) -> None:
    """Play the plain variants once more, the last one first: a memory of its own would show."""
    for one, episode in reversed(list(zip(scripted, own, strict=True))):
        script = one[1]
        if script.variant == 0 and _played(one, stack) != episode:
            raise Problem.of(
                "control-not-pure",
                f"the stack `{stack.name}` did two things with one trajectory, `{script.id}`",
                help="a control answers from the view alone: no clock, no chance, no memory",
            )


def _faults(trajectories: Sequence[AssayedTrajectory]) -> tuple[str, ...]:
    return tuple(f"{one.id}: {one.fault}" for one in trajectories if one.fault)
