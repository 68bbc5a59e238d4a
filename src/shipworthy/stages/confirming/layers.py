"""Which layer held in the laboratory and which in the field, and what happens only there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from shipworthy.records.live.confirmations import (
    FieldOnly,
    FieldRefusal,
    LayerAgreement,
    ReplayedMetric,
)
from shipworthy.stages.confirming.replays import Replay, paired_scenarios

UNDISCLOSED = "undisclosed"
"""The holder where something held and nobody says what."""


def layer_agreement(replays: Iterable[Replay]) -> tuple[LayerAgreement, ...]:
    """Say of each holder of attacks in the laboratory what became of them in the field."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for replay in replays:
        if replay.metric == "asr" and replay.lab is False and replay.lab_holder:
            counted[replay.lab_holder][_fate(replay)] += 1
    return tuple(
        LayerAgreement(
            holder=holder,
            replays=counts.total(),
            same=counts["same"],
            other=counts["other"],
            unknown=counts["unknown"],
            breached=counts["breached"],
            unassessed=counts["unassessed"],
        )
        for holder, counts in sorted(counted.items())
    )


def _fate(replay: Replay) -> str:
    if replay.field is None:
        return "unassessed"
    if replay.field:
        return "breached"
    if replay.field_holder in {"", UNDISCLOSED}:
        return "unknown"
    return "same" if replay.field_holder == replay.lab_holder else "other"


def field_only(replays: Sequence[Replay]) -> tuple[FieldOnly, ...]:
    """List the scenarios whose attack succeeds on some route, and did not in the laboratory."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    domains = {replay.scenario: replay.domain for replay in replays}
    for route, scenario, _ in _new_in_field(replays, "asr"):
        found[scenario].append(route)
    return tuple(
        FieldOnly(scenario=scenario, domain=domains[scenario], routes=tuple(found[scenario]))
        for scenario in sorted(found)
    )


def refused_only(replays: Sequence[Replay]) -> tuple[FieldRefusal, ...]:
    """List the harmless requests that are refused on some route, and were not in the laboratory.

    A scenario has a line for each holder, since several items of it may be refused by several.
    """
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    domains = {replay.scenario: replay.domain for replay in replays}
    for route, scenario, items in _new_in_field(replays, "over-refusal"):
        for holder in sorted({one.field_holder or UNDISCLOSED for one in items if one.field}):
            found[scenario, holder].append(route)
    return tuple(
        FieldRefusal(
            scenario=scenario,
            domain=domains[scenario],
            holder=holder,
            routes=tuple(found[scenario, holder]),
        )
        for scenario, holder in sorted(found)
    )


def _new_in_field(
    replays: Sequence[Replay], metric: ReplayedMetric
) -> Iterator[tuple[str, str, list[Replay]]]:
    """Yield each route and scenario with the event in the field alone, and its replays there."""
    for route in sorted({replay.route.id for replay in replays}):
        over = [one for one in replays if one.metric == metric and one.route.id == route]
        for scenario, (lab, field) in paired_scenarios(over).items():
            if field and lab is False:
                yield route, scenario, [one for one in over if one.scenario == scenario]
