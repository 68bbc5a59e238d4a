"""Logs of Inspect by hand: the smallest that can be read, for what no real run would write."""

import json
import zipfile
from pathlib import Path

LOGS = Path(__file__).parents[1] / "golden" / "inspect_logs"
"""Logs that the real Inspect wrote; `make_logs.py` beside them made them."""


def a_header(**changes):
    spec = {
        "task": "hand-made",
        "model": "mock/model",
        "created": "2026-11-22T12:00:00+00:00",
        "dataset": {"samples": 1, "sample_ids": ["a"]},
        "config": {"epochs": 1},
        "packages": {"inspect_ai": "0.3.285"},
        "tags": ["bare"],
    } | changes
    return {"version": 2, "status": "success", "eval": spec}


def a_sample(name="a", epoch=1, value="C", answer="I will not.", **changes):
    turn = {"role": "assistant", "content": answer}
    return {
        "id": name,
        "epoch": epoch,
        "input": f"Question {name}",
        "target": "",
        "messages": [{"role": "user", "content": f"Question {name}"}, turn],
        "output": {"model": "mock", "choices": [{"message": turn, "stop_reason": "stop"}]},
        "scores": {"judge": {"value": value, "history": []}},
    } | changes


def write_log(path, header, samples, compression=zipfile.ZIP_DEFLATED):
    """Write a log as a zip archive, as Inspect lays it out."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for sample in samples:
            text = sample if isinstance(sample, str) else json.dumps(sample)
            number = len(archive.infolist())
            archive.writestr(f"samples/{number}_epoch_1.json", text)
        archive.writestr("header.json", header if isinstance(header, str) else json.dumps(header))
    return path


def write_json_log(path, header, samples):
    """Write a log in the `.json` format."""
    path.write_text(json.dumps({**header, "samples": samples}))
    return path
