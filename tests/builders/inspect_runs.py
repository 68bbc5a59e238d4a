"""Assessments whose target is a task of Inspect, and the command that runs them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from assessments import COMPILES
from forked_commands import Commands

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("SHIPWORTHY_INSPECT_PYTHON", ROOT / ".venv/inspect/bin/python"))
"""An environment with the real Inspect and Shipworthy: see requirements-inspect.txt."""

IMPORTED = (
    *("inspect_ai.log", "inspect_ai.model", "inspect_ai._eval.eval", "inspect_ai.hooks._startup"),
    *(
        "inspect_ai.agent._acp.server",
        "fastapi",
        "jsonschema",
        "markdown_it",
        "opentelemetry.trace",
    ),
)
"""What a run of a task imports of Inspect."""

TASKS = Path(__file__).parent / "inspect_task_files" / "parcels.py"

PATTERN = """
[[safeguards]]
kind = "output-filter"
[safeguards.options]
patterns = [{ name = "parcel", expression = "Here is the parcel" }]
"""
ACCOMPLICE = '[subject.options.accomplice]\nmodel = "clerk/gives"\nmodel_args = { gives = 1 }'


def write_run(folder, **changes):
    """Write an assessment of the clerk beside a copy of the task file, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(TASKS, folder / "parcels.py")
    values = {
        "task": "parcels.py@parcels",
        "model": "clerk/usual",
        "breach": ["handed_over == 1"],
        "held": ["handed_over == 0"],
        "target": "inspect",
        "domains": ["tool-misuse"],
        "deployment": "limited",
        "options": "",
        "accomplice": ACCOMPLICE,
        "safeguards": PATTERN,
        "campaign": "",
        "subject": "",
        "tail": "",
    } | changes
    text = f"""\
[assessment]
name = "clerk"
framework = "starter"
deployment = "{values["deployment"]}"
seed = 7

[subject]
name = "The clerk"
target = "{values["target"]}"
{values["subject"]}

[subject.options]
task = "{values["task"]}"
model = "{values["model"]}"
breach_when = {json.dumps(values["breach"])}
held_when = {json.dumps(values["held"])}
{values["options"]}
{values["accomplice"]}
{values["safeguards"]}
[campaign]
scenarios = ["inspect"]
attacks = ["as-written"]
domains = {json.dumps(values["domains"])}
concurrency = 4
{values["campaign"]}
{values["tail"]}
"""
    path = folder / "assessment.toml"
    path.write_text(text)
    return path


def started(path, **environment):
    """Start the command in the folder of an assessment."""
    return subprocess.Popen(
        [PYTHON, "-m", "shipworthy.cli.main", "run", "inspect", path.name, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=path.parent,
        env={**os.environ, **environment},
    )


COMMANDS = Commands(PYTHON, "shipworthy.cli.main", [*IMPORTED, "shipworthy.*"], [COMPILES])


def ran(path, expected=None, **environment):
    """Run the command; return what it prints, parsed, or what it says went wrong."""
    words = ("run", "inspect", path.name, "--format", "json")
    done = COMMANDS.run(words, path.parent, environment, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    if expected is not None:
        assert done.returncode == expected, done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def finding(told, name):
    """Return a finding of what the command printed."""
    return next(one for one in told["findings"]["findings"] if one["id"] == name)


def trials(folder):
    """Return all trials on disk, in the order of runs."""
    lines = [
        line
        for path in sorted((folder / "runs").glob("clerk/*/trials/*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines]


def campaign_of(folder):
    """Return the folder of the only campaign."""
    (found,) = (folder / "runs").glob("clerk/*")
    return found
