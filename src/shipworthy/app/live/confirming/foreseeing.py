"""What a confirmation would take and could show, before anything is sent."""

from dataclasses import dataclass

from shipworthy.app.live.confirming.deployed import Tested
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
    twenty comes out otherwise by chance, None where no number in reach is enough.
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
    )
