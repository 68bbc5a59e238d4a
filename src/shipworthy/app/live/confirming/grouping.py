"""The groups that a plan makes, with how many scenarios each has: known before anything is sent."""

from collections.abc import Collection, Iterator
from typing import Final

from shipworthy.app.live.confirming.preparing import BEHIND_SAFEGUARDS, METRIC_OF, Prepared
from shipworthy.records.live.confirmations import ReplayedMetric
from shipworthy.stages.confirming import METRICS, ComparisonTerms, least_scenarios
from shipworthy.vocabulary import TrialRole

_ROLE: Final[dict[ReplayedMetric, TrialRole]] = {metric: role for role, metric in METRIC_OF.items()}


def comparison_terms(prepared: Prepared) -> ComparisonTerms:
    """Return the groups that the plan makes; over a route nothing may go is no group of it."""
    least = least_scenarios(float(prepared.plan.margin), float(prepared.plan.alpha))
    items = [one for one in prepared.items.values() if one.role in BEHIND_SAFEGUARDS]
    tasks, strings = (_domains(prepared, _ROLE[one]) for one in ("capability", "contamination"))
    sizes = dict(_sizes(prepared, ("capability", "contamination")))
    return ComparisonTerms(
        margin=prepared.plan.margin,
        alpha=prepared.plan.alpha,
        domains=tuple(sorted({item.domain for item in items})),
        routes=_routes(prepared),
        languages=tuple(sorted({prepared.language(item.scenario) for item in items})),
        layers=prepared.plan.layers,
        tasks=tasks,
        strings=strings,
        small=frozenset(
            name
            for metric, domains in (("capability", tasks), ("contamination", strings))
            for axis, values in (("domain", domains), ("route", _routes(prepared)))
            for value in values
            if sizes.get(name := f"{metric}.{axis}.{value}", 0) < least
        ),
    )


def group_sizes(prepared: Prepared) -> dict[str, int]:
    """Return the scenarios of each group that `confirmed` speaks of, by its id."""
    terms = comparison_terms(prepared)
    found = dict(_sizes(prepared, tuple(_ROLE)))
    languages = terms.languages if len(terms.languages) > 1 else ()
    axes = (("domain", terms.domains), ("route", terms.routes), ("language", languages))
    wanted = {
        name: found.get(name, 0)
        for metric in METRICS
        for axis, values in axes
        for value in values
        for name in (f"{metric}.{axis}.{value}",)
    }
    attacked = len({i.scenario for i in prepared.items.values() if i.role is _ROLE["asr"]})
    wanted |= {f"layer-miss.layer.{name}": attacked for name in terms.layers}
    others = ("capability.", "contamination.")
    wanted |= {
        name: size
        for name, size in sorted(found.items())
        if name.startswith(others) and ".language." not in name and name not in terms.small
    }
    return wanted


def _sizes(prepared: Prepared, metrics: Collection[ReplayedMetric]) -> Iterator[tuple[str, int]]:
    for metric in metrics:
        scenarios = {
            item.scenario: item.domain
            for item in prepared.items.values()
            if item.role is _ROLE[metric]
        }
        counts: dict[str, int] = {}
        for scenario, domain in scenarios.items():
            routes = [f"route.{route.id}" for route in prepared.dealt[scenario]]
            language = prepared.language(scenario)
            for group in (f"domain.{domain}", f"language.{language}", *routes):
                counts[group] = counts.get(group, 0) + 1
        yield from ((f"{metric}.{group}", count) for group, count in counts.items())


def _domains(prepared: Prepared, role: TrialRole) -> tuple[str, ...]:
    return tuple(sorted({i.domain for i in prepared.items.values() if i.role is role}))


def _routes(prepared: Prepared) -> tuple[str, ...]:
    return tuple(sorted(route.id for route in prepared.plan.routes))
