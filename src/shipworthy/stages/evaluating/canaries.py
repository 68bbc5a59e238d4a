"""Judge canaries: labelled items mixed into every run, so that a judge that changed is noticed.

Every run puts all canaries of all judges of the plan to the judges that assess its trials: some
before the first trial, the others spread evenly among them. Which come first follows from the
plan's seed and the run alone. All judges are rules, so one answer other than that of the answer key
is drift. See `spec/bundle.md`, section 10.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.kernel import Digest, Stream, short
from shipworthy.records import (
    AnswerKey,
    AskedRun,
    CampaignPlan,
    CanaryAnswer,
    CanaryResult,
    KeyedItem,
)

_OPENING: Final = ("yes", "no")
"""Before the first trial of a run every judge is asked one canary of each of these answers."""

DIED: Final = frozenset({"", "interrupted"})
"""How a run ended that could not ask what was left; empty while it has not ended."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One item to put to a judge."""

    judge: str
    keyed: KeyedItem


@dataclass(frozen=True, slots=True)
class CanaryOrder:
    """The canaries of a run in the order in which they are asked."""

    opening: tuple[Canary, ...]
    """Asked before the first trial, so that no trial was judged by a judge nobody had checked."""
    others: tuple[Canary, ...]

    @property
    def all(self) -> tuple[Canary, ...]:
        """All of them, in order."""
        return (*self.opening, *self.others)


def canary_order(keys: Iterable[AnswerKey], seed: int, run: str) -> CanaryOrder:
    """Return the canaries of a run: shuffled, and of each judge a `yes` and a `no` first."""
    every = {
        f"{key.judge} {keyed.item}": Canary(key.judge, keyed) for key in keys for keyed in key.items
    }
    mixed = [every[name] for name in Stream(seed, "canaries", run).shuffled(sorted(every))]
    opening: dict[tuple[str, str], Canary] = {}
    for canary in mixed:
        if canary.keyed.answer in _OPENING:
            opening.setdefault((canary.judge, canary.keyed.answer), canary)
    first = tuple(opening[which] for which in sorted(opening))
    return CanaryOrder(first, tuple(canary for canary in mixed if canary not in first))


class CanaryMixer:
    """Asks the canaries of one run as its cells start, each exactly once."""

    def __init__(self, order: CanaryOrder, cells: int, ask: Callable[[Canary], None]) -> None:
        self._waiting = iter(order.all)
        self._opening, self._others = len(order.opening), len(order.others)
        self._cells = max(cells, 1)
        self._ask = ask
        self._started = self._asked = 0

    def before_cell(self) -> None:
        """Ask what is due before the next cell starts."""
        spread = self._others * min(self._started, self._cells) // self._cells
        self._started += 1
        while self._asked < self._opening + spread:
            self._next()

    def finish(self) -> None:
        """Ask what is left, because the run ends; also when it ends early."""
        while self._asked < self._opening + self._others:
            self._next()

    def _next(self) -> None:
        self._asked += 1
        self._ask(next(self._waiting))


def canary_results(
    plan: CampaignPlan, keys: Mapping[str, AnswerKey], runs: Sequence[AskedRun]
) -> dict[str, CanaryResult]:
    """Return how each judge of the plan did on its canaries, over all runs together.

    `keys` are the answer keys that the plan names. What was not asked counts against the judge, and
    so does a judge for which the plan registers nothing to ask.
    """
    return {judge: _result(judge, _planned(plan, keys, judge), runs) for judge in plan.judges}


def _planned(plan: CampaignPlan, keys: Mapping[str, AnswerKey], judge: str) -> AnswerKey | None:
    key = keys.get(judge)
    return key if key is not None and key.digest == plan.canaries.get(judge) else None


def _result(judge: str, key: AnswerKey | None, runs: Sequence[AskedRun]) -> CanaryResult:
    expected = {keyed.item: keyed.answer for keyed in key.items} if key else {}
    answers = [answer for run in runs for answer in run.answers if answer.judge == judge]
    wrong = [answer for answer in answers if answer.answer != expected.get(answer.item)]
    objections: tuple[str, ...] = (f"judge {judge} has no canaries",)
    if key is not None:
        objections = (*_unasked(judge, expected, runs), *_drift(judge, wrong, len(answers)))
    return CanaryResult(
        judge=judge,
        items=len(expected),
        asked=len(answers),
        agreed=len(answers) - len(wrong),
        objections=objections,
    )


def _unasked(judge: str, expected: Mapping[Digest, str], runs: Sequence[AskedRun]) -> Iterator[str]:
    """Yield in which runs the judge worked without having been asked what it should be."""
    whole, lacking = False, []
    for run in runs:
        asked = {answer.item for answer in run.answers if answer.judge == judge}
        kinds = {expected[item] for item in asked & expected.keys()}
        complete = expected.keys() <= asked
        whole = whole or complete
        untried = run.how != "" and run.trials == 0
        opened = run.how in DIED and (untried or kinds >= {*_OPENING})
        if not complete and not opened:
            lacking.append(run.run)
    if lacking:
        yield f"judge {judge} was not asked its canaries in {', '.join(lacking)}"
    elif not whole:
        yield f"no run asked judge {judge} all its canaries"


def _drift(judge: str, wrong: Sequence[CanaryAnswer], asked: int) -> Iterator[str]:
    if wrong:
        first = wrong[0]
        yield (
            f"judge {judge} drifted: it answered {len(wrong)} of {asked} canaries otherwise than "
            f"for its card, first {short(first.item)} with {first.answer}, not {first.expected}"
        )
