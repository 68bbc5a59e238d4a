"""What monitoring finds, how soon, and how often it is wrong, by simulation.

    python benchmarks/monitoring.py [--part rises|canaries|prevalence|drift|clusters] [--runs N]
                                    [--seed N]

Prints one table a part. Every figure in docs/explanation/watching-live-traffic.md is of a run of
this command without options. Times are simulated; figures of CPU are of one core.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from coordinated import (
    CampaignTraffic,
    SyntheticExchange,
    campaign_traffic,
)
from shipworthy.statistics.monitoring import (
    ClusterPlan,
    ClusterState,
    DriftState,
    after_block,
    log_needed,
    rate_lower,
    rate_upper,
    word_features,
)
from watched_rates import Judged, Setting, events_to_alarm, read_by_score, rise_delay, z_alarms

MONTH = 30 * 86_400.0


def rises(runs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    print("mean time to a false alarm, as multiples of what was declared (99 % limits)")
    for baseline, window, declared in ((0.01, 1, 2000), (0.01, 20, 2000), (0.001, 200, 20_000)):
        setting = Setting(baseline, 1.0, window, declared)
        times = [rise_delay(setting, rng) / declared for _ in range(runs)]
        half = 2.58 * statistics.stdev(times) / len(times) ** 0.5
        mean = statistics.fmean(times)
        print(
            f"  p0 {baseline:g}, windows of {window}: {mean:.2f} ({mean - half:.2f} to "
            f"{mean + half:.2f}), {runs} runs"
        )
    print("median minutes to an alarm, one false alarm in 30 days")
    for rate, baseline in ((200, 0.001), (10, 0.001), (10, 0.01), (10, 0.05)):
        row = []
        for times in (1.2, 1.5, 2.0, 3.0, 5.0):
            setting = Setting(baseline, times, rate * 10, MONTH * rate)
            found = [rise_delay(setting, rng) / rate / 60 for _ in range(max(20, runs // 10))]
            row.append(f"x{times:g} {statistics.median(found):.1f}")
        print(f"  {rate} requests/s, p0 {baseline:g}, windows of 10 s: {', '.join(row)}")
    days = 30
    alarms = z_alarms(0.001, 2000, days * 8640, rng)
    print(
        f"  for contrast, z > 3 on each window of 2000 at p0 0.001: {alarms} alarms in {days} days"
    )
    print("mean events to an alarm at p0 1e-5, one false alarm in 1e8 requests")
    row = [
        f"x{times:g} "
        f"{statistics.fmean(events_to_alarm(1e-5, times, 1e8, rng) for _ in range(runs)):.1f}"
        for times in (2.0, 3.0, 10.0, 30.0)
    ]
    print(f"  {', '.join(row)} ({runs} runs)")


def canaries(runs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    print(
        "median (and 90 %) hours until a risen share of missed canaries is found, p0 2 %, one "
        "false alarm in 30 days, hourly windows and probe by probe"
    )
    for rate in (5, 20, 60):
        for missed in (0.05, 0.10):
            row = []
            for window in (rate, 1):
                setting = Setting(0.02, missed / 0.02, window, 720.0 * rate)
                hours = sorted(rise_delay(setting, rng) / rate for _ in range(runs))
                row.append(f"{statistics.median(hours):.1f} ({hours[int(0.9 * runs)]:.1f})")
            print(f"  {rate} probes/h, misses {missed:.0%}: windows {row[0]}, single {row[1]}")


def prevalence(runs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    print("1000 draws from 200,000 exchanges; judge that separates by d standard deviations")
    print(
        "p, d, floor: covers upper, lower; RMSE / p; labels that even draws need for that RMSE, "
        "as multiples; median upper / p, lower / p; the same of even draws"
    )
    for rate in (1e-4, 1e-3, 1e-2):
        for distance in (2.0, 3.0, 4.0):
            for floor in (0.2, 0.5):
                # Coverage is claimed of every row; all runs go where the gain is claimed.
                share = 10 if floor > 0.2 else 3 if distance < 4.0 else 1
                count = max(1, runs // share)
                _prevalence_row(Judged(rate, distance, floor), count, rng)


def _prevalence_row(setting: Judged, runs: int, rng: np.random.Generator) -> None:
    started = time.process_time()
    found = [read_by_score(setting, 1000, rng) for _ in range(runs)]
    spent = (time.process_time() - started) / runs
    above = sum(one.interval.upper >= setting.rate for one in found) / runs
    below = sum(one.interval.lower <= setting.rate for one in found) / runs
    error = float(np.sqrt(np.mean([(one.estimate / setting.rate - 1) ** 2 for one in found])))
    gain = (1 - setting.rate) / setting.rate / 1000 / error**2
    upper = statistics.median(one.interval.upper for one in found) / setting.rate
    lower = statistics.median(one.interval.lower for one in found) / setting.rate
    even = rng.binomial(1000, setting.rate, 2001).tolist()
    even_upper = statistics.median(rate_upper(k, 1000, 0.05) for k in even) / setting.rate
    even_lower = statistics.median(rate_lower(k, 1000, 0.05) for k in even) / setting.rate
    print(
        f"  {setting.rate:g}, {setting.distance:g}, {setting.floor:g}: {above:.3f}, {below:.3f}; "
        f"{error:.2f}; {gain:.1f}x; {upper:.2f}, {lower:.2f}; {even_upper:.2f}, "
        f"{even_lower:.2f}; {1e3 * spent:.0f} ms, {runs} runs",
        flush=True,
    )


def drift(runs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(10, 2.0))
    needed = log_needed(0.01, 1)
    print("two-sample e-test, 10 bins, 60 blocks of 200 reference and 1000 live items, level 0.01")
    for distance in (0.0, 0.02, 0.05, 0.1, 0.2):
        moved = (1 - distance) * shares
        moved[0] += distance
        actual = 0.5 * float(np.abs(moved - shares).sum())
        blocks = [_blocks(shares, moved, needed, rng) for _ in range(runs)]
        seen = [one for one in blocks if one]
        median = statistics.median(seen) if seen else float("nan")
        print(
            f"  distance {actual:.3f}: raised in {len(seen) / runs:.3f} of runs, median block "
            f"{median:.0f}"
        )


def _blocks(
    reference: np.ndarray, live: np.ndarray, needed: float, rng: np.random.Generator
) -> int:
    state = DriftState()
    for block in range(60):
        first, second = rng.multinomial(200, reference), rng.multinomial(1000, live)
        state = after_block(
            state,
            {str(k): int(n) for k, n in enumerate(first)},
            {str(k): int(n) for k, n in enumerate(second)},
        )
        if state.highest >= needed:
            return block + 1
    return 0


def clusters(runs: int, seed: int) -> None:
    del runs  # one run takes seconds, so two seeds it is
    print(
        "50 accounts in a campaign among 5,000: recall of its accounts at harmless accounts in "
        "named clusters, mean of two seeds; background 0.08, level 0.01 a cluster"
    )
    for parts in (4, 6, 12):
        for noise in (0.1, 0.2, 0.3, 0.4):
            traffic = [_sketched(parts, noise, seed + run) for run in range(2)]
            recall, false = _found(traffic, 0.08, 0.01)
            spent = statistics.fmean(one[1] for one in traffic)
            print(
                f"  {parts} parts, {noise:.0%} of words replaced: recall {recall:.2f} at "
                f"{false:.2%}; {1e6 * spent:.0f} us of CPU an exchange for digests",
                flush=True,
            )
    print("the curve at 6 parts and 30 % of words replaced, by background and level")
    traffic = [_sketched(6, 0.3, seed + run) for run in range(2)]
    for background in (0.08, 0.04, 0.02):
        for level in (0.01, 0.1):
            recall, false = _found(traffic, background, level)
            print(f"  {background:g}, {level:g}: recall {recall:.2f} at {false:.2%}", flush=True)


Sketched = list[tuple[SyntheticExchange, frozenset[int]]]


def _sketched(parts: int, noise: float, seed: int) -> tuple[Sketched, float]:
    traffic = list(campaign_traffic(CampaignTraffic(parts=parts, noise=noise, seed=seed)))
    started = time.process_time()
    found = [(one, word_features(one.text, b"key")) for one in traffic]
    return found, (time.process_time() - started) / len(traffic)


def _found(
    traffic: list[tuple[Sketched, float]], background: float, level: float
) -> tuple[float, float]:
    shares = [_campaign(one, background, level) for one, _ in traffic]
    return statistics.fmean(one[0] for one in shares), statistics.fmean(one[1] for one in shares)


def _campaign(traffic: Sketched, background: float, level: float) -> tuple[float, float]:
    state = ClusterState(ClusterPlan(baseline=background, alpha=level))
    numbers = []
    for at, (one, features) in enumerate(traffic):
        named = state.take(one.account, features, at, weak=one.weak)
        if named:
            numbers.append(named.number)
    hit = {account for number in numbers for account in state.members(number)}
    guilty = {one.account for one, _ in traffic if one.campaign}
    harmless = {one.account for one, _ in traffic} - guilty
    return len(hit & guilty) / len(guilty), len(hit & harmless) / len(harmless)


PARTS = {
    "rises": rises,
    "canaries": canaries,
    "prevalence": prevalence,
    "drift": drift,
    "clusters": clusters,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    for name in [options.part] if options.part else PARTS:
        print(f"== {name}")
        PARTS[name](options.runs, options.seed)


if __name__ == "__main__":
    main()
