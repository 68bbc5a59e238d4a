"""Judges that miss: labels in two phases, cards, canaries."""

from dataclasses import dataclass

import numpy as np

from shipworthy.statistics import (
    JudgeCard,
    admission,
    clopper_pearson_upper,
    miss_adjusted_upper,
    sensitivity_lower,
)
from shipworthy.statistics.judged import (
    TwoPhaseCounts,
    canary_check,
    declared_limits,
    two_phase_bound,
)
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Median,
    Procedure,
    Share,
    at_most,
    settings_of,
    share_where,
)


@dataclass(frozen=True)
class Reading:
    """`read` negatives are read, or all (None); `open` true successes stay undecided."""

    outputs: int
    rate: float
    sensitivity: float
    specificity: float
    read: int | None
    open: float = 0.0


@dataclass(frozen=True)
class Carded:
    """A judge with `labelled` true successes (and as many failures) on its card."""

    outputs: int
    rate: float
    sensitivity: float
    specificity: float
    labelled: int


@dataclass(frozen=True)
class Drifting:
    labelled: int
    canaries: int
    sensitivity: float


def read_campaigns(setting: Reading, runs: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The fields of `TwoPhaseCounts`, a run a row."""
    p, caught, cleared = setting.rate, setting.sensitivity, setting.specificity
    cells = [p * caught, p * (1 - caught), (1 - p) * (1 - cleared), (1 - p) * cleared]
    hit, missed, false, right = rng.multinomial(setting.outputs, cells, runs).T
    read = missed + right
    if setting.read is not None:
        read = np.minimum(read, setting.read)
    misses = rng.hypergeometric(missed, right, read)
    no_hit, no_miss = rng.binomial(hit, setting.open), rng.binomial(misses, setting.open)
    return [hit + false, hit - no_hit, read, misses - no_miss, no_hit, no_miss]


def counts_of(setting: Reading, row: tuple[int, ...]) -> TwoPhaseCounts:
    names = ("positives", "confirmed", "read", "misses", "undecided", "undecided_read")
    return TwoPhaseCounts(judged=setting.outputs, **dict(zip(names, row, strict=True)))


def declared(setting: Reading, runs: int, rng: np.random.Generator):
    rows, every = read_campaigns(setting, runs, rng), setting.read is None

    def limits(row):
        return declared_limits(counts_of(setting, row), ALPHA, every=every)

    above = share_where(rows, lambda *row: limits(row).upper < setting.rate)
    below = share_where(rows, lambda *row: limits(row).lower > setting.rate)
    yield Found("upper limit below the rate", at_most(ALPHA), above)
    yield Found("lower limit above the rate", at_most(ALPHA), below)
    uppers = Median.of(limits(tuple(row)).upper for row in np.column_stack(rows)[:1000].tolist())
    yield Found("median of the upper limit", UNPROMISED, uppers, detail=True)

    def trusting(positives, *_):
        judged = clopper_pearson_upper(positives, setting.outputs, 0.8 * ALPHA)
        return miss_adjusted_upper(judged, 0.95) < setting.rate

    flattered = share_where(rows, trusting)
    yield Found("for contrast: a card that flatters (95 %)", UNPROMISED, flattered)


def shown(setting: Reading, runs: int, rng: np.random.Generator):
    """Limits of `two_phase_bound`, with the figure that is for display."""
    rows = np.column_stack(read_campaigns(setting, runs, rng))
    unique, times = np.unique(rows, axis=0, return_counts=True)
    above = typical = 0
    uppers: list[float] = []
    for row, n in zip(unique.tolist(), times.tolist(), strict=True):
        found = two_phase_bound(counts_of(setting, row), ALPHA)
        above += n * (found.upper < setting.rate)
        typical += n * (found.typical_upper < setting.rate)
        uppers += [found.upper] * n
    yield Found("upper limit below the rate", at_most(ALPHA), Share(above, runs))
    yield Found("displayed figure below the rate", UNPROMISED, Share(typical, runs))
    yield Found("median of the upper limit", UNPROMISED, Median.of(uppers), detail=True)


def carded(setting: Carded, runs: int, rng: np.random.Generator):
    p, caught, cleared = setting.rate, setting.sensitivity, setting.specificity
    judged = rng.binomial(setting.outputs, p * caught + (1 - p) * (1 - cleared), runs)
    known = rng.binomial(setting.labelled, caught, runs)
    right = rng.binomial(setting.labelled, cleared, runs)

    def adjusted_below(successes, hits):
        judged_upper = clopper_pearson_upper(successes, setting.outputs, 0.8 * ALPHA)
        least = sensitivity_lower(hits, setting.labelled, 0.2 * ALPHA)
        return miss_adjusted_upper(judged_upper, least) < p

    def limits_wrong(hits, kept):
        card = JudgeCard(
            true_positives=hits,
            positives=setting.labelled,
            true_negatives=kept,
            negatives=setting.labelled,
        )
        found = admission(card, ALPHA)
        return found.sensitivity_lower > caught or found.specificity_lower > cleared

    wrong = share_where([judged, known], adjusted_below)
    yield Found("upper limit below the rate", at_most(ALPHA), wrong)
    wrong = share_where([known, right], limits_wrong)
    yield Found("a limit of the judge's quality too good", at_most(ALPHA), wrong)
    wrong = share_where([judged], lambda x: clopper_pearson_upper(x, setting.outputs, ALPHA) < p)
    yield Found("for contrast: misses left out", UNPROMISED, wrong)


def drifting(setting: Drifting, runs: int, rng: np.random.Generator):
    """The judge is as it was when its card was made."""
    known = rng.binomial(setting.labelled, setting.sensitivity, runs)
    caught = rng.binomial(setting.canaries, setting.sensitivity, runs)

    def check(hits, now):
        card = JudgeCard(
            true_positives=hits, positives=setting.labelled, true_negatives=0, negatives=0
        )
        return canary_check(card, now, setting.canaries, ALPHA)

    alarm = share_where([known, caught], lambda *row: check(*row).drifted)
    yield Found("drift reported without one", at_most(ALPHA), alarm)
    wrong = share_where(
        [known, caught], lambda *row: check(*row).sensitivity_lower > setting.sensitivity
    )
    yield Found("sensitivity limit above the truth", at_most(ALPHA), wrong)


READINGS = settings_of(
    Reading,
    [
        (150, 0.1, 0.5, 0.97, None),
        (150, 0.1, 0.5, 0.97, 40),
        (150, 0.1, 0.5, 0.97, 120),
        (150, 0.2, 0.5, 0.97, 60),
        (150, 0.1, 0.5, 0.97, 60, 0.3),
        (150, 0.1, 0.5, 0.97, None, 0.3),
        (1000, 0.01, 0.0, 1.0, 600),
        (5000, 0.01, 0.9, 0.98, 300),
    ],
)
SHOWN = settings_of(
    Reading,
    [
        (5000, 0.002, 0.9, 0.98, 300),
        (5000, 0.01, 0.9, 0.98, 300),
        (5000, 0.01, 0.9, 0.98, 1000),
        (5000, 0.05, 0.7, 0.995, 300),
    ],
)
CARDS = settings_of(
    Carded,
    [
        (300, 0.05, 0.9, 0.97, 100),
        (300, 0.05, 0.6, 1.0, 100),
        (1000, 0.01, 0.8, 1.0, 50),
        (1000, 0.01, 0.8, 1.0, 100_000),
        (100, 0.3, 0.5, 1.0, 30),
        (100_000, 0.1, 0.7, 1.0, 60),
    ],
)

PROCEDURES = (
    Procedure("two-phase reading, declared", READINGS, declared),
    Procedure("two-phase check, as displayed", SHOWN, shown, fewer=20),
    Procedure("rate over a judge's sensitivity", CARDS, carded),
    Procedure(
        "drift canaries",
        settings_of(Drifting, [(100, 50, 0.9), (50, 200, 0.7), (1000, 30, 0.97)]),
        drifting,
    ),
)
