"""Which item goes over which routes, and in what order, mixed with ordinary messages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shipworthy.kernel import Stream
from shipworthy.records.live.confirmations import FieldRoute


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a schedule needs to know of an item: its lab trial, scenario, and need of tools."""

    lab: str
    scenario: str
    domain: str
    has_tools: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """One request: an item over a route, or the filler with this number (`lab` is empty)."""

    lab: str
    route: FieldRoute
    filler: int = -1


def dealt_routes(
    items: Iterable[Replayed], routes: Sequence[FieldRoute], passes: int, seed: int
) -> Mapping[str, tuple[FieldRoute, ...]]:
    """Deal routes to scenarios: `passes` each, 0 for all; the first counts for its domain.

    Within a domain the routes take turns over its scenarios in a drawn order, so that each route
    meets as many as any other. A scenario with tools of its own goes over routes that offer tools.
    """
    of_domain: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for item in items:
        known = of_domain[item.domain].get(item.scenario, False)
        of_domain[item.domain][item.scenario] = known or item.has_tools
    dealt: dict[str, tuple[FieldRoute, ...]] = {}
    for domain in sorted(of_domain):
        scenarios = of_domain[domain]
        order = Stream("confirm-deal", seed, domain).shuffled(sorted(scenarios))
        for place, scenario in enumerate(order):
            open_to = [route for route in routes if route.tools or not scenarios[scenario]]
            turned = [open_to[(place + n) % len(open_to)] for n in range(len(open_to))]
            dealt[scenario] = tuple(turned[: passes or len(turned)])
    return dealt


def schedule(
    items: Sequence[Replayed],
    dealt: Mapping[str, Sequence[FieldRoute]],
    fillers: int,
    seed: int,
) -> tuple[Sending, ...]:
    """Return all requests in one drawn order: replays of every kind, and fillers between them."""
    routes = sorted({route for one in dealt.values() for route in one}, key=lambda one: one.id)
    draws = Stream("confirm-order", seed)
    sendings = [Sending(item.lab, route) for item in items for route in dealt[item.scenario]]
    sendings += [Sending("", draws.choice(routes), number) for number in range(fillers)]
    return tuple(draws.shuffled(sendings))
