"""What a confirmation would take and could show, before anything is sent."""

from dataclasses import dataclass

from shipworthy.app.live.confirming.concluding import drift_alpha
from shipworthy.app.live.confirming.deployed import Tested
from shipworthy.app.live.confirming.evidence import comparable_answers
from shipworthy.app.live.confirming.grouping import group_sizes
from shipworthy.app.live.confirming.preparing import prepare
from shipworthy.stages.confirming import least_scenarios, likely_scenarios


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOutlook:
    """How many scenarios a group has, and whether they can be enough."""

    id: str
    scenarios: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a confirmation would send and could show.

    `least` scenarios of a group are needed if none differs; `likely` with the chance 0.8 if one in
    twenty comes out otherwise by chance, None where no number in reach is enough. `answers` are the
    harmless items of which the words can be compared, `least_answers` how many show that they are
    the tested ones; 0 where the deployment accepts not to know it.
    """

    replays: int
    fillers: int
    minutes: int
    margin: str
    alpha: str
    number: int
    least: int
    likely: int | None
    groups: tuple[GroupOutlook, ...]
    answers: int
    least_answers: int

    @property
    def enough(self) -> bool:
        """Whether everything that `confirmed` needs can be shown."""
        return not self.short and self.answers >= self.least_answers

    @property
    def short(self) -> tuple[GroupOutlook, ...]:
        """The groups that cannot be shown to be not worse, whatever comes back."""
        return tuple(group for group in self.groups if group.scenarios < self.least)


def outlook(tested: Tested, swapped: float = 0.05) -> Outlook:
    """Say what a confirmation would take and could show; nothing is sent or written."""
    prepared = prepare(tested)
    plan = prepared.plan
    margin, alpha = float(plan.margin), float(plan.alpha)
    total = len(prepared.sendings)
    return Outlook(
        replays=plan.replays,
        fillers=total - plan.replays,
        minutes=-(-total // tested.deployed.asking.per_minute),
        margin=plan.margin,
        alpha=plan.alpha,
        number=plan.number,
        least=least_scenarios(margin, alpha),
        likely=likely_scenarios(margin, alpha, swapped),
        groups=tuple(
            GroupOutlook(id=name, scenarios=size) for name, size in group_sizes(prepared).items()
        ),
        answers=comparable_answers(prepared),
        least_answers=0
        if "answers" in plan.accepted
        else least_scenarios(margin, drift_alpha(plan)),
    )
