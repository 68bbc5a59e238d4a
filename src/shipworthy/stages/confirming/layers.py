"""Which layer held in the laboratory and which in the field, and what succeeds only there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from shipworthy.records.live.confirmations import FieldOnly, LayerAgreement
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
    routes = {replay.route.id: replay.route for replay in replays}
    found: defaultdict[str, list[str]] = defaultdict(list)
    domains = {replay.scenario: replay.domain for replay in replays}
    for name in sorted(routes):
        over = (one for one in replays if one.metric == "asr" and one.route.id == name)
        for scenario, (lab, field) in paired_scenarios(over).items():
            if field and lab is False:
                found[scenario].append(name)
    return tuple(
        FieldOnly(scenario=scenario, domain=domains[scenario], routes=tuple(found[scenario]))
        for scenario in sorted(found)
    )
