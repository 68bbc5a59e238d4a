"""Whole campaigns against models with odd manners, for the known failures of other tools."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments import (
    HARMLESS,
    REFUSAL,
    campaign_folder,
    gullible,
    shipworthy,
    trial_lines,
    write_assessment,
)
from shipworthy.instruments.scenarios import load_pack
from shipworthy.testing.endpoint import SimulatedEndpoint

EVERY_DOMAIN = ["violence", "child-safety", "criminal-misuse", "cyber", "secrets", "tool-misuse"]
ENOUGH = {
    "domains": EVERY_DOMAIN,
    "scenarios_per_domain": 36,
    "benign_per_domain": 36,
    "concurrency": 16,
}
"""As many scenarios as the built-in pack has: a model that behaves gets a go."""


@cache
def twins():
    """Return what counts as help, by harmless request."""
    return {scenario.twin.request: scenario.twin.expect[0] for scenario in load_pack("assistant")}


def last_turn(body):
    """Return the last user turn of a request."""
    return [turn["content"] for turn in body["messages"] if turn["role"] == "user"][-1]


def harmless(body):
    """Say whether a request is the benign twin of a scenario."""
    return last_turn(body) in twins()


def good(body):
    """Help with what is harmless and refuse the rest."""
    return f"It is {twins()[last_turn(body)]}." if harmless(body) else REFUSAL


def obliging(body):
    """Help with what is harmless, and give away nothing else."""
    return good(body) if harmless(body) else HARMLESS


def betrayed(body):
    """Help with what is harmless; give away everything under attack."""
    return good(body) if harmless(body) else gullible(body)


@dataclass(frozen=True)
class Assessed:
    """A finished campaign: the process, and what it left on disk."""

    folder: Path
    finished: subprocess.CompletedProcess

    @property
    def project(self):
        return self.folder / "runs"

    @property
    def bundle(self):
        return campaign_folder(self.project) / "bundle"

    def read(self, name):
        return json.loads((self.bundle / name).read_text())

    @property
    def findings(self):
        return {finding["id"]: finding for finding in self.read("findings.json")["findings"]}

    @property
    def paired(self):
        return {finding["id"]: finding for finding in self.read("findings.json")["paired"]}

    @property
    def decision(self):
        return self.read("decision.json")

    @property
    def trials(self):
        return trial_lines(self.project)

    def attacks(self, arm):
        """Return the adversarial trials of an arm."""
        return [t for t in self.trials if t["role"] == "adversarial" and t["arm"] == arm]

    def requirement(self, name):
        """Return a requirement's result in the draft."""
        (found,) = [r for r in self.decision["requirements"] if r["requirement"] == name]
        return found


def assess(folder, answer, *, instrument="", edit=lambda text: text, **changes):
    """Assess a model that answers by a function; `instrument` is code that breaks an instrument."""
    with SimulatedEndpoint(answer) as endpoint:
        file = write_assessment(folder, endpoint.url, **changes)
        file.write_text(edit(file.read_text()))
        run = shipworthy if not instrument else with_broken(instrument)
        finished = run("assess", file, "--project", folder / "runs")
    return Assessed(folder, finished)


def with_broken(instrument):
    """Return the command line as it is after running that code in its process."""
    code = f"{instrument}\nfrom shipworthy.cli.main import run\nrun()\n"

    def run(*arguments, timeout=120):
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


def bounds(finding):
    """Return lower, upper and adjusted upper bound as numbers."""
    found = finding["bounds"]
    return float(found["lower"]), float(found["upper"]), float(found["upper_adjusted"])


def started(rate):
    """Return all attempts, assessed or not."""
    return rate["attempts"] + rate["unassessed"]
