"""The test of controls that an assessment asks for, as a campaign registers and runs it."""

from collections import Counter
from dataclasses import dataclass, replace

from shipworthy.app.assessment_file import AssessmentFile
from shipworthy.app.preparation.control_tests.reading import read_control_file
from shipworthy.app.preparation.control_tests.wiring import prepare_control_test
from shipworthy.kernel import Problem, Registry, did_you_mean, digest_bytes
from shipworthy.records import ControlsSection
from shipworthy.records.risks.controls import PlannedControls
from shipworthy.stages.controlling import ControlTest, planned_controls
from shipworthy.stages.evaluating.prospects import PlannedRate, control_rates


@dataclass(frozen=True, slots=True)
class DesignedControls:
    """A test of controls before a campaign: the test, what the plan says of it, and its file."""

    test: ControlTest
    planned: PlannedControls
    source: bytes

    def at(self, alpha: str) -> ControlTest:
        """Return the test at the error level of a campaign's gate, a decimal string."""
        return replace(self.test, alpha=alpha)

    def rates(self) -> dict[str, PlannedRate]:
        """Return the rates that the test measures, by the id of the finding."""
        families = Counter(
            (one.world.name, family.role) for one in self.test.playbooks for family in one.families
        )
        return control_rates(families, self.test.variants)


def designed_controls(file: AssessmentFile, registry: Registry) -> DesignedControls | None:
    """Read the test that section `controls` of an assessment names; nothing without the section.

    The seed is that of the assessment, the error level that of the gate: a campaign has one of
    each.

    Raises:
        Problem: as `read_control_file` and `prepare_control_test`; `control-deployed` when it is
            not said which stack will be deployed, or the file has no such stack.
    """
    section = file.assessment.controls
    if section is None:
        return None
    with file.placed("controls", "file"):
        read = read_control_file(file.relative(section.file))
    test = prepare_control_test(read, registry, seed=file.assessment.assessment.seed)
    deployed = _deployed(file, section, [stack.name for stack in test.stacks[1:]])
    planned = planned_controls(test, deployed, digest_bytes(read.source))
    return DesignedControls(test=test, planned=planned, source=read.source)


def _deployed(file: AssessmentFile, section: ControlsSection, names: list[str]) -> str:
    if not section.deployed and len(names) == 1:
        return names[0]
    if section.deployed in names:
        return section.deployed
    place: tuple[str, ...]
    if section.deployed:
        what, place = f"no stack `{section.deployed}`", ("controls", "deployed")
        advice = did_you_mean(section.deployed, names)
    else:
        what, place = "several stacks, and none is said to be deployed", ("controls",)
        advice = f"add `deployed = ...`: one of {', '.join(f'`{name}`' for name in names)}"
    raise Problem.of(
        "control-deployed",
        f"the file of the controls has {what}",
        location=file.locate(*place),
        help=advice,
    )
