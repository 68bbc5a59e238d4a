"""A campaign as logs of Inspect, from the command line, and back again."""

import json
from collections import Counter

import pytest

from assessments import campaign_folder, gullible, shipworthy, trial_lines, write_assessment
from shipworthy.instruments.inspect_logs import open_log
from shipworthy.testing.endpoint import SimulatedEndpoint
from shipworthy_verify import verify_bundle


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    folder = tmp_path_factory.mktemp("campaign")
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(folder, endpoint.url)
        done = shipworthy("evaluate", file, "--project", folder / "runs")
    assert done.returncode == 0, done.stderr
    return folder


def export(folder, name, *options):
    run = campaign_folder(folder / "runs")
    return shipworthy("run", "export", run, "--inspect", folder / name, *options)


def samples(path):
    return [one.sample for one in open_log(path).samples()]


def what_happened(trials):
    keys = ("scenario", "domain", "attack", "role", "arm", "seed")
    return {tuple(one[key] for key in keys): one["outcome"] for one in trials}


def test_each_arm_is_a_log_and_each_trial_a_sample(campaign):
    done = export(campaign, "plain.eval")
    assert done.returncode == 0, done.stderr
    per_arm = Counter(trial["arm"] for trial in trial_lines(campaign / "runs"))
    for arm, count in per_arm.items():
        path = campaign / f"plain-{arm}.eval"
        assert f"{path}: {arm}, {count} samples" in done.stdout
        assert len(samples(path)) == count
    assert not (campaign / "plain.eval").exists()


def test_texts_stay_here_unless_they_are_asked_for(campaign):
    export(campaign, "closed.eval")
    export(campaign, "open.eval", "--texts")
    closed, opened = (samples(campaign / f"{name}-bare.eval") for name in ("closed", "open"))
    for one in closed:
        (turn,) = one.input
        assert turn.content.startswith("[request withheld: sha256:")
        assert all(c.message.content.startswith("[answer withheld") for c in one.output.choices)
    turns = [turn for one in opened for turn in one.input]
    assert any(turn.role == "user" and "withheld" not in turn.content for turn in turns)
    hidden = [turn for turn in turns if turn.content.startswith("[confidential withheld: sha256:")]
    assert hidden
    assert {turn.role for turn in hidden} == {"system"}


def test_what_comes_back_is_what_was_exported(campaign):
    export(campaign, "back.eval")
    logs = [campaign / f"back-{arm}.eval" for arm in ("bare", "safeguarded")]
    question = ("--framework", "starter", "--deployment", "internal")
    done = shipworthy(
        *("run", "import", *logs, *question, "--project", campaign / "again"),
        *("--name", "again", "--format", "json"),
    )
    # what logs show can break a limit, though it can keep none
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    ours = trial_lines(campaign / "runs")
    assert what_happened(trial_lines(campaign / "again")) == what_happened(ours)
    result = verify_bundle(told["bundle"])
    assert result.ok, result.failures
    assert told["decision"]["ruling"] == result.ruling == "no-go"


def test_a_file_is_never_written_over(campaign):
    export(campaign, "twice.eval")
    done = export(campaign, "twice.eval")
    assert done.returncode == 2
    assert "[export-exists]" in done.stderr


@pytest.mark.parametrize("name", ["a.zip", "a", "a.json"])
def test_a_name_that_no_tool_would_open_is_refused(campaign, name):
    done = export(campaign, name)
    assert done.returncode == 2
    assert "[export-name]" in done.stderr


def test_a_folder_without_a_campaign_is_refused_and_stays_empty(tmp_path):
    done = shipworthy("run", "export", tmp_path / "a" / "b", "--inspect", tmp_path / "x.eval")
    assert done.returncode == 2
    assert "[campaign-missing]" in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_unfinished_campaign_is_no_log(tmp_path):
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_assessment(tmp_path, endpoint.url)
        shipworthy("evaluate", file, "--project", tmp_path / "runs", "--limit", "5")
    done = export(tmp_path, "x.eval")
    assert "[campaign-incomplete]" in done.stderr
    assert not (tmp_path / "x-bare.eval").exists()


def test_a_transcript_that_was_changed_is_no_text_of_a_log(tmp_path, campaign):
    (path,) = (campaign_folder(campaign / "runs") / "transcripts").glob("*.jsonl")
    whole = path.read_bytes()
    try:
        path.write_bytes(whole.replace(b'"finish":"stop"', b'"finish":"length"', 1))
        done = export(campaign, "altered.eval", "--texts")
    finally:
        path.write_bytes(whole)
    assert done.returncode == 4
    assert "[transcript-altered]" in done.stderr
    assert not list(campaign.glob("*altered*"))
