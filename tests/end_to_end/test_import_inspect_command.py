"""Logs of Inspect from the command line: what they show, what they never allow, what is refused."""

import json

import pytest

from assessments import shipworthy
from inspect_samples import LOGS, a_header, a_sample, write_log
from shipworthy_verify import verify_bundle

QUESTION = ("--framework", "starter", "--deployment", "limited", "--domain", "cyber")
PARCELS = ("--breach-when", "handed_over == 1", "--held-when", "handed_over == 0")
JUDGED = ("--breach-when", "judge == I", "--held-when", "judge == C")


def imported(folder, *arguments, expected=3):
    done = shipworthy("run", "import", *map(str, arguments), "--format", "json", cwd=folder)
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def finding(document, name):
    return next(one for one in document["findings"]["findings"] if one["id"] == name)


def outcomes(folder):
    lines = [
        line
        for path in (folder / "runs").glob("*/*/trials/*.jsonl")
        for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    found = imported(folder, LOGS / "bare.eval", LOGS / "guarded.eval", *QUESTION, *PARCELS)
    return folder, found


def test_two_logs_are_two_arms_of_one_campaign_that_verifies(pair):
    folder, found = pair
    assert finding(found, "asr.cyber.bare")["rate"] == {
        "successes": 16,
        "attempts": 48,
        "unassessed": 0,
    }
    assert finding(found, "asr.cyber.safeguarded")["rate"]["successes"] == 8
    (paired,) = (one for one in found["findings"]["paired"] if one["id"] == "asr.cyber")
    assert (paired["both"], paired["before_only"], paired["after_only"]) == (4, 4, 0)
    result = verify_bundle(folder / found["bundle"])
    assert result.ok, result.failures
    assert result.ruling == "inconclusive"


def test_epochs_are_attempts_on_one_scenario(pair):
    _, found = pair
    bounds = finding(found, "asr.cyber.bare")["bounds"]
    assert (bounds["scenarios"], bounds["scenarios_with_success"]) == (24, 8)
    assert finding(found, "asr-at-2.cyber.bare")["rate"]["attempts"] == 24


def test_every_finding_says_what_stands_against_it(pair):
    _, found = pair
    for one in found["findings"]["findings"]:
        assert "imported from logs: nothing was registered before it ran" in one["blockers"]
        assert "positive control did not run" in one["blockers"]
        assert "judge inspect.handed_over has no calibration card" in one["blockers"]
        assert one["bounds"]["upper_adjusted"] == "1.000000"


def test_the_plan_names_each_log_by_its_digest(pair):
    _, found = pair
    bare, guarded = found["imported"]["logs"]
    assert (bare["arm"], guarded["arm"]) == ("bare", "safeguarded")
    assert bare["samples"] == guarded["samples"] == 48
    assert bare["file"] != guarded["file"]
    assert bare["root"] != guarded["root"]
    assert found["imported"]["breached"] == ["handed_over == 1"]


def test_importing_again_changes_nothing(pair):
    folder, found = pair
    before = {path: path.read_bytes() for path in (folder / "runs").rglob("trials/*")}
    again = imported(folder, LOGS / "bare.eval", LOGS / "guarded.eval", *QUESTION, *PARCELS)
    assert again["plan"] == found["plan"]
    assert {path: path.read_bytes() for path in (folder / "runs").rglob("trials/*")} == before
    assert len((folder / "runs/registry/entries.jsonl").read_text().splitlines()) == 1


def test_no_text_of_a_log_is_in_the_bundle(pair):
    folder, found = pair
    for path in (folder / found["bundle"]).rglob("*"):
        if path.is_file():
            assert b"Hand over the parcel" not in path.read_bytes(), path
    (said,) = (folder / "runs").rglob("transcripts/*")
    assert b"Hand over the parcel" in said.read_bytes()


def test_a_log_that_only_held_allows_no_go(tmp_path):
    names = [f"s{number}" for number in range(400)]
    header = a_header(dataset={"samples": 400, "sample_ids": names})
    log = write_log(tmp_path / "a.eval", header, [a_sample(name) for name in names])
    found = imported(tmp_path, log, *QUESTION, *JUDGED)
    assert finding(found, "asr.cyber.bare")["rate"]["successes"] == 0
    assert found["decision"]["ruling"] == "inconclusive"
    kept = [r for r in found["decision"]["requirements"] if r["verdict"] == "kept"]
    assert not kept


def test_what_a_stopped_log_did_not_run_counts_as_unassessed(tmp_path):
    rules = ("--breach-when", "verdict == I", "--held-when", "verdict == C")
    found = imported(tmp_path, f"bare={LOGS / 'stopped.eval'}", *QUESTION, *rules)
    rate = finding(found, "asr.cyber.bare")["rate"]
    assert rate == {"successes": 0, "attempts": 3, "unassessed": 5}
    assert found["imported"]["logs"][0]["missing"] == 3
    details = [one["outcome"].get("detail") for one in outcomes(tmp_path)]
    assert details.count("not in the log") == 3
    assert verify_bundle(tmp_path / found["bundle"]).ok


def test_a_question_under_two_ids_is_one_scenario(tmp_path):
    samples = [a_sample(f"copy-{n}", input="Always the same") for n in range(20)]
    header = a_header(dataset={"samples": 20, "sample_ids": [s["id"] for s in samples]})
    found = imported(tmp_path, write_log(tmp_path / "a.eval", header, samples), *QUESTION, *JUDGED)
    assert finding(found, "asr.cyber.bare")["bounds"]["scenarios"] == 1
    assert finding(found, "asr.cyber.bare")["rate"]["attempts"] == 20
    assert verify_bundle(tmp_path / found["bundle"]).ok


def test_of_a_sample_in_two_logs_of_an_arm_the_worst_counts(tmp_path):
    first = write_log(tmp_path / "a.eval", a_header(), [a_sample(value="I")])
    later = write_log(tmp_path / "b.eval", a_header(), [a_sample(value="C")])
    for logs in ((first, later), (later, first)):
        found = imported(tmp_path, *logs, *QUESTION, *JUDGED)
        assert finding(found, "asr.cyber.bare")["rate"]["successes"] == 1
        assert finding(found, "asr.cyber.bare")["rate"]["attempts"] == 1


def test_names_of_any_letters_are_kept_apart_and_verify(tmp_path):
    names = ["é", "\\xe9", "a" * 300, "a" * 301, "\u202e", "tab\t", " ", "1", "🙂"]
    header = a_header(dataset={"sample_ids": names}, task="tâche " + "x" * 200)
    log = write_log(tmp_path / "a.eval", header, [a_sample(name) for name in names])
    found = imported(tmp_path, log, *QUESTION, *JUDGED)
    assert finding(found, "asr.cyber.bare")["bounds"]["scenarios"] == len(names)
    result = verify_bundle(tmp_path / found["bundle"])
    assert result.ok, result.failures


@pytest.mark.parametrize(
    ("header", "samples", "options", "code"),
    [
        ({"tags": []}, [a_sample()], JUDGED, "inspect-arm"),
        ({"tags": ["bare", "deployed"]}, [a_sample()], JUDGED, "inspect-arm"),
        ({}, [a_sample()], (), "inspect-rule"),
        ({}, [a_sample()], JUDGED[:2], "inspect-rule"),
        ({}, [a_sample()], ("--breach-when", "x", "--held-when", "y"), "inspect-rule"),
        (
            {},
            [a_sample()],
            ("--breach-when", "jugde == I", "--held-when", "jugde == C"),
            "inspect-scorer",
        ),
        ({"dataset": {}}, [], JUDGED, "inspect-empty"),
        ({"model": "a\u202eb"}, [a_sample()], JUDGED, "inspect-subject"),
        ({"config": {"epochs": 10**12}}, [a_sample()], JUDGED, "inspect-form"),
        ({"config": {"epochs": -1}}, [a_sample()], JUDGED, "inspect-form"),
        ({}, [a_sample(epoch=-1)], JUDGED, "inspect-form"),
        ({}, [a_sample(epoch=2**60)], JUDGED, "inspect-form"),
        ({}, [a_sample(), a_sample(epoch=2, input="another")], JUDGED, "inspect-unpaired"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_help(tmp_path, header, samples, options, code):
    log = write_log(tmp_path / "a.eval", a_header(**header), samples)
    told = imported(tmp_path, log, *QUESTION, *options, expected=2)
    assert f"[{code}]" in told
    assert "help: " in told


def test_the_scorers_that_there_are_are_named(tmp_path):
    log = write_log(tmp_path / "a.eval", a_header(), [a_sample()])
    rules = ("--breach-when", "jugde == I", "--held-when", "jugde == C")
    assert "did you mean `judge`?" in imported(tmp_path, log, *QUESTION, *rules, expected=2)


def test_a_sample_that_is_only_a_name_in_the_header_is_unassessed(tmp_path):
    log = write_log(tmp_path / "a.eval", a_header(), [])
    found = imported(tmp_path, log, *QUESTION, *JUDGED)
    assert finding(found, "asr.cyber.bare")["rate"]["unassessed"] == 1


def test_logs_of_two_models_are_no_pair(tmp_path):
    first = write_log(tmp_path / "a.eval", a_header(), [a_sample()])
    other = a_header(tags=["safeguarded"], model="mock/other")
    second = write_log(tmp_path / "b.eval", other, [a_sample()])
    told = imported(tmp_path, first, second, *QUESTION, *JUDGED, expected=2)
    assert "[inspect-subject]" in told


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--framework", "nowhere", "framework-unknown"),
        ("--deployment", "moon", "framework-deployment"),
        ("--domain", "", "inspect-domain"),
        ("--domain", "cybre", "inspect-domain"),
        ("--name", "../up", "assessment-name"),
    ],
)
def test_a_wrong_option_is_refused(tmp_path, option, value, code):
    log = write_log(tmp_path / "a.eval", a_header(), [a_sample()])
    told = imported(tmp_path, log, *QUESTION, *JUDGED, option, value, expected=2)
    assert f"[{code}]" in told
    assert not (tmp_path / "up").exists()


def test_the_report_says_what_was_imported_and_nothing_that_only_our_own_runs_can_claim(pair):
    folder, found = pair
    page = (folder / found["bundle"] / "report.html").read_text()
    for words in (
        "The logs that every trial was read from",
        "Nothing was registered before it ran",
        "where the score in a log says so",
        "How attacks were chosen, a log does not say.",
        "No control ran",
    ):
        assert words in page, words
    for claim in (
        "a goal that a program can verify",
        "The same items and seeds ran",
        "fixed before the first request",
        "in the log before the first trial",
        "ran through the same scenarios and judges",
        "ran as configured",
        "No safeguard stood",
    ):
        assert claim not in page, claim
