"""What runs in which order, and what is still due."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.app.inspect_logs.running.comparing import Execution
from shipworthy.app.inspect_logs.running.designing import TaskDesign
from shipworthy.instruments.inspect_tasks import Script
from shipworthy.kernel import Digest
from shipworthy.records import CampaignPlan, PlannedItem, Trial, plan_cells, trial_id
from shipworthy.stages.evaluating import Stopping
from shipworthy.vocabulary import Arm, TrialRole

_SCRIPTS: Final = {
    TrialRole.ADVERSARIAL: Script.MODEL,
    TrialRole.POSITIVE_CONTROL: Script.ACCOMPLICE,
    TrialRole.NEGATIVE_CONTROL: Script.REFUSER,
}
_RECORDED: Final = "recorded in an earlier run"
_DECIDED: Final = "the limits that the plan registers are decided"


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What runs in one go: a control, or the model in an arm."""

    script: Script
    arm: Arm
    guarded: bool
    epochs: int
    samples: Mapping[int | str, Digest]
    items: Mapping[tuple[str, int], PlannedItem]

    @property
    def who(self) -> str:
        """Who answers: an arm, or a control."""
        return self.arm.value if self.script is Script.MODEL else self.script.value

    def item(self, sample: int | str, epoch: int) -> PlannedItem:
        """Return what the plan has for a sample in an epoch."""
        return self.items[str(sample), epoch]


class Schedule:
    """The parts of a plan: controls first, then arms, those first whose end the others wait for."""

    def __init__(self, found: TaskDesign, plan: CampaignPlan) -> None:
        self._plan, self._digest = plan, plan.digest
        self._stopping = Stopping(plan)
        self._done: set[str] = set()
        self._parts = tuple(_parts(found, plan))

    def trial(self, item: PlannedItem, arm: Arm) -> str:
        """Return the id of a cell."""
        return trial_id(self._digest, item, arm)

    def take(self, trial: Trial) -> None:
        """Take a trial that is on its way to the disk."""
        self._done.add(trial.id)
        self._stopping.take(trial)

    def parts(self) -> tuple[PlannedPart, ...]:
        """Return the parts, in their order."""
        return self._parts

    def passed_over(self, part: PlannedPart, sample: int | str, epoch: int) -> str:
        """Return why a sample is not to run, or an empty string."""
        item = part.item(sample, epoch)
        if self.trial(item, part.arm) in self._done:
            return _RECORDED
        return "" if self._stopping.is_due(item, part.arm) else _DECIDED

    def missing(self, part: PlannedPart | None = None) -> int:
        """Return how many due cells have no trial, of a part or of all."""
        cells = plan_cells(self._plan)
        if part is not None:
            cells = [(item, part.arm) for item in part.items.values()]
        return sum(
            self._stopping.is_due(item, arm) and self.trial(item, arm) not in self._done
            for item, arm in cells
        )

    @property
    def executions(self) -> dict[Execution, str]:
        """The trial of everything that may run."""
        return {
            (part.who, sample, epoch): self.trial(item, part.arm)
            for part in self._parts
            for (sample, epoch), item in part.items.items()
        }


def _parts(found: TaskDesign, plan: CampaignPlan) -> Iterator[PlannedPart]:
    for role in (TrialRole.POSITIVE_CONTROL, TrialRole.NEGATIVE_CONTROL):
        if any(item.role is role for item in plan.items):
            yield _part(found, plan, role, Arm.BARE)
    asked = {question.arm for question in plan.stopping}
    arms = [planned.arm for planned in plan.arms]
    for arm in sorted(arms, key=lambda one: one.value not in asked):
        yield _part(found, plan, TrialRole.ADVERSARIAL, arm)


def _part(found: TaskDesign, plan: CampaignPlan, role: TrialRole, arm: Arm) -> PlannedPart:
    stack = next(planned.stack for planned in plan.arms if planned.arm is arm)
    samples: dict[int | str, Digest] = {}
    items: dict[tuple[str, int], PlannedItem] = {}
    for item in (one for one in plan.items if one.role is role):
        sample, epoch = found.sample(item)
        samples[sample.id] = sample.content
        items[str(sample.id), epoch] = item
    return PlannedPart(
        script=_SCRIPTS[role],
        arm=arm,
        guarded=bool(stack.layers),
        epochs=1 if role.is_control else found.options.epochs,
        samples=samples,
        items=items,
    )
