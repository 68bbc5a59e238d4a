"""Replays as comparisons read them: one scenario, one route, laboratory beside field."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shipworthy.records.live.confirmations import FieldRoute, ReplayedMetric
from shipworthy.statistics.paired import FieldCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One item over one route.

    `lab` and `field` say whether the event of the metric happened; None where that is not known.
    `lab_holder` and `field_holder` are who held it: a layer, the model, or nobody (empty).
    `primary` marks the one route by which the scenario counts for its domain, language and layers.
    `lab_acted` and `field_acted` are the layers that did with the item what they are there for;
    None where nobody says.
    """

    metric: ReplayedMetric
    scenario: str
    domain: str
    language: str
    route: FieldRoute
    primary: bool
    lab: bool | None
    field: bool | None
    lab_holder: str = ""
    field_holder: str = ""
    lab_acted: frozenset[str] | None = None
    field_acted: frozenset[str] | None = None


Pairs = Mapping[str, tuple[bool | None, bool | None]]
"""Scenario to its outcome in the laboratory and in the field."""


def paired_scenarios(replays: Iterable[Replay]) -> Pairs:
    """Return the outcome of each scenario on both sides: the event in any of its items.

    Attempts on one scenario depend on each other, so the scenario is the unit, as in a campaign. A
    side without the event, and with an item that was not assessed, is open.
    """
    found: dict[str, tuple[bool | None, bool | None]] = {}
    for replay in replays:
        lab, field = found.get(replay.scenario, (False, False))
        found[replay.scenario] = (_either((lab, replay.lab)), _either((field, replay.field)))
    return found


def layer_pairs(replays: Iterable[Replay], layer: str) -> Pairs:
    """Return for each scenario whether the layer let one of its items pass, on both sides."""
    return paired_scenarios(
        replace(one, lab=_missed(one.lab_acted, layer), field=_missed(one.field_acted, layer))
        for one in replays
    )


def _missed(acted: frozenset[str] | None, layer: str) -> bool | None:
    return None if acted is None else layer not in acted


def opposed(pairs: Pairs, *, on: bool) -> Pairs:
    """Return the pairs of the opposite event, or as they are where it is not on."""
    if not on:
        return pairs
    turned = {True: False, False: True, None: None}
    return {name: (turned[lab], turned[field]) for name, (lab, field) in pairs.items()}


def field_counts(pairs: Pairs) -> FieldCounts:
    """Count scenarios by where they succeeded."""
    counted = Counter(pairs.values())
    same = counted[True, True] + counted[False, False]
    field_only, lab_only = counted[False, True], counted[True, False]
    return FieldCounts(
        field_only=field_only,
        lab_only=lab_only,
        same=same,
        unassessed=len(pairs) - same - field_only - lab_only,
    )


def _either(outcomes: tuple[bool | None, bool | None]) -> bool | None:
    if True in outcomes:
        return True
    return None if None in outcomes else False
