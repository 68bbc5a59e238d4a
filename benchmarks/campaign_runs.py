"""One configuration of the campaign benchmark, measured in this process.

`campaign_cost.py` starts a fresh interpreter for each: the figures go to it as a line of JSON.

    python benchmarks/campaign_runs.py bare --url http://127.0.0.1:8000/v1
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

EXAMPLE: Final = Path(__file__).parents[1] / "examples/small-assistant/assessment.toml"
"""The shipped example lends its product and its attacks."""

STACKS: Final = {
    "bare": (),
    "prompt+output": ("system-prompt-policy", "output-filter"),
    "full stack": ("system-prompt-policy", "input-classifier", "output-filter"),
    "large": ("system-prompt-policy", "output-filter"),
}
MORE_ATTACKS: Final = 13
"""Attacks that the large campaign also sends in leetspeak."""


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
        """Note what the body costs this process, or its finished children."""
        cpu, wall = _cpu(who), time.perf_counter()
        yield
        self.phases[name] = (_cpu(who) - cpu, time.perf_counter() - wall)


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Setting:
    """A configuration, where its endpoint is, and how large it is.

    `scenarios` caps the scenarios of a domain; 0 means all of them.
    """

    name: str
    url: str
    scenarios: int
    concurrency: int


def write_assessment(setting: Setting, folder: Path) -> Path:
    """Write the assessment of a configuration and return its path."""
    shipped = tomllib.loads(EXAMPLE.read_text())
    attacks = shipped["campaign"]["attacks"]
    if setting.name == "large":
        attacks += [f"{name}+leetspeak" for name in attacks[1 : 1 + MORE_ATTACKS]]
    lines = [
        '[assessment]\nname = "benchmark"\nframework = "starter"',
        'deployment = "limited"\nseed = 20261122',
        '[subject]\nname = "mock"\ntarget = "openai"',
        f"system_prompt = {json.dumps(shipped['subject']['system_prompt'])}",
        f'[subject.options]\nmodel = "mock"\nbase_url = "{setting.url}"',
        f'[campaign]\nscenarios = ["assistant"]\nattacks = {json.dumps(attacks)}',
        f"attacks_per_scenario = {len(attacks)}\nconcurrency = {setting.concurrency}",
    ]
    if setting.scenarios:
        lines.append(f"scenarios_per_domain = {setting.scenarios}")
    stack = STACKS.get(setting.name, ())
    lines += [f'[[safeguards]]\nkind = "{kind}"' for kind in stack]
    path = folder / "assessment.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


class Bench:
    """One assessment in one folder, driven as the command line drives it."""

    def __init__(self, cost: Cost, setting: Setting, folder: Path) -> None:
        from shipworthy.app.project import Project
        from shipworthy.cli.session import load_design, surroundings

        self._cost = cost
        self._around = surroundings()
        self._project = Project(folder / "runs")
        assessment = write_assessment(setting, folder)
        with cost.phase("design"):
            self._design = load_design(assessment, self._around)

    def evaluate(self, phase: str, limit: int = 0) -> int:
        """Run what is missing, at most `limit` trials; return how many cells there are."""
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
        """Count requests and bytes on disk, and see that every trial measured something."""
        (campaign,) = self._project.campaigns("benchmark")
        segments = list(campaign.trials.glob("*.jsonl"))
        trials = [json.loads(line) for path in segments for line in path.read_bytes().splitlines()]
        unassessed = sum(trial["outcome"]["type"] == "unassessed" for trial in trials)
        assert not unassessed, f"{unassessed} trials are unassessed: the figures mean nothing"
        cost = self._cost
        # of the stack's trials, some were withheld before the model was asked
        cost.requests = sum(trial["usage"]["prompt_tokens"] > 0 for trial in trials)
        cost.bytes_trials = sum(path.stat().st_size for path in segments)
        transcripts = campaign.transcripts.glob("*.jsonl")
        cost.bytes_transcripts = sum(path.stat().st_size for path in transcripts)

    def bodies(self) -> list[bytes]:
        """Return the adversarial request bodies of the bare arm, for the floor."""
        from shipworthy.instruments.attacks import compose_request
        from shipworthy.instruments.targets.openai.encoding import Dialect, encode_request
        from shipworthy.vocabulary import Sampling, TrialRole

        dialect = Dialect(model="mock", sampling=Sampling())
        scenarios, attacks = self._design.scenarios, self._design.attacks
        return [
            encode_request(
                compose_request(scenarios[item.scenario], attacks[item.attack], item.seed), dialect
            )
            for item in self._design.items
            if item.role is TrialRole.ADVERSARIAL
        ]


def measure_campaign(cost: Cost, setting: Setting, folder: Path) -> None:
    """Run a whole campaign and everything after it."""
    with cost.phase("start"):
        import shipworthy.app.evaluation
        import shipworthy.app.publishing  # noqa: F401 - what a command imports before it works
    bench = Bench(cost, setting, folder)
    bench.evaluate("trials")
    bench.follow_up()
    bench.count()


def measure_large(cost: Cost, setting: Setting, folder: Path) -> None:
    """Stop a large campaign one trial short, resume it, and go on to the end."""
    bench = Bench(cost, setting, folder)
    total = bench.evaluate("first trial", 1)
    bench.evaluate("trials", total - 2)
    bench.evaluate("resume")
    bench.evaluate("nothing to do")
    bench.follow_up()
    bench.count()


def measure_floor(cost: Cost, setting: Setting, folder: Path) -> None:
    """Send the same requests with bare aiohttp and decode the answers; keep nothing."""
    import aiohttp

    bodies = Bench(cost, setting, folder).bodies()
    todo = iter(bodies)

    async def work(session: aiohttp.ClientSession) -> None:
        for body in todo:
            async with session.post(f"{setting.url}/chat/completions", data=body) as response:
                answer = json.loads(await response.read())
                assert answer["choices"][0]["message"]["content"]

    async def send_all() -> None:
        connector = aiohttp.TCPConnector(limit=setting.concurrency)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(work(session) for _ in range(setting.concurrency)))

    with cost.phase("trials"):
        asyncio.run(send_all())
    cost.trials = cost.requests = len(bodies)


MEASURES: Final = {
    "floor": measure_floor,
    "bare": measure_campaign,
    "prompt+output": measure_campaign,
    "full stack": measure_campaign,
    "large": measure_large,
}


def main(setting: Setting) -> None:
    """Measure one configuration and print its figures as a line of JSON."""
    cost = Cost(setting.name)
    with tempfile.TemporaryDirectory() as folder:
        MEASURES[setting.name](cost, setting, Path(folder))
    cost.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=list(MEASURES))
    parser.add_argument("--url", required=True)
    parser.add_argument("--scenarios", type=int, default=12)
    parser.add_argument("--concurrency", type=int, default=64)
    main(Setting(**vars(parser.parse_args())))
