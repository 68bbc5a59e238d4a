"""What a campaign registers of a test of controls before anything is played."""

from collections.abc import Iterator

from shipworthy.instruments.worlds import AnyPlaybook, Family, Trajectory, write_trajectory
from shipworthy.kernel import Digest
from shipworthy.records.risks.controls import (
    ControlScript,
    PlannedControls,
    WorldIdentity,
    scripts_digest,
)
from shipworthy.stages.controlling.episodes import script_of
from shipworthy.stages.controlling.evaluation import ControlTest, world_failure


def planned_controls(test: ControlTest, deployed: str, file: Digest) -> PlannedControls:
    """Return the inputs of a test: all scripts are written out, none is played.

    `file` is the digest of the file that the test was read from.

    Raises:
        Problem: `world-failed` when a world cannot write a script.
    """
    return PlannedControls(
        file=file,
        name=test.name,
        seed=test.seed,
        variants=test.variants,
        budgets=test.budgets,
        requirement=test.requirement,
        deployed=deployed,
        worlds=tuple(
            WorldIdentity(name=one.world.name, version=one.world.version, digest=one.world.digest)
            for one in test.playbooks
        ),
        scripts=scripts_digest(_scripts(test)),
        stacks=tuple(stack.identity() for stack in test.stacks),
    )


def _scripts(test: ControlTest) -> Iterator[ControlScript]:
    for playbook in test.playbooks:
        for family in playbook.families:
            for variant in range(test.variants):
                yield script_of(playbook, _written(playbook, family, variant, test.seed))


def _written(playbook: AnyPlaybook, family: Family, variant: int, seed: int) -> Trajectory:
    try:
        return write_trajectory(playbook, family, variant, seed)
    except Exception as error:
        raise world_failure(f"{playbook.world.name}/{family.name}/{variant}", error) from error
