"""What starting costs: CPU seconds of a fresh interpreter, the best of several."""

import resource
import subprocess
import sys

import pytest


def cpu_seconds(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


@pytest.mark.parametrize(
    ("arguments", "budget"),
    [
        (["-c", "import shipworthy"], 0.150),
        (["-c", "from shipworthy.cli.main import run; run(['--help'])"], 0.250),
    ],
    ids=["import", "help"],
)
def test_starting_stays_cheap(arguments, budget):
    best = min(cpu_seconds(arguments) for _ in range(7))
    assert best < budget


@pytest.mark.parametrize("module", ["shipworthy.cli.main", "shipworthy_verify"])
def test_starting_loads_nothing_heavy(module):
    heavy = "{'aiohttp', 'yaml', 'jinja2', 'cryptography', 'numpy', 'sklearn', 'xllamacpp'}"
    code = f"import sys, {module}; found = {heavy} & set(sys.modules); sys.exit(str(found or 0))"
    finished = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert finished.stderr.strip() in {"", "0"}
