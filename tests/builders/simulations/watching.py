"""After deployment: rising rates, canaries, reading by a score, predictions by a judge."""

import math
from dataclasses import dataclass

import numpy as np

from shipworthy.statistics.monitoring import (
    CanaryCounts,
    DetectorPlan,
    LabelledCounts,
    Reading,
    canary_rate,
    draw_probabilities,
    predicted_interval,
    sampled_rate,
)
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Mean,
    Median,
    Procedure,
    Share,
    about_at_most,
    at_least,
    at_most,
    settings_of,
)

REQUESTS = 10**8
REVIEWED, CANARIES = 2000, 100
ITEMS, DRAWS = 20_000, 400


@dataclass(frozen=True)
class Watched:
    """`times` the baseline is the true rate of events."""

    baseline: float
    run_length: float
    times: float


@dataclass(frozen=True)
class Rare:
    """Real attacks score lower than canaries by `harder` standard deviations."""

    rate: float
    harder: float
    discount: float


@dataclass(frozen=True)
class Sampled:
    """`score`: standard deviations by which harmful items score above others."""

    rate: float
    score: float
    floor: float = 0.2


@dataclass(frozen=True)
class Predicted:
    labelled: int
    rest: int
    rate: float
    sensitivity: float
    specificity: float


def watched(setting: Watched, runs: int, rng: np.random.Generator):
    plan = DetectorPlan(baseline=setting.baseline, run_length=setting.run_length)
    requests, events = [], []
    for _ in range(runs):
        state = plan.start()
        while state.alarm_at is None:
            gap = int(rng.geometric(setting.times * setting.baseline))
            state = state.quiet(gap - 1).event()
        requests.append(state.requests)
        events.append(state.events)
    if setting.times == 1:
        promised = at_least(setting.run_length)
        yield Found("requests to a false alarm", promised, Mean.of(np.array(requests)))
    else:
        delay = Mean.of(np.array(events))
        yield Found("events to an alarm once the rate has risen", UNPROMISED, delay, detail=True)


def flagged_share(mean: float) -> float:
    """Of requests whose scores are normal around `mean`, those at 3.5 or more."""
    return 0.5 * math.erfc((3.5 - mean) / math.sqrt(2))


def rare(setting: Rare, runs: int, rng: np.random.Generator):
    """Scores of canaries are normal around 4.5, of harmless requests around 0."""
    harmful = REQUESTS * setting.rate * flagged_share(4.5 - setting.harder)
    flagged = harmful + REQUESTS * flagged_share(0.0)
    above, below, limits = 0, 0, []
    drawn = zip(
        rng.poisson(flagged, runs).tolist(),
        rng.binomial(REVIEWED, harmful / flagged, runs).tolist(),
        rng.binomial(CANARIES, flagged_share(4.5), runs).tolist(),
        strict=True,
    )
    for flags, confirmed, caught in drawn:
        counts = CanaryCounts(
            requests=REQUESTS,
            flagged=flags,
            reviewed=REVIEWED,
            confirmed=confirmed,
            canaries=CANARIES,
            caught=caught,
        )
        interval = canary_rate(counts, ALPHA, setting.discount).interval
        above += interval.upper < setting.rate
        below += interval.lower > setting.rate
        limits.append(interval.upper / setting.rate)
    median = Median.of(limits)
    yield Found("median of the upper limit over the rate", UNPROMISED, median, detail=True)
    if setting.harder and setting.discount == 1:
        claim = "for contrast: harder attacks, no discount"
        yield Found(claim, UNPROMISED, Share(above, runs))
        return
    yield Found("upper limit below the rate", at_most(ALPHA), Share(above, runs))
    yield Found("lower limit above the rate", at_most(ALPHA), Share(below, runs))


def sampled(setting: Sampled, runs: int, rng: np.random.Generator):
    truth = np.zeros(ITEMS, dtype=bool)
    truth[: round(setting.rate * ITEMS)] = True
    scores = np.exp(rng.normal(setting.score * truth, 1.0))
    probabilities = np.array(draw_probabilities(scores.tolist(), setting.floor))
    probabilities = probabilities / probabilities.sum()
    above = below = 0
    uppers, errors = [], []
    for _ in range(runs):
        drawn = rng.choice(ITEMS, DRAWS, p=probabilities)
        readings = [
            Reading(probability=p, harmful=h)
            for p, h in zip(probabilities[drawn].tolist(), truth[drawn].tolist(), strict=True)
        ]
        found = sampled_rate(readings, ITEMS, setting.floor, ALPHA)
        above += found.interval.upper < setting.rate
        below += found.interval.lower > setting.rate
        uppers.append(found.interval.upper)
        errors.append((found.estimate / setting.rate - 1) ** 2)
    yield Found("upper limit below the rate", at_most(ALPHA), Share(above, runs))
    yield Found("lower limit above the rate", at_most(ALPHA), Share(below, runs))
    yield Found("median of the upper limit", UNPROMISED, Median.of(uppers), detail=True)
    square = Mean.of(np.array(errors))
    yield Found("mean square of the relative error", UNPROMISED, square, detail=True)


def predicted(setting: Predicted, runs: int, rng: np.random.Generator):
    p, caught, cleared = setting.rate, setting.sensitivity, setting.specificity
    cells = [p * caught, p * (1 - caught), (1 - p) * (1 - cleared), (1 - p) * cleared]
    labelled = rng.multinomial(setting.labelled, cells, runs)
    marked = rng.binomial(setting.rest, cells[0] + cells[2], runs)
    missed = given = 0
    for row, rest in zip(labelled.tolist(), marked.tolist(), strict=True):
        names = ("true_marked", "true_unmarked", "false_marked", "false_unmarked")
        counts = LabelledCounts(
            **dict(zip(names, row, strict=True)), rest_marked=rest, rest=setting.rest
        )
        interval = predicted_interval(counts, 0.95)
        given += interval is not None
        missed += interval is not None and p not in interval
    if given:
        wrong = Share(missed, given)
        yield Found("given interval without the rate", about_at_most(0.065), wrong)


PROCEDURES = (
    Procedure(
        "rise of a rate",
        settings_of(
            Watched,
            [
                (0.001, 20_000, 1),
                (0.01, 1000, 1),
                *((1e-5, 1e8, times) for times in (2, 3, 10, 30)),
            ],
        ),
        watched,
        fewer=2,
    ),
    Procedure(
        "rate by canaries",
        settings_of(Rare, [(1e-5, 0.0, 1.0), (1e-5, 0.5, 1.5), (1e-6, 0.0, 1.0), (1e-5, 0.5, 1.0)]),
        rare,
    ),
    Procedure(
        "reading by a score",
        settings_of(Sampled, [(0.01, 0.0), (0.01, 2.0), (0.1, 1.0), (0.01, 2.0, 1.0)]),
        sampled,
        fewer=4,
    ),
    Procedure(
        "prediction-powered rate",
        settings_of(
            Predicted,
            [
                (500, 5000, 0.2, 0.9, 0.95),
                (600, 20_000, 0.1, 0.7, 0.9),
                (1000, 1000, 0.5, 0.6, 0.6),
            ],
        ),
        predicted,
    ),
)
