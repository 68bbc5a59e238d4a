"""`shipworthy confirm` as a user runs it: verdicts, resuming, tries, and what is refused."""

import json
import shutil
import time

import pytest

from assessments import campaign_folder, log_entries, shipworthy
from deployed import Defects
from field_campaign import (
    deployed_path,
    in_process,
    laboratory,
    open_tested,
    write_deployment,
)
from shipworthy.evidence import open_envelope
from shipworthy.evidence.signers import load_signer

FEW = 'routes = ["chat", "messages.stream"]'
ALL_ACCEPTED = '["stack", "system-prompt"]'


@pytest.fixture
def campaign(tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(laboratory(), folder)
    return folder


@pytest.fixture
def path(campaign):
    with deployed_path(campaign) as path:
        path.defects.identity = None
        yield path


def write(folder, path, extra=FEW, **options):
    return write_deployment(
        folder, path.url, extra=extra, **({"accept_unknown": ALL_ACCEPTED} | options)
    )


def confirm(folder, *arguments):
    return in_process(folder, "confirm", *arguments)


def plans(folder):
    files = folder.glob("runs/*/*/live/confirming/*/plan.json")
    found = [json.loads(one.read_text()) for one in files]
    return sorted(found, key=lambda one: one["number"])


def test_a_sound_deployment_is_confirmed_signed_and_logged(campaign, path):
    file = write(campaign, path)
    done = shipworthy("confirm", file.name, cwd=campaign)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CONFIRMED: desks" in done.stdout
    entry = log_entries(campaign / "runs")[-1]
    assert entry["type"] == "confirmation-logged"
    assert entry["verdict"] == "confirmed"
    (envelope,) = campaign_folder(campaign / "runs").glob("live/confirmations/*.dsse.json")
    signer = load_signer(campaign / "runs" / "keys" / "runner.pem")
    statement = open_envelope(envelope.read_bytes(), {signer.key_id: signer.public})
    said = json.loads(bytes(statement.predicate))
    assert said["verdict"] == "confirmed"
    assert said["expires_at"] == entry["expires_at"]
    assert {one["id"] for one in said["findings"]} >= {
        "asr.secrets.deployed",
        "over-refusal.secrets.deployed",
    }
    assert not any(isinstance(value, float) for value in _leaves(said))


def _leaves(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def test_a_plan_is_in_the_log_before_the_first_request(campaign, path):
    file = write(campaign, path)
    seen = []
    entries = campaign_folder(campaign / "runs") / "log" / "entries.jsonl"
    path.defects.skips = lambda _heard: seen.append(entries.read_text()) or False
    confirm(campaign, file.name)
    assert '"kind":"confirmation-plan"' in seen[0]


def test_a_defect_exits_1_and_names_what_succeeds_in_the_field_only(campaign, path):
    path.defects = Defects(skips=lambda heard: heard.stream, identity=None)
    done = confirm(campaign, write(campaign, path).name)
    assert done.returncode == 1, done.stdout
    assert "asr.route.messages.stream: higher in the field" in done.stdout
    assert "succeeds in the field only: desk-" in done.stdout
    assert log_entries(campaign / "runs")[-1]["verdict"] == "defect"


def cut_before_it_concludes(campaign, path, file):
    """Ask everything, and leave the disk as it is when the process is killed before it concludes.

    Returns the last entry of the log that it would have left.
    """
    log = campaign_folder(campaign / "runs") / "log"
    kept = campaign / "log-of-then"

    def keeping(_heard):
        if not kept.exists():
            shutil.copytree(log, kept)
        return False

    path.defects.skips = keeping
    confirm(campaign, file.name)
    last = log_entries(campaign / "runs")[-1]
    assert last["type"] == "confirmation-logged"
    shutil.rmtree(log)
    kept.rename(log)
    (result,) = campaign.glob("runs/*/*/live/confirming/*/confirmation.json")
    result.unlink()
    return last


def test_a_run_that_was_cut_is_gone_on_with(campaign, path):
    file = write(campaign, path)
    whole = len(plans(campaign))
    cut_before_it_concludes(campaign, path, file)
    (segment,) = campaign.glob("runs/*/*/live/confirming/*/trials/run-001.jsonl")
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(lines[:100]) + b'{"torn')
    before = len(path.seen)
    done = confirm(campaign, file.name)
    assert done.returncode == 0, done.stdout + done.stderr
    sent_again = len(path.seen) - before
    missing = len(lines) - 100
    assert missing <= sent_again <= missing * 1.2 + 2
    ids = [
        json.loads(line)["id"]
        for one in sorted(segment.parent.glob("*.jsonl"))
        for line in one.read_text().splitlines()
        if line.endswith("}")
    ]
    assert len(ids) == len(set(ids)) == len(lines)
    assert whole == 0
    assert len(plans(campaign)) == 1


def test_what_was_asked_once_is_not_made_fresh_by_concluding_again(campaign, path):
    file = write(campaign, path)
    first = cut_before_it_concludes(campaign, path, file)
    time.sleep(1.1)
    assert confirm(campaign, file.name).returncode == 0
    again = log_entries(campaign / "runs")[-1]
    assert again["at"] > first["at"]
    assert again["expires_at"] == first["expires_at"]


@pytest.mark.slow
def test_trying_again_costs_error_until_it_is_confirmed(campaign, path):
    file = write(campaign, path, margin="0.40")
    path.defects = Defects(skips=lambda heard: heard.stream, identity=None)
    assert confirm(campaign, file.name).returncode == 1
    path.defects = Defects(identity=None)
    assert confirm(campaign, file.name).returncode == 0
    first, second = plans(campaign)
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["alpha"], second["alpha"]) == ("0.025000", "0.008333")
    assert confirm(campaign, file.name).returncode == 0
    renewed = [one for one in plans(campaign) if one["renewal"] == 1]
    assert [one["number"] for one in renewed] == [1]


@pytest.mark.parametrize("change", ["rewritten", "removed"])
def test_the_file_beside_the_plan_gives_no_error_back(campaign, path, change):
    file = write(campaign, path, extra='routes = ["chat.stream"]')
    path.defects = Defects(skips=lambda heard: heard.stream, identity=None)
    assert confirm(campaign, file.name).returncode == 1
    (kept,) = campaign.glob("runs/*/*/live/confirming/*/confirmation.json")
    if change == "removed":
        kept.unlink()
    else:
        kept.write_text(kept.read_text().replace('"verdict":"defect"', '"verdict":"confirmed"'))
    confirm(campaign, file.name)
    assert [(one["number"], one["renewal"]) for one in plans(campaign)] == [(1, 0), (2, 0)]


def test_a_try_that_is_taken_away_is_noticed(campaign, path):
    file = write(campaign, path)
    path.defects = Defects(skips=lambda heard: heard.stream, identity=None)
    confirm(campaign, file.name)
    (kept,) = campaign.glob("runs/*/*/live/confirming/*/plan.json")
    shutil.rmtree(kept.parent)
    done = confirm(campaign, file.name)
    assert done.returncode == 4
    assert "error[confirm-altered]" in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines, lines[0]], "is there twice"),
        (
            lambda lines: [lines[0].replace(b'"domain":"secrets"', b'"domain":"cyber"')],
            "another item",
        ),
        (lambda lines: [lines[0].replace(b'"id":"f', b'"id":"g')], "is no replay of the plan"),
    ],
)
def test_trials_that_are_not_those_of_the_plan_are_refused(campaign, path, change, said):
    file = write(campaign, path, extra='routes = ["chat"]')
    cut_before_it_concludes(campaign, path, file)
    (segment,) = campaign.glob("runs/*/*/live/confirming/*/trials/run-001.jsonl")
    segment.write_bytes(b"".join(change(segment.read_bytes().splitlines(keepends=True))))
    done = confirm(campaign, file.name)
    assert done.returncode == 4, done.stderr
    assert "error[confirm-altered]" in done.stderr
    assert said in done.stderr


def test_a_dry_run_says_what_it_takes_and_sends_nothing(campaign, path):
    done = confirm(campaign, write(campaign, path, margin="0.05").name, "--dry-run")
    assert done.returncode == 3
    assert "would send 168 replays" in done.stdout
    assert "takes 102 scenarios a group if none differs" in done.stdout
    assert "too few: asr.route.chat has 42 scenarios" in done.stdout
    assert path.seen == []
    enough = confirm(campaign, write(campaign, path, margin="0.25").name, "--dry-run")
    assert enough.returncode == 0


def test_a_dry_run_counts_the_answers_that_show_the_model_to_be_the_tested_one(campaign, path):
    file = write(campaign, path, margin="0.13").name
    done = confirm(campaign, file, "--dry-run")
    assert done.returncode == 3
    assert "too few: answers has 42 harmless items to compare and takes 51" in done.stdout
    known = 'accept_unknown = ["answers", "sampling"]'
    done = confirm(campaign, write(campaign, path, margin="0.13", extra=known).name, "--dry-run")
    assert "too few: answers" not in done.stdout


@pytest.mark.slow
def test_a_path_that_is_not_there_leaves_everything_open(campaign, path):
    file = write(campaign, path)
    text = file.read_text().replace(path.url, "http://127.0.0.1:9")
    file.write_text(text)
    done = confirm(campaign, file.name)
    assert done.returncode == 3
    assert "resume: shipworthy confirm" in done.stderr
    assert log_entries(campaign / "runs")[-1]["type"] != "confirmation-logged"


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ('dialects = ["chat"', 'dialects = ["chatt"', "deployment-invalid", "chatt"),
        ('"messages.stream"]', '"messages.streem"]', "confirm-route", "messages.stream"),
        (
            'assessment = "assessment.toml"',
            'assessment = ""',
            "deployment-assessment",
            "assessment",
        ),
        ('model = "simulated"', 'model = ""', "deployment-model", "model"),
        ('margin = "0.25"', 'margin = "2"', "confirm-share", "margin"),
        ('margin = "0.25"', 'margin = "0.0"', "confirm-share", "margin"),
        ("[confirmation]", "[confirmation", "deployment-syntax", "TOML"),
        ("per_minute", "filler = 'none.txt'\nper_minute", "confirm-filler", "none.txt"),
        ("per_minute", "key_variable = 'UNSET'\nper_minute", "credential-missing", "UNSET"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(campaign, path, old, new, code, word):
    file = write(campaign, path)
    file.write_text(file.read_text().replace(old, new))
    done = confirm(campaign, file.name)
    assert done.returncode == 2, done.stderr
    assert f"error[{code}]" in done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert path.seen == []


def test_json_is_the_record(campaign, path):
    done = confirm(campaign, "run", write(campaign, path).name, "--format", "json")
    assert json.loads(done.stdout)["verdict"] == "confirmed"


@pytest.mark.slow
def test_the_bundle_of_a_confirmed_campaign_still_verifies(campaign, path):
    confirm(campaign, write(campaign, path).name)
    with_report = in_process(campaign, "report", "assessment.toml")
    assert with_report.returncode == 0, with_report.stderr
    (bundle,) = campaign.glob("runs/*/*/bundle")
    assert in_process(campaign, "verify", bundle).returncode == 0
    assert open_tested(campaign, campaign / "deployment.toml").campaign.complete
