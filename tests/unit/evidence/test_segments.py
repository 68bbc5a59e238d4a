"""Trial segments survive crashes and refuse edits."""

import os
import subprocess
import sys
import textwrap

import pytest

from shipworthy.evidence import (
    SegmentWriter,
    SyncPolicy,
    Tree,
    read_segment,
    seal_segment,
    segment_lines,
)
from shipworthy.kernel import ExitCode, Problem


def write(path, trials):
    with SegmentWriter(path) as writer:
        for trial in trials:
            writer.append(trial)
    return path


def test_trials_come_back_in_order(tmp_path, make_trial):
    trials = [make_trial(n) for n in range(5)]
    path = write(tmp_path / "run-1.jsonl", trials)
    assert list(read_segment(path)) == trials


def test_the_root_is_over_the_exact_lines(tmp_path, make_trial):
    path = tmp_path / "run-1.jsonl"
    with SegmentWriter(path) as writer:
        for number in range(7):
            writer.append(make_trial(number))
        seal = writer.seal()
    tree = Tree()
    for line in path.read_bytes().splitlines():
        tree.append(line)
    assert seal.trials == 7
    assert seal.root == f"sha256:{tree.root().hex()}"
    assert seal_segment(path) == seal


def test_a_torn_last_line_is_no_trial(tmp_path, make_trial):
    path = write(tmp_path / "run-1.jsonl", [make_trial(n) for n in range(3)])
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1]) + 1):
        path.write_bytes(whole[:-cut])
        assert len(list(read_segment(path))) == 2
        assert seal_segment(path).trials == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0], lines[1][:-3], lines[2]],
        lambda lines: [lines[0], b"", lines[2]],
        lambda lines: [lines[0], lines[1].replace(b'"seed":1', b'"seed":"1"'), lines[2]],
        lambda lines: [lines[0], lines[1].replace(b'{"arm"', b'{ "arm"'), lines[2]],
        lambda lines: [lines[0], b"\xff\xfe", lines[2]],
    ],
)
def test_anything_else_malformed_is_an_integrity_problem_with_its_line(
    tmp_path, make_trial, damage
):
    path = write(tmp_path / "run-1.jsonl", [make_trial(n) for n in range(3)])
    path.write_bytes(b"".join(line + b"\n" for line in damage(segment_lines(path))))
    with pytest.raises(Problem) as caught:
        list(read_segment(path))
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert str(caught.value.diagnostics[0].location) == f"{path}:2"


def test_a_run_never_writes_into_the_file_of_another(tmp_path, make_trial):
    path = write(tmp_path / "run-1.jsonl", [make_trial(0)])
    with pytest.raises(Problem) as caught:
        SegmentWriter(path)
    assert caught.value.diagnostics[0].code == "segment-exists"


def test_syncs_happen_by_count_and_by_time(tmp_path, make_trial, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    now = [0.0]
    policy = SyncPolicy(trials=3, seconds=10.0)
    writer = SegmentWriter(tmp_path / "run-1.jsonl", policy, monotonic=lambda: now[0])
    synced.clear()
    for number in range(3):
        writer.append(make_trial(number))
    assert len(synced) == 1
    now[0] = 10.0
    writer.append(make_trial(3))
    assert len(synced) == 2
    writer.close()
    assert len(synced) == 2


def test_a_killed_process_loses_no_trial_that_append_returned_from(tmp_path):
    path = tmp_path / "run-1.jsonl"
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from shipworthy.evidence import SegmentWriter, SyncPolicy
        from shipworthy.kernel import digest_bytes
        from shipworthy.records import Trial
        from shipworthy.vocabulary import Arm, Held, TrialRole, Usage
        writer = SegmentWriter(Path(sys.argv[1]), SyncPolicy(trials=1000, seconds=1000.0))
        for number in range(20):
            writer.append(Trial(
                id=f"t-{number}", run="run-1", scenario="s", domain="d", attack="none",
                role=TrialRole.ADVERSARIAL, arm=Arm.BARE, seed=number,
                request=digest_bytes(b"q"), response=digest_bytes(b"a"), finish="stop",
                outcome=Held(by="model"), judge="leak", layers=(), usage=Usage()))
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode < 0
    assert [trial.seed for trial in read_segment(path)] == list(range(20))
