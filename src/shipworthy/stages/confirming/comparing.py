"""Laboratory against field, by domain, route, language and layer, with the error of the whole.

"Not worse anywhere" needs every group to be shown at the full level and spends no error on their
number: it is wrong only if some group is worse, and for that one alone the error is at most alpha
(Berger 1982, intersection-union tests). "Worse somewhere" is shown by Holm's step-down procedure
on the groups' e-values, whose reciprocals are p-values at any time (Vovk and Wang 2021).

A scenario counts for its domain, its language and each layer once, by one route that was drawn for
it: its outcomes over several routes depend on each other. Cells, a domain over a route, are too
small to be claimed; they are searched, because a defect in one cell hides in every larger group.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from shipworthy.records.live.confirmations import (
    Axis,
    ErrorBounds,
    FieldComparison,
    ReplayedMetric,
)
from shipworthy.stages.confirming.replays import (
    Replay,
    field_counts,
    layer_pairs,
    opposed,
    paired_scenarios,
)
from shipworthy.statistics.paired import (
    FieldCounts,
    field_verdict,
    log_evidence_not_worse,
    log_evidence_worse,
)

METRICS: Final[tuple[ReplayedMetric, ...]] = ("asr", "over-refusal")
NOTED: Final[ReplayedMetric] = "capability-lost"
"""Found and said, and no defect: the laboratory asked tasks without safeguards, so that a deployed
path which solves fewer may do what was tested."""
DEFECT_SHARE: Final = 0.8
"""Part of the error for defects that comparisons of rates spend; that of answers has the rest."""
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ComparisonTerms:
    """The margin and the error, as decimal strings, and the groups that the plan makes.

    `alpha` is the error of "not worse anywhere"; "worse somewhere" takes `DEFECT_SHARE` of it, so
    that the comparison of answers (`drift.py`) has the rest.

    `tasks` and `strings` are the domains that have some; `small` are the groups of these with fewer
    scenarios than could show anything, which are searched and not claimed.

    Groups without a replay so far are there as well: what was not asked is not shown. So the family
    of claims is fixed before the first replay, and no outcome decides what belongs to it.
    """

    margin: str
    alpha: str
    domains: tuple[str, ...]
    routes: tuple[str, ...]
    languages: tuple[str, ...]
    layers: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    small: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Group:
    """One comparison: what it counts, of what, and how often."""

    metric: ReplayedMetric
    axis: Axis
    value: str
    counts: FieldCounts


def compare(replays: Sequence[Replay], terms: ComparisonTerms) -> tuple[FieldComparison, ...]:
    """Compare every group of the plan, in the order of their ids."""
    groups = [
        *_groups(replays, terms),
        *_layer_groups(replays, terms),
        *_other_groups(replays, terms),
    ]
    delta = float(terms.margin)
    found = holm(
        [log_evidence_worse(group.counts, delta) for group in groups],
        DEFECT_SHARE * float(terms.alpha),
    )
    compared = [
        _comparison(group, terms, found=is_found)
        for group, is_found in zip(groups, found, strict=True)
    ]
    return tuple(sorted(compared, key=lambda one: one.id))


def error_bounds(comparisons: Sequence[FieldComparison], alpha: str) -> ErrorBounds:
    """Return with which chance a confirmation of these comparisons is wrong as a whole."""
    whole = Decimal(alpha)
    worse = whole * Decimal(str(DEFECT_SHARE))
    return ErrorBounds(
        groups=len(comparisons),
        claimed=sum(one.claimed for one in comparisons),
        confirmed=alpha,
        worse=format(worse.normalize(), "f"),
        answers=format((whole - worse).normalize(), "f"),
    )


def _groups(replays: Sequence[Replay], terms: ComparisonTerms) -> Iterator[_Group]:
    languages = terms.languages if len(terms.languages) > 1 else ()
    cells = tuple(
        _cell(domain, route)
        for domain in terms.domains
        for route in terms.routes
        if len(terms.domains) > 1 and len(terms.routes) > 1
    )
    axes: tuple[tuple[Axis, tuple[str, ...], Callable[[Replay], str]], ...] = (
        ("domain", terms.domains, lambda one: one.domain if one.primary else ""),
        ("route", terms.routes, lambda one: one.route.id),
        ("language", languages, lambda one: one.language if one.primary else ""),
        ("cell", cells, lambda one: _cell(one.domain, one.route.id)),
    )
    buckets: defaultdict[tuple[str, str, str], list[Replay]] = defaultdict(list)
    for replay in replays:
        for axis, _, of in axes:
            buckets[replay.metric, axis, of(replay)].append(replay)
    for metric in METRICS:
        for axis, values, _ in axes:
            for value in values:
                pairs = paired_scenarios(buckets[metric, axis, value])
                yield _Group(metric, axis, value, field_counts(pairs))


def _layer_groups(replays: Sequence[Replay], terms: ComparisonTerms) -> Iterator[_Group]:
    """Yield a group a layer, over all attacks, whoever held them in the laboratory.

    Only those that it held there would be a choice by outcome: a layer of a model that answers
    otherwise another time would then always look worse in the field.
    """
    attacks = [one for one in replays if one.metric == "asr" and one.primary]
    for name in terms.layers:
        yield _Group("layer-miss", "layer", name, field_counts(layer_pairs(attacks, name)))


def _other_groups(replays: Sequence[Replay], terms: ComparisonTerms) -> Iterator[_Group]:
    """Yield groups of tasks and strings, by domain and by route."""
    of_metric: tuple[tuple[ReplayedMetric, ReplayedMetric, tuple[str, ...]], ...] = (
        ("capability", "capability", terms.tasks),
        (NOTED, "capability", terms.tasks),
        ("contamination", "contamination", terms.strings),
    )
    for metric, asked, domains in of_metric:
        mine = [one for one in replays if one.metric == asked]
        for axis, value, group in _by_domain_and_route(mine, domains, terms.routes):
            pairs = paired_scenarios(group)
            yield _Group(metric, axis, value, field_counts(opposed(pairs, on=metric == NOTED)))


def _by_domain_and_route(
    replays: Sequence[Replay], domains: Sequence[str], routes: Sequence[str]
) -> Iterator[tuple[Axis, str, list[Replay]]]:
    for name in domains:
        yield "domain", name, [one for one in replays if one.primary and one.domain == name]
    for name in routes if domains else ():
        yield "route", name, [one for one in replays if one.route.id == name]


def _cell(domain: str, route: str) -> str:
    return f"{domain}/{route}"


def holm(evidence: Sequence[float], alpha: float) -> list[bool]:
    """Say of each group whether it is found, with the error of all at `alpha`.

    `evidence` are natural logarithms of e-values.
    """
    found = [False] * len(evidence)
    order = sorted(range(len(evidence)), key=lambda place: -evidence[place])
    for step, place in enumerate(order):
        if evidence[place] < math.log(len(evidence) - step) - math.log(alpha):
            break
        found[place] = True
    return found


def _comparison(group: _Group, terms: ComparisonTerms, *, found: bool) -> FieldComparison:
    counts, delta = group.counts, float(terms.margin)
    name = f"{group.metric}.{group.axis}.{group.value}"
    return FieldComparison(
        id=name,
        metric=group.metric,
        axis=group.axis,
        value=group.value,
        margin=terms.margin,
        alpha=terms.alpha,
        field_only=counts.field_only,
        lab_only=counts.lab_only,
        same=counts.same,
        unassessed=counts.unassessed,
        not_worse=_rounded(log_evidence_not_worse(counts, delta)),
        worse=_rounded(log_evidence_worse(counts, delta)),
        verdict=field_verdict(counts, delta, float(terms.alpha)).value,
        found=found,
        claimed=group.axis != "cell" and group.metric != NOTED and name not in terms.small,
    )


def _rounded(value: float) -> str:
    """Write down at most what there is."""
    return format(Decimal(value).quantize(_PLACES, rounding=ROUND_FLOOR), "f")
