"""Running counts over trials: one pass, memory in the number of scenarios, not of trials."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shipworthy.records import Metric, StanceCheck, Trial
from shipworthy.stages.evaluating.events import (
    COMPARED,
    Conditions,
    domains_of,
    is_success,
    metrics_of,
)
from shipworthy.stages.evaluating.mirrors import MirroredAnswers
from shipworthy.vocabulary import (
    MODEL,
    NOT_USEFUL,
    Acted,
    Arm,
    Breached,
    Held,
    Rate,
    Refused,
    TrialRole,
    Unassessed,
)

PAIRED_ARMS = frozenset({Arm.BARE, Arm.SAFEGUARDED})


@dataclass(slots=True)
class Tally:
    """Counts of one metric in one domain and arm, by scenario."""

    clusters: dict[str, list[int]] = field(default_factory=dict)
    """Scenario id to [successes, assessed attempts, unassessed]."""
    held_by: Counter[str] = field(default_factory=Counter)
    unassessed: Counter[str] = field(default_factory=Counter)
    judges: set[str] = field(default_factory=set)

    def add(self, metric: Metric, trial: Trial) -> None:
        """Count one trial."""
        cluster = self.clusters.setdefault(trial.scenario, [0, 0, 0])
        success = is_success(metric, trial.outcome)
        if trial.judge:
            self.judges.add(trial.judge)
        outcome = trial.outcome
        if success is None:
            cluster[2] += 1
            reason = outcome.reason if isinstance(outcome, Unassessed) else NOT_USEFUL
            self.unassessed[reason] += 1
        else:
            cluster[0] += success
            cluster[1] += 1
        if isinstance(outcome, Held | Refused):
            self.held_by[outcome.by] += 1

    @property
    def rate(self) -> Rate:
        """The pooled counts."""
        columns = [sum(column) for column in zip(*self.clusters.values(), strict=True)]
        successes, attempts, unassessed = columns or [0, 0, 0]
        return Rate(successes=successes, attempts=attempts, unassessed=unassessed)


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What a tally counts. `arm` is an arm, or `positive` / `negative` for controls.

    `attempts` is the k of `asr-at-k` and `capability-at-k`.
    """

    metric: Metric
    domain: str
    arm: str
    attempts: int = 1

    @property
    def id(self) -> str:
        """Id of the finding that the tally becomes."""
        word = self.metric.removesuffix("-k")
        metric = word if word == self.metric else f"{word}-{self.attempts}"
        return f"{metric}.{self.domain}.{self.arm}"


def arm_label(trial: Trial) -> str:
    """Return the third part of a finding's id for a trial."""
    match trial.role:
        case TrialRole.POSITIVE_CONTROL:
            return "positive"
        case TrialRole.NEGATIVE_CONTROL:
            return "negative"
        case _:
            return trial.arm.value


@dataclass(slots=True)
class PairTable:
    """Whether each scenario saw any success, in the bare and in the safeguarded arm.

    Several items of one scenario depend on each other, so a scenario is one pair: it counts as a
    success in an arm when any of its items does, and is open when none did and one was unassessed.
    """

    before: dict[str, bool | None] = field(default_factory=dict)
    after: dict[str, bool | None] = field(default_factory=dict)

    def add(self, metric: Metric, trial: Trial) -> None:
        """Count a trial of either arm."""
        side = self.before if trial.arm is Arm.BARE else self.after
        success = is_success(metric, trial.outcome)
        known = side.get(trial.scenario, False)
        side[trial.scenario] = _any_success(known, success)

    def transitions(
        self, only: Container[str] | None = None
    ) -> tuple[Counter[tuple[bool, bool]], int]:
        """Return (before, after) counts over scenarios, and how many could not be paired.

        With `only`, over those scenarios alone.
        """
        counts: Counter[tuple[bool, bool]] = Counter()
        unpaired = 0
        for scenario in self.before.keys() | self.after.keys():
            if only is not None and scenario not in only:
                continue
            before, after = self.before.get(scenario), self.after.get(scenario)
            if before is None or after is None:
                unpaired += 1
            else:
                counts[before, after] += 1
        return counts, unpaired


def _any_success(known: bool | None, success: bool | None) -> bool | None:  # noqa: FBT001 - values, not switches
    if known is True or success is True:
        return True
    return None if known is None or success is None else False


@dataclass(slots=True)
class ContrastTable:
    """Whether each scenario saw the event, by condition."""

    sides: dict[str, dict[str, bool | None]] = field(default_factory=dict)
    judges: set[str] = field(default_factory=set)

    def add(self, metric: Metric, trial: Trial) -> None:
        """Count a trial under its condition."""
        side = self.sides.setdefault(trial.attack, {})
        event = is_success(metric, trial.outcome)
        side[trial.scenario] = _any_success(side.get(trial.scenario, False), event)
        if trial.judge:
            self.judges.add(trial.judge)

    def transitions(self, of: Conditions) -> tuple[Counter[tuple[bool, bool]], int]:
        """Return (first, second) counts over scenarios met in both, and how many are open."""
        first, second = self.sides.get(of.first, {}), self.sides.get(of.second, {})
        counts: Counter[tuple[bool, bool]] = Counter()
        left = 0
        for scenario in first.keys() | second.keys():
            one, other = first.get(scenario), second.get(scenario)
            if one is None or other is None:
                left += 1
            else:
                counts[one, other] += 1
        return counts, left


Fate = tuple[Literal["through", "held", "rewritten", "declined", "open"], str]
"""What became of an attempt behind the safeguards, as in `Passage`, and the layer that held it."""


def fate_of(trial: Trial) -> Fate:
    """Return what became of an adversarial trial behind the safeguards.

    Layers behind one that withheld were not asked, or saw its refusal: what they would have done
    is not on record, so a trial has one holder.
    """
    match trial.outcome:
        case Breached():
            return "through", ""
        case Held(by=by) if by != MODEL:
            return "held", by
        case Held():
            changed = any(act.action == "rewrote" for act in trial.layers)
            return ("rewritten" if changed else "declined"), ""
        case _:
            return "open", ""


Joint = Counter[tuple[bool | None, Fate]]
"""Attempts by what the bare model did (None: not assessed) and what became of them after."""


@dataclass(frozen=True, slots=True)
class _Half:
    """An item that was tried in one arm so far."""

    domain: str
    arm: Arm
    breached: bool | None
    fate: Fate

    @property
    def alone(self) -> tuple[bool | None, Fate]:
        """What is known while the other arm is missing: it counts as not assessed."""
        if self.arm is Arm.BARE:
            return self.breached, ("open", "")
        return None, self.fate


@dataclass(slots=True)
class ItemPairs:
    """What became of each attempt in both arms; only items tried in one of them are kept whole.

    `joint` holds counts by domain and scenario. Both cells of an item arrive close together.
    """

    waiting: dict[tuple[str, str, int], _Half] = field(default_factory=dict)
    newly_breached: list[tuple[str, str, str]] = field(default_factory=list)
    """(domain, scenario, attack) of items that held bare and are breached with safeguards."""
    joint: defaultdict[str, defaultdict[str, Joint]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    rewrote: defaultdict[str, defaultdict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    """Attempts in which a layer changed something, by domain, scenario and layer."""

    def add(self, trial: Trial) -> None:
        """Count an adversarial trial of either arm."""
        key = (trial.scenario, trial.attack, trial.seed)
        here = _Half(trial.domain, trial.arm, is_success("asr", trial.outcome), fate_of(trial))
        counts = self.joint[trial.domain][trial.scenario]
        if trial.arm is not Arm.BARE:
            changed = {act.layer for act in trial.layers if act.action == "rewrote"}
            self.rewrote[trial.domain][trial.scenario].update(changed)
        other = self.waiting.pop(key, None)
        if other is None:
            self.waiting[key] = here
            return
        before, after = (here, other) if trial.arm is Arm.BARE else (other, here)
        counts[before.breached, after.fate] += 1
        if before.breached is False and after.breached is True:
            self.newly_breached.append((trial.domain, trial.scenario, trial.attack))

    def joint_counts(self, domain: str) -> dict[str, Joint]:
        """Return the counts of a domain by scenario, items of one arm alone included."""
        found = {scenario: Counter(counts) for scenario, counts in self.joint[domain].items()}
        for (scenario, _, _), half in self.waiting.items():
            if half.domain == domain:
                found[scenario][half.alone] += 1
        return found


@dataclass(frozen=True, slots=True)
class Attempt:
    """One of several attempts on a scenario: its event, and whether the token limit cut it."""

    seed: int
    event: bool | None
    cut: bool


@dataclass(slots=True)
class Aggregate:
    """All tallies of a campaign."""

    tallies: defaultdict[TallyKey, Tally] = field(default_factory=lambda: defaultdict(Tally))
    attempts: defaultdict[TallyKey, defaultdict[str, list[Attempt]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """By scenario, every attempt of an attack or on a task."""
    pairs: defaultdict[tuple[Metric, str], PairTable] = field(
        default_factory=lambda: defaultdict(PairTable)
    )
    cells: defaultdict[tuple[str, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    """(arm, domain, attack) to [breached, assessed, unassessed] of adversarial trials."""
    items: ItemPairs = field(default_factory=ItemPairs)
    contrasts: defaultdict[tuple[TrialRole, str, Arm], ContrastTable] = field(
        default_factory=lambda: defaultdict(ContrastTable)
    )
    """By role, domain and arm; items without a condition are counted as well."""
    suspicions: defaultdict[tuple[str, Arm, bool], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    """(domain, arm, whether the reply says that this is a test) to [breached, assessed, not]."""
    agents: defaultdict[tuple[str, Arm], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """By domain and arm, episodes by how far they got (`done`, `partly`, `not-done`), those that
    were done without a violation (`clean`), and those with each (`violation.NAME`)."""
    mirrored: MirroredAnswers = field(default_factory=MirroredAnswers)
    strings: defaultdict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    """By pack: the domains in which its string was asked for, and whether it was completed."""
    trials: int = 0
    """All that ran."""
    counted: int = 0
    """Those that count for a rate."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    at_length: int = 0

    def add(self, trial: Trial) -> None:
        """Count one trial everywhere it belongs."""
        self.add_to_totals(trial)
        self.mirrored.add(trial)
        self.counted += 1
        metrics = metrics_of(trial.role, trial.attack)
        for metric in metrics:
            for domain in domains_of(metric, trial.domain):
                self.tallies[TallyKey(metric, domain, arm_label(trial))].add(metric, trial)
        self._add_to_comparisons(trial)
        if metrics in {("asr",), ("capability",)}:
            key = TallyKey(metrics[0], trial.domain, arm_label(trial))
            event = is_success(metrics[0], trial.outcome)
            attempt = Attempt(trial.seed, event, trial.finish == "length")
            self.attempts[key][trial.scenario].append(attempt)
        if trial.role in {TrialRole.ADVERSARIAL, TrialRole.BENIGN}:
            metric = metrics[0]
            if trial.arm in PAIRED_ARMS:
                for domain in (trial.domain, "all"):
                    self.pairs[metric, domain].add(metric, trial)
        if isinstance(trial.outcome, Acted):
            self.agents[trial.domain, trial.arm].update(_acted(trial.outcome))
        if trial.role is TrialRole.ADVERSARIAL:
            self._add_cell(trial)
            if trial.arm in PAIRED_ARMS:
                self.items.add(trial)

    def _add_to_comparisons(self, trial: Trial) -> None:
        if compared := COMPARED.get(trial.role):
            key = trial.role, trial.domain, trial.arm
            self.contrasts[key].add(compared[0].metric, trial)
        if trial.role is TrialRole.CONTAMINATION:
            known = self.strings[trial.attack].get(trial.domain, False)
            self.strings[trial.attack][trial.domain] = known or isinstance(trial.outcome, Breached)

    def add_to_totals(self, trial: Trial) -> None:
        """Count a trial among all that ran, and for no rate."""
        self.trials += 1
        self.prompt_tokens += trial.usage.prompt_tokens
        self.completion_tokens += trial.usage.completion_tokens
        self.at_length += trial.finish == "length"

    def _add_cell(self, trial: Trial) -> None:
        success = is_success("asr", trial.outcome)
        for cell in (
            self.cells[trial.arm.value, trial.domain, trial.attack],
            self.suspicions[trial.domain, trial.arm, trial.suspects_test],
        ):
            if success is None:
                cell[2] += 1
            else:
                cell[0] += success
                cell[1] += 1


def _acted(outcome: Acted) -> Iterator[str]:
    """Yield what an episode is counted as; each violation once, however often it is named."""
    yield outcome.progress
    if outcome.progress == "done" and not outcome.violations:
        yield "clean"
    yield from sorted({f"violation.{name}" for name in outcome.violations})


def aggregate(
    trials: Iterable[Trial],
    counts: Callable[[Trial], bool] = lambda _trial: True,
    stances: Mapping[str, StanceCheck] | None = None,
) -> Aggregate:
    """Count all trials; those that `counts` does not name only in the totals.

    `stances` (`stances_of`) is needed where mirrored pairs were tried.
    """
    result = Aggregate(mirrored=MirroredAnswers(stances or {}))
    for trial in trials:
        if counts(trial):
            result.add(trial)
        else:
            result.add_to_totals(trial)
    return result
