"""What a plan will measure, and the findings that supposed outcomes of it would give."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import msgspec

from shipworthy.records import TESTED_CONTROLS, Bounds, Finding, Metric, PlannedItem
from shipworthy.stages.evaluating.aggregation import TallyKey
from shipworthy.stages.evaluating.events import COMPARED, domains_of, metrics_of
from shipworthy.stages.evaluating.findings import (
    PERSISTENT,
    FindingTerms,
    attempts_each,
    blockers_of,
    bound_terms,
    bounds_of,
    contrast_blockers,
    contrast_bounds,
    control_bounds,
    supposed_balance,
)
from shipworthy.stages.evaluating.labelling import reading_bounds, supposed_reading
from shipworthy.stages.evaluating.stopping import Stopping, sequential_bounds
from shipworthy.statistics import PairedTable, ScenarioCounts
from shipworthy.vocabulary import Arm, Rate, TrialRole

CONTRASTED: Final[frozenset[Metric]] = frozenset(
    one.metric for several in COMPARED.values() for one in several
)
"""Metrics that compare two conditions on the same scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRate:
    """A rate that the plan will measure: attempts by scenario, largest first, trials by judge."""

    metric: Metric
    domain: str
    arm: str
    """An arm, or `positive` / `negative` for controls."""
    sizes: tuple[int, ...]
    judges: Mapping[str, int]
    measure: str = ""
    """Of `balance`, of which `sizes` counts the topics."""
    attempts: int = 1
    """The k of `asr-at-k` and the like, of which `sizes` count the scenarios: one outcome each."""

    @property
    def id(self) -> str:
        """Id of the finding that the rate becomes."""
        if self.measure:
            return f"{self.metric}-{self.measure}.{self.domain}.{self.arm}"
        return self.key.id

    @property
    def key(self) -> TallyKey:
        """What its trials are counted under."""
        return TallyKey(self.metric, self.domain, self.arm, self.attempts)

    @property
    def repeated(self) -> bool:
        """Whether some scenario is tried more than once."""
        return self.sizes[0] > 1

    @property
    def clean_is_success(self) -> bool:
        """Whether the event is what one hopes for: a useful answer, a positive control caught."""
        if self.metric in {"control-miss", "control-unseen"}:
            return self.arm == Arm.BARE.value  # without a control, every attack takes effect
        good = {"usefulness", "completion", "control-done"}
        return self.metric in good or self.arm == "positive"


def planned_rates(
    items: Iterable[PlannedItem], arms: Sequence[Arm], judge_of: Callable[[PlannedItem], str]
) -> dict[str, PlannedRate]:
    """Return every rate that the items yield in the arms, by the id of its finding."""
    sizes: defaultdict[TallyKey, Counter[str]] = defaultdict(Counter)
    judges: defaultdict[TallyKey, Counter[str]] = defaultdict(Counter)
    met: defaultdict[TallyKey, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for item in items:
        for key in _keys(item, arms):
            sizes[key][item.scenario] += 1
            judges[key][judge_of(item)] += 1
        for key in _compared_keys(item, arms):
            met[key][item.scenario].add(item.attack)
            judges[key][judge_of(item)] += 1
    for key, scenarios in met.items():
        sizes[key].update({name: 1 for name, under in scenarios.items() if len(under) > 1})
    rates = [
        PlannedRate(
            metric=key.metric,
            domain=key.domain,
            arm=key.arm,
            sizes=tuple(sorted(counts.values(), reverse=True)),
            judges=dict(sorted(judges[key].items())),
        )
        for key, counts in sizes.items()
        if counts and not (key.metric == "asr" and key.domain == "all")
    ]
    rates += [_persistent(rate, each) for rate in rates if (each := _attempts_each(rate))]
    return {rate.id: rate for rate in sorted(rates, key=lambda rate: rate.id)}


def _attempts_each(rate: PlannedRate) -> int | None:
    return attempts_each(rate.sizes) if rate.metric in PERSISTENT else None


def _persistent(rate: PlannedRate, each: int) -> PlannedRate:
    """Return the rate at which at least one attempt on a scenario works; a judge's trials shrink.

    With several judges the scenarios of each are rounded down: their sum counts for no chance.
    """
    return PlannedRate(
        metric=PERSISTENT[rate.metric],
        domain=rate.domain,
        arm=rate.arm,
        sizes=(1,) * len(rate.sizes),
        judges={name: trials // each for name, trials in rate.judges.items()},
        attempts=each,
    )


def _keys(item: PlannedItem, arms: Sequence[Arm]) -> Iterator[TallyKey]:
    match item.role:
        case TrialRole.POSITIVE_CONTROL:
            labels: tuple[str, ...] = ("positive",)
        case TrialRole.NEGATIVE_CONTROL:
            labels = ("negative",)
        case role:
            labels = tuple(arm.value for arm in arms if not role.is_bare_only or arm is Arm.BARE)
    for metric in metrics_of(item.role, item.attack):
        for domain in domains_of(metric, item.domain):
            for label in labels:
                yield TallyKey(metric, domain, label)


def _compared_keys(item: PlannedItem, arms: Sequence[Arm]) -> Iterator[TallyKey]:
    """Yield what the item is compared under; the unit of a comparison is the scenario."""
    for compared in COMPARED.get(item.role, ()):
        if item.attack in {compared.first, compared.second}:
            for arm in arms:
                if not item.role.is_bare_only or arm is Arm.BARE:
                    yield TallyKey(compared.metric, item.domain, arm.value)


def working_controls(rates: Mapping[str, PlannedRate]) -> dict[str, tuple[str, ...]]:
    """Return the control failures, by domain, of a run in which every planned control works."""
    return {
        rate.domain: tuple(
            f"{arm} control did not run"
            for arm in ("positive", "negative")
            if f"control-breach.{rate.domain}.{arm}" not in rates
        )
        for rate in rates.values()
    }


def clean_finding(
    rate: PlannedRate, terms: FindingTerms, stopping: Stopping | None = None
) -> Finding:
    """Return the finding of a run in which nothing goes wrong and every trial is assessed.

    `stopping` is where such a run ends, for plans with questions that end it early.
    """
    good = rate.clean_is_success
    if stopping is None or rate.metric != "asr" or not stopping.follows(rate.domain):
        return supposed_finding(rate, [ScenarioCounts(good * n, n) for n in rate.sizes], terms)
    tried = stopping.ending(rate.domain, rate.arm).scenarios
    finding = supposed_finding(rate, [ScenarioCounts(0, 1)] * tried, terms)
    levels = bound_terms(tuple(rate.judges), terms)
    return msgspec.structs.replace(
        finding, bounds=sequential_bounds(stopping, rate.domain, rate.arm, levels)
    )


def supposed_finding(
    rate: PlannedRate, scenarios: Sequence[ScenarioCounts], terms: FindingTerms
) -> Finding:
    """Return the finding that such outcomes would give, by the functions that draw real ones."""
    key, judges = rate.key, tuple(rate.judges)
    bounds: Bounds | None
    if key.metric == "balance":
        tilts = [Fraction(min(1, one.successes)) for one in scenarios]
        bounds, blockers = supposed_balance(tilts, key.domain, terms)
    elif key.metric in CONTRASTED:
        bounds = _supposed_bounds(key, scenarios, judges, terms)
        blockers = contrast_blockers(key.metric, key.domain, judges, terms)
    else:
        bounds = _supposed_bounds(key, scenarios, judges, terms)
        blockers = tuple(blockers_of(key, scenarios, judges, terms))
    return Finding(
        id=rate.id,
        metric=rate.metric,
        domain=rate.domain,
        arm=Arm.BARE if rate.metric == "control-breach" else Arm(rate.arm),
        rate=Rate(
            successes=sum(one.successes for one in scenarios),
            attempts=sum(one.attempts for one in scenarios),
            unassessed=sum(one.unassessed for one in scenarios),
        ),
        bounds=bounds,
        judges=judges,
        plan=terms.plan,
        blockers=blockers,
    )


def _supposed_bounds(
    key: TallyKey, scenarios: Sequence[ScenarioCounts], judges: Sequence[str], terms: FindingTerms
) -> Bounds | None:
    """Return the bounds; where people read, they find the judge right about what it decided.

    Scenarios of a comparison that do not show the danger show the event under neither condition.
    """
    if key.metric in CONTRASTED:
        shown = sum(one.successes for one in scenarios)
        table = PairedTable(both=0, before_only=shown, after_only=0, neither=len(scenarios) - shown)
        return contrast_bounds(key.metric, table, 0, tuple(judges), terms)
    if key.metric in TESTED_CONTROLS:
        return control_bounds(scenarios, terms.alpha)
    wanted = terms.negatives_read(key)
    if wanted is None:
        return bounds_of(key.metric, scenarios, judges, terms)
    breached = sum(scenario.successes > 0 for scenario in scenarios)
    return reading_bounds(supposed_reading(wanted, scenarios), wanted, terms.alpha, breached)
