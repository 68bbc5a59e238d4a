"""The suite for gateways, run on our gateway and on another one, each with its own guard.

    python -m venv PEERS && PEERS/bin/pip install 'litellm[proxy]==1.106.2'
    python benchmarks/conformance/peers.py --peers PEERS --out results.json

Optional: nothing else needs the peer. Each gateway has one rule, the pattern of the mark, in the
mechanism that its own documentation describes; the other gateway's is its built-in content filter
before, during and after the call, on by default for every request, without retries and without
cool-down after errors. Everything listens on the loopback interface and is ended at the end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PINNED = "1.106.2"
KEY = "sk-conformance-0123456789abcdef0123456789abcdef"
PORT, MODEL = 9211, 9210
COMMAND = (sys.executable, "-m", "shipworthy.cli.main", "gateway")
DIALECTS = ("chat", "completions", "responses", "messages")
PATTERN = "SWC-[a-z0-9]{20}"

OURS = f"""
[deployment]
name = "conform"
listen = "127.0.0.1:{PORT}"
admin = ""
dialects = {list(DIALECTS)}
[upstream]
url = "http://127.0.0.1:{MODEL}"
[[safeguards]]
kind = "screen"
[safeguards.options]
key_rules = false
rules = [
  {{id = "asked", request = "{PATTERN}", views = ["raw"]}},
  {{id = "told", reply = "{PATTERN}", views = ["raw"]}},
]
"""
LITELLM = f"""
model_list:
  - model_name: scripted-1
    litellm_params:
      model: openai/scripted-1
      api_base: http://127.0.0.1:{MODEL}/v1
      api_key: none
      num_retries: 0
litellm_settings:
  num_retries: 0
  request_timeout: 20
guardrails:
  - guardrail_name: mark
    litellm_params:
      guardrail: litellm_content_filter
      mode: [pre_call, during_call, post_call]
      default_on: true
      patterns:
        - pattern_type: regex
          name: mark
          pattern: "{PATTERN}"
          action: BLOCK
router_settings:
  disable_cooldowns: true
  num_retries: 0
general_settings:
  master_key: {KEY}
"""


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    """Run a gateway, its words in a file; end it."""
    with (folder / "gateway.log").open("wb") as log:
        environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def conform(folder: Path) -> dict[str, object]:
    """Run the suite; return its document."""
    command = [*COMMAND, "conform", f"http://127.0.0.1:{PORT}", "--model-port", str(MODEL)]
    command += ["--wait", "90", "--timeout", "10", "--format", "json"]
    command += ["--header", f"Authorization: Bearer {KEY}"]
    with (folder / "suite.log").open("wb") as log:
        found = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, check=False)
    return json.loads(found.stdout)


def rows(name: str, found: dict[str, object]) -> Iterator[str]:
    """Yield lines of a table by part and dialect."""
    table: dict[tuple[str, str], Counter[str]] = {}
    for case in found["cases"]:
        part, dialect, *_ = case["id"].split(".")
        table.setdefault((part, dialect), Counter())[case["verdict"]] += 1
    for (part, dialect), counts in sorted(table.items()):
        said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
        yield f"| {name} | {part} | {dialect} | {said} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="virtual environment with the other gateway")
    parser.add_argument("--out", type=Path, help="write every case as JSON")
    given = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "deployment.toml").write_text(OURS.replace("'", '"'))
        with running([*COMMAND, "serve", str(folder / "deployment.toml")], folder):
            results["shipworthy"] = conform(folder)
        if given.peers:
            scripts = given.peers.absolute() / "bin"
            asked = "import importlib.metadata as m; print(m.version('litellm'))"
            found = subprocess.check_output([scripts / "python", "-c", asked], text=True).strip()
            if found != PINNED:
                print(f"litellm {found} is installed, the table is of {PINNED}", file=sys.stderr)
            (folder / "config.yaml").write_text(LITELLM)
            command = [str(scripts / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1"]
            with running([*command, "--port", str(PORT), "--telemetry", "False"], folder):
                results[f"litellm {found}"] = conform(folder)
    if given.out:
        given.out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    for name, found in results.items():
        print(f"{name}: exit {found['exit']}, {found['verdicts']}")
    print("| gateway | part | dialect | verdicts |\n|---|---|---|---|")
    for name, found in results.items():
        print("\n".join(rows(name, found)))


if __name__ == "__main__":
    main()
