"""Playing the test of controls of a bundle again: the worlds are ours, the record is theirs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from shipworthy.app.preparation.control_tests.reading import read_control_file
from shipworthy.app.preparation.control_tests.replaying import (
    ControlResult,
    differences,
    read_written,
)
from shipworthy.app.preparation.control_tests.wiring import prepare_control_test
from shipworthy.kernel import (
    ExitCode,
    Location,
    Problem,
    Registry,
    digest_bytes,
)
from shipworthy.records import CampaignPlan
from shipworthy.records.risks.controls import ControlEvaluation, PlannedControls
from shipworthy.stages.controlling import ControlTest, evaluate_controls, planned_controls

_GIVE: Final = "give the folder of a bundle"


def replay_bundle(folder: Path, registry: Registry) -> tuple[ControlEvaluation, tuple[str, ...]]:
    """Play the test that a bundle registers, and say where its record differs from that.

    Returns what was played here, and one sentence for each part in which the record differs.

    Raises:
        Problem: `control-untested` when the plan registers no test, `control-inputs-differ`
            (environment) when the worlds, scripts or controls installed here are others than the
            plan names, `controls-altered` (integrity) when the file beside the record is another,
            and what reading the files raises.
    """
    plan = read_written(folder / "plan.json", CampaignPlan, "record", _GIVE)
    planned = plan.controls
    if not isinstance(planned, PlannedControls):
        raise Problem.of(
            "control-untested",
            "the plan registers no test of controls",
            location=Location(str(folder / "plan.json")),
            help="a campaign tests controls where its assessment has a section `[controls]`",
        )
    given = read_written(folder / "controls.json", ControlEvaluation, "record", _GIVE)
    test = _prepared(folder / "controls.toml", planned, registry)
    unlike = [
        field
        for field in ("worlds", "scripts", "stacks", "budgets", "requirement", "name")
        if getattr(planned_controls(test, planned.deployed, planned.file), field)
        != getattr(planned, field)
    ]
    if unlike:
        raise Problem.of(
            "control-inputs-differ",
            f"what is installed here gives other {', '.join(unlike)} than the plan names",
            location=Location(str(folder / "plan.json")),
            help="install the version and the plug-ins that the campaign ran with",
            exit_code=ExitCode.ENVIRONMENT,
        )
    again = evaluate_controls(replace(test, alpha=plan.gate_alpha))
    return again, tuple(_differing(given, again))


def _differing(given: ControlEvaluation, again: ControlEvaluation) -> Iterator[str]:
    return differences(ControlResult(digest=given.digest, evaluation=given), again)


def _prepared(path: Path, planned: PlannedControls, registry: Registry) -> ControlTest:
    read = read_control_file(path)
    if digest_bytes(read.source) != planned.file:
        raise Problem.of(
            "controls-altered",
            "this is not the file that the plan names",
            location=Location(str(path)),
            help="take the whole bundle from where it was published",
            exit_code=ExitCode.INTEGRITY,
        )
    return prepare_control_test(read, registry, planned.seed, planned.variants)
