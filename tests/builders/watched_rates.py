"""Live traffic by chance, for tests and for benchmarks/monitoring.py."""

from dataclasses import dataclass

import numpy as np

from shipworthy.statistics.monitoring import (
    ActiveRate,
    ActiveReading,
    DetectorPlan,
    ScoreBin,
    active_rate,
    draw_plan,
)

ITEMS = 200_000
BINS = 16
ROUNDS = 10


@dataclass(frozen=True)
class Setting:
    """`times` the baseline is the true rate; counts come in windows of `window` requests."""

    baseline: float
    times: float
    window: int
    run_length: float


@dataclass(frozen=True)
class Judged:
    """Scores of harmful exchanges lie `distance` standard deviations above those of others."""

    rate: float
    distance: float
    floor: float


def rise_delay(setting: Setting, rng: np.random.Generator) -> float:
    """Requests until the alarm."""
    state = DetectorPlan(baseline=setting.baseline, run_length=setting.run_length).start()
    rate = setting.times * setting.baseline
    while state.alarm_at is None:
        if setting.window == 1:
            gap = int(rng.geometric(rate))
            state = state.quiet(gap - 1).event()
            continue
        for events in rng.binomial(setting.window, rate, 64).tolist():
            state = state.window(setting.window, events)
            if state.alarm_at is not None:
                break
    return state.requests


def events_to_alarm(
    baseline: float, times: float, run_length: float, rng: np.random.Generator
) -> int:
    """Events until the alarm, request by request."""
    state = DetectorPlan(baseline=baseline, run_length=run_length).start()
    while state.alarm_at is None:
        state = state.quiet(int(rng.geometric(times * baseline)) - 1).event()
    return state.events


def z_alarms(baseline: float, window: int, windows: int, rng: np.random.Generator) -> int:
    """Windows whose count lies more than three standard deviations above the mean."""
    counts = rng.binomial(window, baseline, windows)
    spread = (window * baseline * (1 - baseline)) ** 0.5
    return int((counts > window * baseline + 3 * spread).sum())


def read_by_score(setting: Judged, draws: int, rng: np.random.Generator) -> ActiveRate:
    """Draw in rounds with a judge whose scores are overconfident, and bound the rate."""
    truth = np.zeros(ITEMS, dtype=bool)
    truth[: round(setting.rate * ITEMS)] = True
    raw = rng.normal(setting.distance * truth, 1.0)
    # Log odds of a judge that believes in far more harm than there is: about 2 in 100.
    scores = 1.0 / (1.0 + np.exp(-setting.distance * (raw - 0.5 * setting.distance) + 4.0))
    place = np.searchsorted(np.quantile(raw, 1 - 2.0 ** -np.arange(1, BINS)), raw)
    members = [np.flatnonzero(place == one) for one in range(BINS)]
    means = [float(scores[one].mean()) if len(one) else 0.0 for one in members]
    read, harmful = np.zeros(BINS, dtype=int), np.zeros(BINS, dtype=int)
    readings: list[ActiveReading] = []
    for _ in range(ROUNDS):
        plan = draw_plan(
            [
                ScoreBin(items=len(one), score=mean, read=int(r), harmful=int(h))
                for one, mean, r, h in zip(members, means, read, harmful, strict=True)
            ],
            setting.floor,
        )
        for one in rng.choice(BINS, draws // ROUNDS, p=plan.shares).tolist():
            found = bool(truth[rng.choice(members[one])])
            read[one] += 1
            harmful[one] += found
            readings.append(
                ActiveReading(
                    items=plan.items,
                    floor=plan.floor,
                    probability=plan.probability(one),
                    prediction=plan.predictions[one],
                    mean_prediction=plan.mean_prediction,
                    cautious=plan.cautious[one],
                    mean_cautious=plan.mean_cautious,
                    least=plan.least,
                    harmful=found,
                )
            )
    return active_rate(readings, 0.05)
