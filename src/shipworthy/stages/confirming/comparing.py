"""Laboratory against field, by domain, by route and by language, with the error of the whole.

"Not worse anywhere" needs every group to be shown at the full level and spends no error on their
number: it is wrong only if some group is worse, and for that one alone the error is at most alpha
(Berger 1982, intersection-union tests). "Worse somewhere" is shown by Holm's step-down procedure
on the groups' e-values, whose reciprocals are p-values at any time (Vovk and Wang 2021).

A scenario counts for its domain and language once, by one route that was drawn for it: its outcomes
over several routes depend on each other.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from shipworthy.records.live.confirmations import Axis, FieldComparison, ReplayedMetric
from shipworthy.stages.confirming.replays import Replay, field_counts, paired_scenarios
from shipworthy.statistics.paired import (
    FieldCounts,
    field_verdict,
    log_evidence_not_worse,
    log_evidence_worse,
)

METRICS: Final[tuple[ReplayedMetric, ...]] = ("asr", "over-refusal")
DEFECT_SHARE: Final = 0.8
"""Part of the error for defects that comparisons of rates spend; that of answers has the rest."""
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ComparisonTerms:
    """The margin and the error, as decimal strings, and the groups that the plan makes.

    `alpha` is the error of "not worse anywhere"; "worse somewhere" takes `DEFECT_SHARE` of it, so
    that the comparison of answers (`drift.py`) has the rest.

    Groups without a replay so far are there as well: what was not asked is not shown.
    """

    margin: str
    alpha: str
    domains: tuple[str, ...]
    routes: tuple[str, ...]
    languages: tuple[str, ...]


def compare(replays: Sequence[Replay], terms: ComparisonTerms) -> tuple[FieldComparison, ...]:
    """Compare every group of both metrics, in the order of their ids."""
    counted = [
        (metric, axis, value, field_counts(paired_scenarios(group)))
        for metric, axis, value, group in _groups(replays, terms)
    ]
    delta = float(terms.margin)
    found = _holm(
        [log_evidence_worse(counts, delta) for *_, counts in counted],
        DEFECT_SHARE * float(terms.alpha),
    )
    compared = [
        _comparison((metric, axis, value), counts, terms, found=is_found)
        for (metric, axis, value, counts), is_found in zip(counted, found, strict=True)
    ]
    return tuple(sorted(compared, key=lambda one: one.id))


def _groups(
    replays: Sequence[Replay], terms: ComparisonTerms
) -> Iterator[tuple[ReplayedMetric, Axis, str, list[Replay]]]:
    languages = terms.languages if len(terms.languages) > 1 else ()
    axes: tuple[tuple[Axis, tuple[str, ...], Callable[[Replay], str]], ...] = (
        ("domain", terms.domains, lambda one: one.domain if one.primary else ""),
        ("route", terms.routes, lambda one: one.route.id),
        ("language", languages, lambda one: one.language if one.primary else ""),
    )
    buckets: defaultdict[tuple[str, str, str], list[Replay]] = defaultdict(list)
    for replay in replays:
        for axis, _, of in axes:
            buckets[replay.metric, axis, of(replay)].append(replay)
    for metric in METRICS:
        for axis, values, _ in axes:
            for value in values:
                yield metric, axis, value, buckets[metric, axis, value]


def _holm(evidence: Sequence[float], alpha: float) -> list[bool]:
    """Say of each group whether it is found, with the error of all at `alpha`."""
    found = [False] * len(evidence)
    order = sorted(range(len(evidence)), key=lambda place: -evidence[place])
    for step, place in enumerate(order):
        if evidence[place] < math.log(len(evidence) - step) - math.log(alpha):
            break
        found[place] = True
    return found


def _comparison(
    group: tuple[ReplayedMetric, Axis, str],
    counts: FieldCounts,
    terms: ComparisonTerms,
    *,
    found: bool,
) -> FieldComparison:
    metric, axis, value = group
    delta = float(terms.margin)
    return FieldComparison(
        id=f"{metric}.{axis}.{value}",
        metric=metric,
        axis=axis,
        value=value,
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
    )


def _rounded(value: float) -> str:
    """Write down at most what there is."""
    return format(Decimal(value).quantize(_PLACES, rounding=ROUND_FLOOR), "f")
