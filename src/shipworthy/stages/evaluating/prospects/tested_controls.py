"""What a plan will measure of controls: families of attacks and of honest work, by world."""

from collections.abc import Mapping
from typing import Final, Literal

from shipworthy.records import Metric
from shipworthy.stages.evaluating.findings import FEWEST_VARIANTS
from shipworthy.stages.evaluating.prospects.planned import PlannedRate

Role = Literal["attack", "honest"]
_COUNTED: Final[Mapping[Metric, Role]] = {
    "control-miss": "attack",
    "control-unseen": "attack",
    "control-alarm": "honest",
    "control-done": "honest",
}
_ARMS: Final = ("bare", "safeguarded")


def control_rates(
    families: Mapping[tuple[str, Role], int], variants: int
) -> dict[str, PlannedRate]:
    """Return a rate over families for each metric, world and stack, by the id of its finding.

    `families` counts those of each world and role. With too few variants nothing good can come of
    any of them, so that the plan is said to measure none.
    """
    if variants < FEWEST_VARIANTS:
        return {}
    rates = [
        PlannedRate(metric=metric, domain=domain, arm=arm, sizes=(1,) * count, judges={})
        for metric, role in _COUNTED.items()
        for domain, count in _by_domain(families, role).items()
        for arm in _ARMS
    ]
    return {rate.id: rate for rate in rates}


def _by_domain(families: Mapping[tuple[str, Role], int], role: Role) -> dict[str, int]:
    found = {world: count for (world, own), count in families.items() if own == role and count}
    return {"all": sum(found.values()), **found} if found else {}
