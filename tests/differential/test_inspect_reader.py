"""Our reader and writer against the real Inspect: it reads what we write, we read what it reads.

The other side runs in an environment of its own, `.venv/inspect`; see requirements-inspect.txt.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from assessments import gullible, shipworthy, write_assessment
from inspect_samples import LOGS
from shipworthy.instruments.inspect_logs import open_log, reply_of, request_of, usage_of
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy.vocabulary import Reply
from shipworthy_verify import verify_bundle

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("SHIPWORTHY_INSPECT_PYTHON", ROOT / ".venv/inspect/bin/python"))

READ = """
import json, sys
from inspect_ai.log import read_eval_log, read_eval_log_samples, read_eval_log_sample_summaries
from inspect_ai.analysis import samples_df

def plain(sample):
    choices = sample.output.choices
    return {
        "id": sample.id, "epoch": sample.epoch, "error": sample.error is not None,
        "limit": sample.limit and sample.limit.type,
        "scores": {n: [repr(s.value), s.reason] for n, s in (sample.scores or {}).items()},
        "input": sample.input if isinstance(sample.input, str) else [m.text for m in sample.input],
        "answer": sample.output.completion, "stop": choices[0].stop_reason if choices else None,
        "metadata": sample.metadata.get("shipworthy"),
        "used": sum(u.output_tokens for u in sample.model_usage.values()),
    }

found = {}
for path in sys.argv[1:]:
    log = read_eval_log(path)
    frame = samples_df(path)
    found[path] = {
        "status": log.status, "task": log.eval.task, "model": log.eval.model,
        "tags": log.eval.tags, "version": log.version,
        "samples": [plain(s) for s in log.samples],
        "streamed": sum(1 for _ in read_eval_log_samples(path, all_samples_required=False)),
        "summaries": len(read_eval_log_sample_summaries(path)),
        "frame": [list(frame.columns), len(frame)],
    }
print(json.dumps(found))
"""

pytestmark = [
    pytest.mark.inspect,
    pytest.mark.skipif(
        not PYTHON.exists() and not os.environ.get("SHIPWORTHY_REQUIRE_INSPECT"),
        reason="needs the real Inspect: see requirements-inspect.txt",
    ),
]


def inspect(*arguments, cwd=None):
    done = subprocess.run(
        [PYTHON, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_there(*paths):
    return json.loads(inspect("-c", READ, *paths).splitlines()[-1])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Logs that the real Inspect makes now: of our own tasks, and of one of inspect_evals."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "kept").mkdir()
    (folder / "evals").mkdir()
    inspect(LOGS / "make_logs.py", folder / "kept")
    inspect(LOGS / "make_logs.py", folder / "evals", "--evals")
    return folder


def compare(path, there):
    log = open_log(path)
    assert (log.header.status, log.header.eval.task) == (there["status"], there["task"])
    assert log.header.eval.model == there["model"]
    theirs = {(str(one["id"]), one["epoch"]): one for one in there["samples"]}
    ours = {(str(one.sample.id), one.sample.epoch): one.sample for one in log.samples()}
    assert ours.keys() == theirs.keys()
    assert there["streamed"] == there["summaries"] == len(ours)
    for key, sample in ours.items():
        other = theirs[key]
        assert (sample.error is not None) is other["error"]
        assert (sample.limit.type if sample.limit else None) == other["limit"]
        scores = {name: [repr(s.value), s.reason] for name, s in (sample.scores or {}).items()}
        assert scores == other["scores"]
        asked = [turn.content for turn in request_of(sample).messages]
        assert asked == ([other["input"]] if isinstance(other["input"], str) else other["input"])
        reply = reply_of(sample, None)
        assert isinstance(reply, Reply) is (other["stop"] is not None)
        assert (reply.text if isinstance(reply, Reply) else "") == other["answer"]
        assert usage_of(sample).completion_tokens == other["used"]


def test_we_read_what_the_real_inspect_reads(made):
    kept = [LOGS / name for name in ("bare.eval", "guarded.eval", "faults.eval", "faults.json")]
    fresh = sorted(made.rglob("*.eval")) + sorted(made.rglob("*.json"))
    paths = [*kept, LOGS / "stopped.eval", *fresh]
    for path, there in read_there(*paths).items():
        compare(Path(path), there)


def test_the_kept_logs_are_what_the_script_makes(made):
    for path in sorted((made / "kept").glob("*")):
        fresh, kept = open_log(path), open_log(LOGS / path.name)
        said = [
            [(s.sample.id, s.sample.epoch, repr(s.sample.scores), s.content) for s in one.samples()]
            for one in (fresh, kept)
        ]
        assert sorted(said[0], key=str) == sorted(said[1], key=str), path.name


def test_a_task_of_inspect_evals_becomes_findings_that_verify(made, tmp_path):
    scored = "agent_threat_bench_scorer.security"
    done = shipworthy(
        *("run", "import", made / "evals/bare.eval", made / "evals/safeguarded.eval"),
        *("--framework", "starter", "--deployment", "limited", "--domain", "tool-misuse"),
        *("--breach-when", f"{scored} == I", "--held-when", f"{scored} == C"),
        *("--project", tmp_path, "--format", "json"),
    )
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    rates = {one["id"]: one["rate"] for one in told["findings"]["findings"]}
    assert rates["asr.tool-misuse.bare"] == {"successes": 4, "attempts": 20, "unassessed": 0}
    assert rates["asr.tool-misuse.safeguarded"]["successes"] == 0
    assert verify_bundle(told["bundle"]).ok


@pytest.mark.parametrize("texts", [(), ("--texts",)])
def test_the_real_inspect_opens_what_we_write(tmp_path, texts):
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(tmp_path, endpoint.url)
        shipworthy("evaluate", file, "--project", tmp_path / "runs")
    (plan,) = (tmp_path / "runs").glob("*/*/plan.json")
    done = shipworthy("run", "export", plan.parent, "--inspect", tmp_path / "x.eval", *texts)
    assert done.returncode == 0, done.stderr
    paths = [tmp_path / "x-bare.eval", tmp_path / "x-safeguarded.eval"]
    for path, there in read_there(*paths).items():
        compare(Path(path), there)
        columns, rows = there["frame"]
        assert rows == len(there["samples"]) > 0
        assert {"id", "score_shipworthy", "error"} <= set(columns)
        assert there["tags"] == [Path(path).stem.partition("-")[2]]
        words = {one["scores"]["shipworthy"][0] for one in there["samples"]}
        assert ("'breached'" in words) is (path == str(paths[0]))
    dumped = json.loads(inspect("-m", "inspect_ai._cli.main", "log", "dump", paths[0]))
    assert dumped["eval"]["packages"].keys() == {"shipworthy"}
