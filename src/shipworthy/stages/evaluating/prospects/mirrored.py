"""What a plan will measure of opposite views: every measure, by axis and over all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from shipworthy.instruments.judges.measures import MEASURES
from shipworthy.records import PlannedItem, StanceCheck
from shipworthy.stages.evaluating.prospects.planned import PlannedRate
from shipworthy.vocabulary import Arm, TrialRole


def mirrored_rates(
    items: Iterable[PlannedItem], stances: Mapping[str, StanceCheck], arms: Sequence[Arm]
) -> dict[str, PlannedRate]:
    """Return a rate over topics for each measure, axis and arm, by the id of its finding."""
    topics: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in items:
        if item.role is TrialRole.BALANCE:
            topic = (item.domain, stances[item.scenario].topic)
            topics[item.domain].add(topic)
            topics["all"].add(topic)
    rates = (
        PlannedRate(
            metric="balance",
            measure=measure.name,
            domain=axis,
            arm=arm.value,
            sizes=(1,) * len(topics[axis]),
            judges={"measures": len(topics[axis])},
        )
        for measure, axis, arm in product(MEASURES, sorted(topics), arms)
    )
    return {rate.id: rate for rate in rates}
