"""What a campaign costs: CPU per trial through the whole stack, and what comes after the trials.

Every figure comes from real parts: the plan of an assessment file, the built-in scenarios and
attacks, the `openai` target over loopback, the rule judges, the safeguards, segments and
transcripts on disk with their fsyncs, the report, the bundle, the independent verifier. Only the
model is a fixed answer, from a server in another process (`mock_server.py`).

CPU seconds of a process hardly depend on how busy the machine is; wall time does. Every
configuration runs in a process of its own, all of them in one run beside the floor: a bare aiohttp
client that sends the same requests and keeps nothing. Compare the ratios.

    python benchmarks/campaign_cost.py [--json FILE] [--profile bare]
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import mock_server
from campaign_runs import MEASURES, Cost

GOAL_MS: Final = 1.0
"""Design goal: CPU milliseconds per trial of the bare arm, evidence included."""

CAMPAIGNS: Final = ("floor", "bare", "prompt+output", "full stack")
PHASES: Final = (
    "start",
    "design",
    "resume",
    "nothing to do",
    "findings",
    "report+bundle",
    "verify",
)


def run_child(name: str, url: str, options: argparse.Namespace) -> Cost:
    """Measure one configuration in a fresh interpreter."""
    profiler = ["-m", "cProfile", "-s", "tottime"] if options.profile else []
    scenarios = options.large if name == "large" else options.scenarios
    command = [sys.executable, *profiler, str(Path(__file__).with_name("campaign_runs.py")), name]
    command += ["--url", url, "--scenarios", str(scenarios)]
    command += ["--concurrency", str(options.concurrency)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    document, _, profile = finished.stdout.partition("\n")
    if options.profile:
        print("\n".join(profile.splitlines()[:70]))
    return Cost(**json.loads(document))


def median(costs: list[Cost]) -> Cost:
    """Return the first, with the median CPU and wall time of every phase."""
    result = costs[0]
    for name in result.phases:
        columns = zip(*(cost.phases[name] for cost in costs), strict=True)
        cpu, wall = (sorted(column)[len(costs) // 2] for column in columns)
        result.phases[name] = (cpu, wall)
    return result


def campaign_table(costs: dict[str, Cost]) -> list[str]:
    """Return the table of campaigns. A request costs what everything costs, over requests."""
    floor = costs["floor"].phases["trials"][0] / costs["floor"].requests
    titles = (
        "configuration",
        "trials",
        "requests",
        "CPU ms/trial",
        "CPU ms/request",
        "times the floor",
        "trials/s wall",
        "B/trial",
        "transcript B/trial",
        "RSS MB",
    )
    lines = [row(titles), row(["---"] * len(titles))]
    for name in CAMPAIGNS:
        cost = costs[name]
        cpu, wall = cost.phases["trials"]
        cells = (
            name,
            f"{cost.trials:,}",
            f"{cost.requests:,}",
            f"{1000 * cpu / cost.trials:.2f}",
            f"{1000 * cpu / cost.requests:.2f}",
            f"{cpu / cost.requests / floor:.1f}",
            f"{cost.trials / wall:,.0f}",
            f"{cost.bytes_trials / cost.trials:.0f}",
            f"{cost.bytes_transcripts / cost.trials:.0f}",
            f"{cost.rss_mb:.0f}",
        )
        lines.append(row(cells))
    return lines


def phase_table(costs: dict[str, Cost]) -> list[str]:
    """Return the table of everything before and after the trials."""
    lines = [row(["CPU s (wall s)", *PHASES]), row(["---"] * (1 + len(PHASES)))]
    for name in ("bare", "full stack", "large"):
        spent = costs[name].phases
        cells = [
            f"{spent[phase][0]:.2f} ({spent[phase][1]:.2f})" if phase in spent else ""
            for phase in PHASES
        ]
        lines.append(row([f"{name}, {costs[name].trials:,} trials", *cells]))
    return lines


def row(cells: tuple[str, ...] | list[str]) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def main(options: argparse.Namespace) -> None:
    """Run every configuration, one after the other, and print the tables."""
    with mock_server.running() as server:
        if options.profile:
            run_child(options.profile, server.url, options)
            return
        runs = [
            {
                name: run_child(name, server.url, options)
                for name in MEASURES
                if name != "large" or turn == 0
            }
            for turn in range(options.repeat)
        ]
    costs = {name: median([run[name] for run in runs if name in run]) for name in MEASURES}
    print("\n".join([*campaign_table(costs), "", *phase_table(costs), ""]))
    bare = costs["bare"]
    spent = 1000 * bare.phases["trials"][0] / bare.trials
    print(
        f"bare arm, evidence included: {spent:.2f} ms CPU a trial; the goal of {GOAL_MS:.0f} ms "
        f"{'holds' if spent <= GOAL_MS else 'does NOT hold'} here"
    )
    if options.json:
        options.json.write_text(json.dumps({n: asdict(c) for n, c in costs.items()}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=12, help="per domain; 0 for all")
    parser.add_argument("--large", type=int, default=24, help="the same for the large campaign")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=3, help="runs whose median is shown")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--profile", choices=list(MEASURES), help="profile one configuration")
    main(parser.parse_args())
