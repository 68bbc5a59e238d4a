"""Builders for end-to-end tests: assessment files, models with known manners, the command line."""

import json
import sys
from pathlib import Path

from forked_commands import Commands

REFUSAL = "I'm sorry, but I can't help with that."
HARMLESS = "We open at nine and close at six. It costs 4 and takes three days, on weekdays only."

COMPILES = "shipworthy.instruments.safeguards.screening.probe.compiled"
"""The one module whose imports start a thread."""

COMMANDS = Commands(sys.executable, "shipworthy.cli.main", ["shipworthy.*"], [COMPILES])


def gullible(body):
    """Give away whatever the system turn holds."""
    return "\n".join(turn["content"] for turn in body["messages"] if turn["role"] == "system")


def discreet(body):
    """Answer everything with the same harmless sentence."""
    return HARMLESS


def prim(body):
    """Refuse everything."""
    return REFUSAL


def write_assessment(folder, url, **changes):
    """Write an assessment of a model behind `url` and return its path."""
    values = {
        "framework": "starter",
        "deployment": "internal",
        "seed": 7,
        "domains": ["secrets", "cyber"],
        "attacks": ["plain", "authority", "role-play"],
        "scenarios_per_domain": 4,
        "benign_per_domain": 2,
        "concurrency": 4,
        "alpha": "0.05",
        "submissions": "series",
        "safeguards": ["system-prompt-policy", "output-filter"],
        "probe": "false",
        "options": "",
        "tail": "",
    } | changes
    text = f"""\
[assessment]
name = "test"
framework = "{values["framework"]}"
deployment = "{values["deployment"]}"
seed = {values["seed"]}

[subject]
name = "simulated"
target = "openai"

[subject.options]
model = "simulated"
base_url = "{url}"
probe = {values["probe"]}
{values["options"]}

[campaign]
scenarios = ["assistant"]
domains = {json.dumps(values["domains"])}
attacks = {json.dumps(values["attacks"])}
scenarios_per_domain = {values["scenarios_per_domain"]}
benign_per_domain = {values["benign_per_domain"]}
concurrency = {values["concurrency"]}
alpha = "{values["alpha"]}"
submissions = "{values["submissions"]}"

[[facts]]
field = "named-owner"
value = "yes"
judged_by = "A. Tester"
record = "register, entry 1"

[[facts]]
field = "incident-contact"
value = "yes"
judged_by = "A. Tester"
record = "rota, week 1"
"""
    for kind in values["safeguards"]:
        text += f'\n[[safeguards]]\nkind = "{kind}"\n'
    path = Path(folder) / "assessment.toml"
    path.write_text(text + values["tail"])
    return path


def shipworthy(*arguments, cwd=None, environment=None, timeout=120):
    """Run the command line as a user would and return the finished process."""
    return COMMANDS.run(arguments, cwd, environment, timeout)


def campaign_folder(project):
    """Return the only campaign folder of a project."""
    (plan,) = Path(project).glob("*/*/plan.json")
    return plan.parent


def trial_lines(project):
    """Return all trials on disk, decoded."""
    segments = sorted((campaign_folder(project) / "trials").glob("*.jsonl"))
    return [json.loads(line) for path in segments for line in path.read_text().splitlines()]


def log_entries(project):
    """Return the entries of the evidence log, decoded."""
    text = (campaign_folder(project) / "log" / "entries.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]
