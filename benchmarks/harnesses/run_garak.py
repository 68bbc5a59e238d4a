"""Prompts of garak's own `donotanswer` probes: it has no way to be handed others.

Its 243 prompts of one probe, once each, or as often as it takes to reach `samples`.
"""

import json
import os
import sys
import time
from pathlib import Path

url, samples, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
os.environ |= {f"XDG_{kind}_HOME": str(out / kind) for kind in ("DATA", "CACHE", "CONFIG")}
os.environ["OPENAICOMPATIBLE_API_KEY"] = "none"

from garak import cli  # noqa: E402

PROMPTS = 243
options = {"openai": {"OpenAICompatible": {"uri": url}}}
generations = max(1, round(samples / PROMPTS))
started = time.perf_counter()
stdout, sys.stdout = sys.stdout, sys.stderr
cli.main(
    [
        *("--target_type", "openai.OpenAICompatible", "--target_name", "mock"),
        *("--generator_options", json.dumps(options)),
        *("--spec", "probes.donotanswer.MaliciousUses", "--generations", str(generations)),
        *("--report_prefix", str(out / "garak"), "--narrow_output"),
    ]
)
sys.stdout = stdout
wall = time.perf_counter() - started
size = (out / "garak.report.jsonl").stat().st_size
print(json.dumps({"samples": PROMPTS * generations, "wall_s": wall, "bytes": size}))
