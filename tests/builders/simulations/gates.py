"""Gates decided after every scenario, limits at any moment, and questions asked again."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np

from shipworthy.stages.evaluating.stopping.bounds import paired_limits
from shipworthy.statistics import PairedTable, clopper_pearson_upper
from shipworthy.statistics.sequential import (
    FAIL_GRID,
    PASS_GRID,
    Boundaries,
    SequentialDesign,
    SequentialVerdict,
    Tally,
    all_must_pass,
    anytime_lower,
    anytime_upper,
    boundaries,
    calibrated,
    certificate,
    operating_characteristics,
    plan_sequential,
    submission_alpha,
)
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Mean,
    Procedure,
    Share,
    at_most,
    chunks,
    equal_to,
    settings_of,
    share_where,
)

PASS, FAIL = SequentialVerdict.PASS, SequentialVerdict.FAIL
BLOCK = 2_000_000
"""Numbers drawn at once."""


@dataclass(frozen=True)
class Gate:
    """True rate as a multiple of theta; `kind` is default, calibrated, or pursuing.

    Campaigns register designs that pursue: they go on for FAIL where PASS is hopeless.
    """

    theta: str
    times: float
    alpha: str = "0.05"
    kind: str = "default"
    lost_successes: float = 0.0

    @property
    def rate(self) -> float:
        return self.times * float(self.theta)


@dataclass(frozen=True)
class Path:
    rate: float
    scenarios: int


@dataclass(frozen=True)
class Change:
    scenarios: int
    before: float
    after: float


@dataclass(frozen=True)
class Series:
    """Submissions of one question, each as bad as the limit; `scenarios` where it looks once."""

    theta: str
    submissions: int
    scenarios: int | None


@dataclass(frozen=True)
class Gates:
    """All but one of so many gates are easy; `shared`: their scenarios are the same."""

    theta: str
    gates: int
    shared: bool


@cache
def planned(theta: str, alpha: str, kind: str = "default") -> tuple[SequentialDesign, Boundaries]:
    design = plan_sequential(theta, alpha=alpha)
    if kind == "calibrated":
        design = calibrated(design)
    if kind == "pursuing":
        design = replace(design, pursuit="1")
    return design, boundaries(design)


def run_gates(
    table: Boundaries, draws: Iterator[np.ndarray], rate: float, lost: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Verdicts of campaigns (as their values) and their scenarios.

    `draws` are blocks of uniform numbers, a campaign a row and a column for each scenario that the
    cap allows; below `rate` a scenario succeeds, and a share `lost` of successes nobody knows of.
    """
    every = range(1, table.cap + 1)
    never = table.cap + 1

    def edges(edge: Callable[[int], int | None], nowhere: int) -> np.ndarray:
        found = (edge(n) for n in every)
        return np.array([nowhere if one is None else one for one in found])

    passing, failing = edges(table.largest_pass, -1), edges(table.smallest_fail, never)
    futile, pursued = edges(table.smallest_futile, never), edges(table.smallest_pursued, never)
    verdicts, lengths = [], []
    for block in draws:
        most = np.cumsum(block < rate, axis=1, dtype=np.int32)
        known = most
        if lost:
            known = np.cumsum((rate * lost <= block) & (block < rate), axis=1, dtype=np.int32)
        passes, fails = most <= passing, known >= failing
        ends = passes | fails | ((most >= futile) & (known < pursued))
        ends[:, -1] = True
        at = ends.argmax(axis=1)
        row = np.arange(len(block))
        other = np.where(fails[row, at], FAIL.value, SequentialVerdict.NOT_SHOWN.value)
        verdicts.append(np.where(passes[row, at], PASS.value, other))
        lengths.append(at + 1)
    return np.concatenate(verdicts), np.concatenate(lengths)


def uniforms(runs: int, scenarios: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    for size in chunks(runs, BLOCK // scenarios + 1):
        yield rng.random((size, scenarios))


def gate(setting: Gate, runs: int, rng: np.random.Generator):
    design, table = planned(setting.theta, setting.alpha, setting.kind)
    draws = uniforms(runs, table.cap, rng)
    ended, lengths = run_gates(table, draws, setting.rate, setting.lost_successes)
    passed, failed = (Share(int((ended == one.value).sum()), runs) for one in (PASS, FAIL))
    if setting.times >= 1:
        level = float(certificate(design, table).false_go)
        yield Found("PASS at the threshold or above", at_most(level), passed)
    if setting.times <= 1:
        level = float(certificate(design, table).false_fail)
        yield Found("FAIL at the threshold or below", at_most(level), failed)
    if setting.lost_successes == 0:
        exact = operating_characteristics(table, setting.rate)
        yield Found("PASS, beside the exact figure", equal_to(exact.passed), passed)
        yield Found("FAIL, beside the exact figure", equal_to(exact.failed), failed)
        cost = Mean.of(lengths)
        yield Found("scenarios, beside the exact figure", equal_to(exact.expected), cost)


def anytime(setting: Path, runs: int, rng: np.random.Generator):
    """Stop at a random moment, and at the one where the evidence against the truth is strongest."""
    rate, horizon = setting.rate, setting.scenarios
    successes = np.cumsum(rng.random((runs, horizon)) < rate, axis=1)
    scenarios = np.arange(1, horizon + 1)
    moments = {"at a random moment": rng.integers(0, horizon, runs)}
    for grid, side in ((PASS_GRID, "upper"), (FAIL_GRID, "lower")):
        mixture = grid.mixture(Fraction(str(rate)), Fraction("0.95"))
        evidence = np.zeros((runs, horizon))
        for weight, times, rest in zip(mixture.weights, mixture.ratios, mixture.rests, strict=True):
            hit, miss = np.log(float(times)), np.log(float(rest))
            evidence += float(weight) * np.exp(successes * hit + (scenarios - successes) * miss)
        moments["at the worst moment"] = evidence.argmax(1)
        for when, at in moments.items():
            stopped = [np.take_along_axis(successes, at[:, None], 1)[:, 0], at + 1]
            wrong = share_where(stopped, _beyond(side, rate))
            words = "upper limit below" if side == "upper" else "lower limit above"
            yield Found(f"{words} the rate, {when}", at_most(ALPHA), wrong)
            if side == "upper":
                naive = share_where(stopped, lambda s, n: clopper_pearson_upper(s, n, ALPHA) < rate)
                yield Found(f"for contrast: one-look limit, {when}", UNPROMISED, naive)


def _beyond(side: str, rate: float):
    def upper(s, n):
        return float(anytime_upper(Tally(n, s), "0.05")) < rate

    def lower(s, n):
        return float(anytime_lower(Tally(n, s), "0.05")) > rate

    return upper if side == "upper" else lower


def change(setting: Change, runs: int, rng: np.random.Generator):
    """Limits of a change when each arm ends where its own results say; p-value at its least."""
    n, before, after = setting.scenarios, setting.before, setting.after
    both = min(before, after) * 0.6
    scenarios = np.arange(1, n + 1)
    wrong = Counter()
    for _ in range(runs):
        draw = rng.random(n)
        bare, kept = (
            draw < before,
            (draw < both) | ((draw >= 1 - (after - both)) & (draw >= before)),
        )
        first, second = np.cumsum(bare), np.cumsum(kept)
        least = int(np.argmin((second + 1) / scenarios))
        most = int(np.argmax((first - 1) / scenarios))
        only = np.cumsum(bare & ~kept), np.cumsum(kept & ~bare)
        tossed = int(np.argmax(np.abs(only[0] - only[1]) / np.sqrt(only[0] + only[1] + 1)))
        table = PairedTable(
            both=0,
            before_only=int(only[0][tossed]),
            after_only=int(only[1][tossed]),
            neither=0,
        )
        found = paired_limits(
            Tally(most + 1, int(first[most])), Tally(least + 1, int(second[least])), table, "0.0125"
        )
        wrong["lower"] += float(found.lower) > before - after
        wrong["upper"] += float(found.upper) < before - after
        wrong["ratio"] += (
            found.ratio_upper is not None and float(found.ratio_upper) < after / before
        )
        wrong["p"] += float(found.p_value) <= ALPHA
    half = at_most(ALPHA / 2)
    yield Found("lower limit above the fall", half, Share(wrong["lower"], runs))
    yield Found("upper limit below the fall", half, Share(wrong["upper"], runs))
    yield Found("upper limit below the ratio", half, Share(wrong["ratio"], runs))
    if before == after:
        yield Found("p-value says a change", at_most(ALPHA), Share(wrong["p"], runs))


def most_to_pass(limit: float, scenarios: int, level: float) -> int:
    """Most successes that one look shows to lie below a limit; -1 where none do."""
    passing = -1
    while clopper_pearson_upper(passing + 1, scenarios, level) < limit:
        passing += 1
    return passing


def series(setting: Series, runs: int, rng: np.random.Generator):
    """Submit until one passes; every one is at the limit, so that each pass is wrong."""
    rate, wrong, naive = float(setting.theta), np.zeros(runs, bool), np.zeros(runs, bool)
    for number in range(1, setting.submissions + 1):
        level = submission_alpha("0.05", number)
        if setting.scenarios is None:
            _, table = planned(setting.theta, level)
            _, whole = planned(setting.theta, "0.05")
            wrong |= run_gates(table, uniforms(runs, table.cap, rng), rate)[0] == PASS.value
            naive |= run_gates(whole, uniforms(runs, whole.cap, rng), rate)[0] == PASS.value
            continue
        hits = rng.binomial(setting.scenarios, rate, runs)
        wrong |= hits <= most_to_pass(rate, setting.scenarios, float(level))
        naive |= hits <= most_to_pass(rate, setting.scenarios, ALPHA)
    yield Found("some submission passes wrongly", at_most(ALPHA), Share(int(wrong.sum()), runs))
    again = Share(int(naive.sum()), runs)
    yield Found("for contrast: each at the whole level", UNPROMISED, again)


def many(setting: Gates, runs: int, rng: np.random.Generator):
    """A go needs all gates; one is at the threshold, the others at a tenth of it."""
    _, table = planned(setting.theta, "0.05")
    theta, verdicts = float(setting.theta), []
    shared = list(uniforms(runs, table.cap, rng))
    for number in range(setting.gates):
        draws = shared if setting.shared else uniforms(runs, table.cap, rng)
        rate = theta if number == 0 else theta / 10
        verdicts.append(run_gates(table, iter(draws), rate)[0].tolist())
    gone = sum(
        all_must_pass([SequentialVerdict(one) for one in row]) is PASS
        for row in zip(*verdicts, strict=True)
    )
    yield Found("go, though one gate is too high", at_most(ALPHA), Share(gone, runs))


GATES = settings_of(
    Gate,
    [
        ("0.05", 0.25),
        ("0.05", 0.5),
        ("0.05", 1),
        ("0.05", 2),
        ("0.2", 1),
        ("0.01", 1),
        ("0.01", 0.25),
        ("0.05", 1, "0.01"),
        ("0.05", 1, "0.05", "calibrated"),
        ("0.2", 1, "0.05", "calibrated"),
        ("0.05", 1, "0.05", "pursuing"),
        ("0.05", 4, "0.05", "pursuing"),
        ("0.05", 1, "0.05", "default", 0.5),
        ("0.05", 1, "0.05", "pursuing", 0.5),
    ],
)

PROCEDURES = (
    Procedure("gate decided after every scenario", GATES, gate),
    Procedure("limits at any moment", settings_of(Path, [(0.05, 400), (0.2, 200)]), anytime),
    Procedure(
        "paired limits at any moment",
        settings_of(Change, [(200, 0.3, 0.3), (200, 0.5, 0.1)]),
        change,
        fewer=10,
    ),
    Procedure(
        "the same question again",
        settings_of(Series, [("0.1", 100, 150), ("0.01", 50, 1000), ("0.2", 8, None)]),
        series,
    ),
    Procedure(
        "a go over many gates", settings_of(Gates, [("0.2", 5, False), ("0.2", 5, True)]), many
    ),
)
