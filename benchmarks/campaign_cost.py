"""What a campaign costs: CPU per trial through the whole stack, and what follows the campaign.

Every figure comes from real parts: the plan of an assessment file, the built-in scenarios and
attacks, the `openai` target over loopback, the rule judges, the safeguards, segments and
transcripts on disk with their fsyncs, the report, the bundle, the independent verifier. Only the
model is a fixed answer, from a server in another process (`mock_server.py`).

CPU seconds of a process do not depend on how busy the machine is, or hardly; wall time does.
Every configuration runs in a process of its own, and all of them in one run beside the floor, a
bare aiohttp client that sends the same requests and keeps nothing: compare the ratios.

    python benchmarks/campaign_cost.py [--scenarios 12] [--large 24] [--json FILE] [--profile bare]
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import mock_server

GOAL_MS: Final = 1.0
"""Design goal: CPU milliseconds per trial of the bare arm, evidence included."""

STACKS: Final = {
    "bare": (),
    "prompt+output": ("system-prompt-policy", "output-filter"),
    "full stack": ("system-prompt-policy", "input-classifier", "output-filter"),
}
ATTACKS: Final = (
    "plain role-play instruction-override system-spoof debug-mode hypothetical continuation "
    "distractor translation summarise-context authority persuasion prefix-injection "
    "refusal-suppression payload-splitting leetspeak table spell-out many-shot escalation"
).split()
"""Those of the shipped example."""

PRODUCT: Final = "You are the assistant of a small company. Answer briefly and helpfully."


@dataclass(slots=True)
class Cost:
    """Figures of one configuration. `phases` maps a phase to its CPU and wall seconds."""

    name: str
    trials: int = 0
    requests: int = 0
    phases: dict[str, tuple[float, float]] = field(default_factory=dict)
    rss_mb: float = 0.0
    bytes_trials: int = 0
    bytes_transcripts: int = 0

    @contextmanager
    def phase(self, name: str, who: int = resource.RUSAGE_SELF) -> Iterator[None]:
        """Add what the body costs this process, or its finished children."""
        cpu, wall = _cpu(who), time.perf_counter()
        yield
        before = self.phases.get(name, (0.0, 0.0))
        spent = (_cpu(who) - cpu, time.perf_counter() - wall)
        self.phases[name] = (before[0] + spent[0], before[1] + spent[1])


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Size:
    """How large a campaign is; 0 scenarios means all of them."""

    scenarios: int
    concurrency: int
    attacks: tuple[str, ...] = tuple(ATTACKS)


def write_assessment(folder: Path, target: str, stack: tuple[str, ...], size: Size) -> Path:
    """Write the assessment of a configuration and return its path."""
    lines = [
        '[assessment]\nname = "benchmark"\nframework = "starter"',
        'deployment = "limited"\nseed = 20261122',
        f'[subject]\nname = "mock"\n{target}\nsystem_prompt = "{PRODUCT}"',
        f'[campaign]\nscenarios = ["assistant"]\nattacks = {json.dumps(size.attacks)}',
        f"attacks_per_scenario = {len(size.attacks)}\nconcurrency = {size.concurrency}",
    ]
    if size.scenarios:
        lines.append(f"scenarios_per_domain = {size.scenarios}")
    lines += [f'[[safeguards]]\nkind = "{kind}"' for kind in stack]
    path = folder / "assessment.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def openai_target(url: str) -> str:
    """Return the subject's lines for the server at `url`."""
    return f'target = "openai"\noptions = {{ model = "mock", base_url = "{url}" }}'


class Bench:
    """One assessment in one folder, driven as the command line drives it."""

    def __init__(self, cost: Cost, assessment: Path, folder: Path) -> None:
        from shipworthy.app.project import Project
        from shipworthy.cli.session import load_design, surroundings

        self._cost = cost
        self._around = surroundings()
        self._project = Project(folder / "runs")
        with cost.phase("design"):
            self._design = load_design(assessment, self._around)

    def evaluate(self, phase: str, limit: int = 0) -> int:
        """Run what is missing, at most `limit` trials; returns how many trials there are."""
        from shipworthy.app.evaluation import Watch, evaluate

        watch = Watch(lambda _view: None, 0.5, limit)
        with self._cost.phase(phase):
            done = asyncio.run(evaluate(self._design, self._project, self._around, watch))
        self._cost.trials = done.done
        return done.total

    def follow_up(self) -> None:
        """Draft, publish and verify."""
        from shipworthy.app.assessing import latest_draft
        from shipworthy.app.publishing import publish

        with self._cost.phase("findings"):
            drafted = latest_draft(self._design, self._project, self._around)
        with self._cost.phase("report+bundle"):
            published = publish(drafted)
        verify = [sys.executable, "-m", "shipworthy_verify", str(published.bundle)]
        with self._cost.phase("verify", resource.RUSAGE_CHILDREN):
            subprocess.run(
                [*verify, "--key", published.fingerprint], check=True, stdout=subprocess.DEVNULL
            )

    def count(self) -> None:
        """Count requests and bytes on disk."""
        campaign = self._project.latest("benchmark")
        assert campaign
        trials = list(campaign.trials.glob("*.jsonl"))
        lines = [json.loads(line) for path in trials for line in path.read_bytes().splitlines()]
        unassessed = sum(trial["outcome"]["type"] == "unassessed" for trial in lines)
        assert not unassessed, f"{unassessed} trials are unassessed: the figures mean nothing"
        self._cost.requests = sum("control" not in trial["role"] for trial in lines)
        self._cost.bytes_trials = sum(path.stat().st_size for path in trials)
        transcripts = campaign.transcripts.glob("*.jsonl")
        self._cost.bytes_transcripts = sum(path.stat().st_size for path in transcripts)

    def requests(self) -> list[bytes]:
        """Return the request bodies of the bare arm, for the floor."""
        from shipworthy.instruments.attacks import compose_request
        from shipworthy.instruments.targets.openai.encoding import Dialect, encode_request
        from shipworthy.vocabulary import Sampling, TrialRole

        dialect = Dialect(model="mock", sampling=Sampling())
        return [
            encode_request(
                compose_request(
                    self._design.scenarios[item.scenario],
                    self._design.attacks[item.attack],
                    item.seed,
                ),
                dialect,
            )
            for item in self._design.items
            if item.role is TrialRole.ADVERSARIAL
        ]


def measure_campaign(name: str, url: str, size: Size, folder: Path) -> Cost:
    """Run a whole campaign and everything after it."""
    cost = Cost(name)
    with cost.phase("start"):
        import shipworthy.app.evaluation
        import shipworthy.app.publishing  # noqa: F401 - what a command imports before it works
    assessment = write_assessment(folder, openai_target(url), STACKS[name], size)
    bench = Bench(cost, assessment, folder)
    bench.evaluate("trials")
    bench.follow_up()
    bench.count()
    cost.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return cost


def measure_large(name: str, url: str, size: Size, folder: Path) -> Cost:
    """Stop a large campaign one trial short, resume it, and go on to the end."""
    cost = Cost(name)
    attacks = (*ATTACKS, *(f"{first}+leetspeak" for first in ATTACKS[1:14]))
    size = Size(size.scenarios, size.concurrency, attacks)
    stack = STACKS["prompt+output"]
    bench = Bench(cost, write_assessment(folder, openai_target(url), stack, size), folder)
    total = bench.evaluate("first trial", 1)
    bench.evaluate("trials", total - 2)
    bench.evaluate("resume")
    bench.evaluate("nothing to do")
    bench.follow_up()
    bench.count()
    cost.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return cost


def measure_floor(name: str, url: str, size: Size, folder: Path) -> Cost:
    """Send the same requests with bare aiohttp and decode the answers; keep nothing."""
    import aiohttp

    cost = Cost(name)
    assessment = write_assessment(folder, openai_target(url), (), size)
    bodies = Bench(Cost("unused"), assessment, folder).requests()
    todo = iter(bodies)

    async def work(session: aiohttp.ClientSession) -> None:
        for body in todo:
            async with session.post(f"{url}/chat/completions", data=body) as response:
                answer = json.loads(await response.read())
                assert answer["choices"][0]["message"]["content"]

    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=size.concurrency)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(work(session) for _ in range(size.concurrency)))

    with cost.phase("trials"):
        asyncio.run(main())
    cost.trials = cost.requests = len(bodies)
    cost.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return cost


MEASURES: Final = {
    "floor": measure_floor,
    **dict.fromkeys(STACKS, measure_campaign),
    "large": measure_large,
}


def run_child(name: str, url: str, size: Size, *, profiled: bool = False) -> Cost:
    """Measure one configuration in a fresh interpreter."""
    command = [sys.executable, *(["-m", "cProfile", "-s", "tottime"] if profiled else [])]
    command += [__file__, "--one", name, "--url", url]
    command += ["--scenarios", str(size.scenarios), "--concurrency", str(size.concurrency)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    document, _, rest = finished.stdout.partition("\n")
    print("\n".join(rest.splitlines()[:60]))
    return Cost(**json.loads(document))


def median(costs: list[Cost]) -> Cost:
    """Return the first with the median, per phase, of CPU and wall time."""
    result = costs[0]
    for name in result.phases:
        columns = zip(*(cost.phases[name] for cost in costs), strict=True)
        cpu, wall = (sorted(column)[len(costs) // 2] for column in columns)
        result.phases[name] = (cpu, wall)
    return result


def campaign_table(costs: dict[str, Cost]) -> list[str]:
    """Return the lines of the table of campaigns."""
    floor = costs["floor"].phases["trials"][0] / costs["floor"].trials
    lines = [
        "| configuration | trials | requests | CPU ms/trial | CPU ms/request | x floor "
        "| trials/s wall | B/trial | transcript B/trial | RSS MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in ("floor", *STACKS):
        cost = costs[name]
        cpu, wall = cost.phases["trials"]
        cells = (
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
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def phase_table(costs: dict[str, Cost]) -> list[str]:
    """Return the lines of the table of everything before and after the trials."""
    names = ("start", "design", "resume", "nothing to do", "findings", "report+bundle", "verify")
    lines = [f"| CPU s (wall s) | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|"]
    for name in ("bare", "full stack", "large"):
        cost = costs[name]
        cells = [
            f"{cost.phases[phase][0]:.2f} ({cost.phases[phase][1]:.2f})"
            if phase in cost.phases
            else ""
            for phase in names
        ]
        lines.append(f"| {name}, {cost.trials:,} trials | " + " | ".join(cells) + " |")
    return lines


def main(options: argparse.Namespace) -> None:
    """Run every configuration `--repeat` times, one after the other, and print the tables."""
    size = Size(options.scenarios, options.concurrency)
    large = Size(options.large, options.concurrency)
    with mock_server.running() as url:
        if options.profile:
            run_child(options.profile, url, size, profiled=True)
            return
        runs = [
            {
                name: run_child(name, url, large if name == "large" else size)
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
        f"{'holds' if spent <= GOAL_MS else 'does NOT hold'} on this machine"
    )
    if options.json:
        options.json.write_text(json.dumps({n: asdict(c) for n, c in costs.items()}, indent=1))


def child(options: argparse.Namespace) -> None:
    """Measure one configuration and print its figures as a line of JSON."""
    size = Size(options.scenarios, options.concurrency)
    with tempfile.TemporaryDirectory() as folder:
        cost = MEASURES[options.one](options.one, options.url, size, Path(folder))
    print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=12, help="per domain; 0 for all")
    parser.add_argument("--large", type=int, default=24, help="the same for the large campaign")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--profile", choices=list(MEASURES), help="profile one configuration")
    parser.add_argument("--one", choices=list(MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        child(given)
    else:
        main(given)
