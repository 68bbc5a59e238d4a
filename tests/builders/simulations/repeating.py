"""Several attempts at a scenario, and forecasts beyond the attempts that were made."""

import math
from dataclasses import dataclass

import numpy as np

from shipworthy.statistics.attempts import (
    IndependentAttempts,
    fit_tail,
    forecast_asr,
    measured_at_k,
    unseen_worse_share,
    worst_plausible,
    worst_query,
)
from simulations.promises import (
    ALPHA,
    UNPROMISED,
    Found,
    Procedure,
    Share,
    about_at_most,
    at_most,
    settings_of,
)

SCENARIOS, ATTEMPTS = 100, 20
FURTHER = 10_000
"""Attempts that are forecast from 100."""
QUERIES = 100_000


@dataclass(frozen=True)
class Repeated:
    k: int
    correlation: float
    rate: float = 0.01


@dataclass(frozen=True)
class Unseen:
    queries: int


@dataclass(frozen=True)
class Population:
    rates: str


@dataclass(frozen=True)
class Scored:
    tail: str


def at_k(setting: Repeated, runs: int, rng: np.random.Generator):
    """100 scenarios of 20 attempts, their rates beta distributed around the mean rate."""
    k, scale = setting.k, 1 / setting.correlation - 1
    a, b = setting.rate * scale, (1 - setting.rate) * scale
    truth = -math.expm1(
        math.lgamma(b + k) - math.lgamma(a + b + k) - math.lgamma(b) + math.lgamma(a + b)
    )
    fallen = np.sort(rng.binomial(ATTEMPTS, rng.beta(a, b, (runs, SCENARIOS))), axis=1)
    unique, times = np.unique(fallen, axis=0, return_counts=True)
    headline = exact = 0
    for row, n in zip(unique.tolist(), times.tolist(), strict=True):
        data = [IndependentAttempts(attempts=ATTEMPTS, successes=c) for c in row]
        bound = measured_at_k(data, k, ALPHA).bound
        headline += n * (bound.upper < truth)
        exact += n * (bound.exact_upper < truth)
    near = about_at_most(0.06)
    yield Found("upper limit below the rate", near, Share(headline, runs))
    yield Found("exact upper limit below it", at_most(ALPHA), Share(exact, runs))


def unseen(setting: Unseen, runs: int, rng: np.random.Generator):
    """Future queries beyond the worst of m are as many as beyond the largest of m uniforms."""
    beyond = 1 - rng.random(runs) ** (1 / setting.queries)
    promised = unseen_worse_share(setting.queries, 1 - ALPHA)
    wrong = Share(int((beyond > promised).sum()), runs)
    yield Found("more future queries are worse than said", at_most(ALPHA), wrong)


def rates_of(kind: str, rng: np.random.Generator, size: int) -> np.ndarray:
    match kind:
        case "beta":
            return rng.beta(0.15, 15, size)
        case "log-normal":
            return np.minimum(1, np.exp(rng.normal(math.log(1e-4), 2.5, size)))
        case "logit-normal":
            return 1 / (1 + np.exp(-rng.normal(-6, 2, size)))
        case _:
            return np.where(rng.random(size) < 0.5, 0, rng.beta(0.3, 10, size))


@dataclass(frozen=True)
class Envelopes:
    """Truth at 10,000 attempts, forecasts by family, runs whose envelope holds the truth, and
    runs whose upper end does not fall short of it."""

    truth: float
    forecasts: dict[str, list[float]]
    encloses: int
    reaches: int


def envelopes(kind: str, runs: int, rng: np.random.Generator) -> Envelopes:
    """Forecasts from 200 scenarios of 100 attempts."""
    rates = np.minimum(rates_of(kind, rng, 400_000), 1 - 1e-15)
    truth = float(np.mean(-np.expm1(FURTHER * np.log1p(-rates))))
    forecasts: dict[str, list[float]] = {}
    encloses = reaches = 0
    for _ in range(runs):
        fallen = rng.binomial(100, rates_of(kind, rng, 200)).tolist()
        data = [IndependentAttempts(attempts=100, successes=c) for c in fallen]
        envelope = forecast_asr(data, FURTHER)
        for one in envelope.predicted:
            forecasts.setdefault(one.family, []).append(one.value)
        low, high = envelope.spread
        encloses, reaches = encloses + (low <= truth <= high), reaches + (truth <= high)
    return Envelopes(truth, forecasts, encloses, reaches)


def enveloped(setting: Population, runs: int, rng: np.random.Generator):
    found = envelopes(setting.rates, runs, rng)
    missed = Share(runs - found.encloses, runs)
    yield Found(f"truth outside the envelope, {setting.rates}", UNPROMISED, missed)
    short = Share(runs - found.reaches, runs)
    yield Found(f"truth above the envelope, {setting.rates}", UNPROMISED, short)


def queries_of(kind: str, rng: np.random.Generator, size: int) -> np.ndarray:
    match kind:
        case "exponential":
            return np.exp(-np.exp(-rng.gumbel(-2.6, 0.12, size)))
        case "logit-normal":
            return 1 / (1 + np.exp(-rng.normal(-14, 3, size)))
        case "log-normal":
            return np.minimum(np.exp(rng.normal(-16, 2.5, size)), 0.999999)
        case _:
            smooth = 1 / (1 + np.exp(-rng.normal(-14, 2, size)))
            return np.where(rng.random(size) < 1 / 3000, 0.5, smooth)


def tails(setting: Scored, runs: int, rng: np.random.Generator):
    """The worst of 100,000 queries, from 1000."""
    short = within = above = 0
    for _ in range(runs):
        tail = fit_tail(queries_of(setting.tail, rng, 1000).tolist())
        worst = float(queries_of(setting.tail, rng, QUERIES).max())
        forecast = worst_query(tail, QUERIES)
        within += worst / 10 <= forecast <= 10 * worst
        short += forecast < worst / 10
        above += worst_plausible(tail, QUERIES) < worst
    promise = about_at_most(0.07) if setting.tail == "exponential" else UNPROMISED
    yield Found(f"bound below the worst, {setting.tail}", promise, Share(above, runs))
    yield Found(f"short by a factor of ten, {setting.tail}", UNPROMISED, Share(short, runs))
    yield Found("within a factor of ten", UNPROMISED, Share(within, runs), detail=True)


POPULATIONS = ("beta", "log-normal", "logit-normal", "half immune")
TAILS = ("exponential", "logit-normal", "log-normal", "hidden mode")

PROCEDURES = (
    Procedure(
        "ASR@k of fewer attempts than made",
        settings_of(
            Repeated,
            [
                (1, 0.05),
                (5, 0.05),
                (20, 0.05),
                (5, 0.1),
                (5, 0.3),
                (3, 0.15, 0.03),
                (10, 0.15, 0.03),
            ],
        ),
        at_k,
        fewer=2,
    ),
    Procedure("queries worse than the worst", settings_of(Unseen, [(100,), (1000,)]), unseen),
    Procedure("forecast of ASR@10,000", tuple(map(Population, POPULATIONS)), enveloped, fewer=200),
    Procedure("forecast of the worst query", tuple(map(Scored, TAILS)), tails, fewer=20),
)
