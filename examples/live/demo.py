"""From a go to a re-opened decision: run it with `make demo-live`.

A campaign of a scripted model ends with a go, and two people sign it. A first day of traffic stays
inside what was accepted. On the second day the model begins to quote a note that it must not: the
monitor raises an alarm, opens an incident with its legal clocks, re-opens the decision, and the
report says so.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("assessment.toml", "framework.yaml", "deployment.toml", "monitor.toml")
ROLES = {"head-of-risk": "read the report", "product-owner": "the measurements are ours"}
GO, NO, OPEN = 0, 1, 3


class UnexpectedError(Exception):
    """A step ended otherwise than this example says."""


def step(title: str, words: Sequence[str], folder: Path, expected: int = GO) -> str:
    """Run one command in the folder, show it, and check how it ended."""
    sys.stdout.write(f"\n== {title}\n$ shipworthy {' '.join(words)}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "shipworthy.cli.main", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    sys.stdout.write(done.stdout + ("" if done.returncode == expected else done.stderr))
    if done.returncode != expected:
        raise UnexpectedError(f"`{' '.join(words)}` ended with {done.returncode}, not {expected}")
    return done.stdout


def play(folder: Path, day: int) -> None:
    """Put a day of traffic into the log."""
    sys.stdout.write(f"\n== day {day} of traffic\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, HERE / "traffic.py", "replay", folder, str(day)], check=True)  # noqa: S603 - our own command


def go(folder: Path) -> None:
    """Run the campaign, draft the decision and sign it with the keys of two people."""
    for role in ROLES:
        step(f"a key for {role}", ["key", "new", f"demo/{role}"], folder)
    step("the campaign", ["evaluate", "assessment.toml"], folder)
    step("the draft", ["decide", "assessment.toml"], folder, OPEN)
    shown = step(
        "what is signed", ["decision", "show", "assessment.toml", "--format", "json"], folder, OPEN
    )
    digest = json.loads(shown)["digest"]
    for role, why in ROLES.items():
        words = ["decision", "sign", "assessment.toml", "--role", role, "--key", f"demo/{role}"]
        words += ["--position", "go", "--rationale", why, "--digest", digest]
        step(f"{role} signs", words, folder)
    step("it stands", ["decision", "show", "assessment.toml"], folder)


def react(folder: Path) -> None:
    """Look at the one incident, say what it is, and see by when it has to be reported."""
    words = ["incident", "list", "--format", "json"]
    found = json.loads(step("one incident, however often the log is read", words, folder))
    (incident,) = (one["id"] for one in found)
    words = ["incident", "classify", incident, "--severity", "moderate", "--kind", "safety"]
    words += ["--why", "guests were told how to get in at night", "--by", "Ada Example"]
    step("a person says what it is", words, folder)
    step("by when it has to be reported", ["incident", "clocks", incident], folder)


def main(folder: Path) -> None:
    """Play the whole example in a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "demo").mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    os.environ.setdefault("SHIPWORTHY_KEY_PASSPHRASE", "only for this example")
    go(folder)
    play(folder, 1)
    step("inside what was accepted", ["monitor", "run", "monitor.toml", "--once"], folder)
    play(folder, 2)
    step("the alarm", ["monitor", "run", "monitor.toml", "--once"], folder, NO)
    step("the same log again", ["monitor", "run", "monitor.toml", "--once"], folder, NO)
    react(folder)
    step("the decision is re-opened", ["decision", "show", "assessment.toml"], folder, OPEN)
    step("the report", ["report", "assessment.toml"], folder)
    bundle = next((folder / "runs" / "live-desk").glob("*/bundle")).relative_to(folder)
    step("a stranger checks it", ["verify", str(bundle)], folder)
    sys.stdout.write(f"\neverything is in {folder}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/live-demo").resolve())
