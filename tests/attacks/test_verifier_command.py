"""The program as people run it: exit codes, messages, no traceback."""

import json
import subprocess
import sys

import pytest

from shipworthy_verify.__main__ import run


def verify(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "shipworthy_verify", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_an_honest_bundle_exits_with_zero_and_says_which_key_to_pin(honest):
    done = verify(honest.folder)
    assert done.returncode == 0
    assert "verified: the draft says go; every role signed it; it stands until 2027" in done.stdout
    assert f"--key {honest.keys.runner.key_id}" in done.stdout
    assert "earlier checkpoint" in done.stdout
    assert done.stderr == ""


def test_a_go_that_somebody_stopped_is_not_reported_as_a_go(forge):
    words = {"position": "no-go", "rationale": "an incident"}
    forge.sign_off("safety-lead", path="signoffs/03.dsse.json", **words)
    forge.reseal()
    done = verify(forge.save())
    assert done.returncode == 0
    assert "verified: the draft says go; somebody signed no-go; it stands as no-go\n" in done.stdout


def test_a_go_that_nobody_signed_is_not_reported_as_a_go(forge):
    for path in [path for path in forge.files if path.startswith("signoffs/")]:
        del forge.files[path]
    forge.edit_lines(
        "log/entries.jsonl",
        lambda entries: [entry for entry in entries if entry.get("kind") != "sign-off"],
    )
    forge.reseal()
    done = verify(forge.save(), "--format", "json")
    found = json.loads(done.stdout)
    assert found["ok"], found["failures"]
    assert (found["ruling"], found["standing"]) == ("go", "inconclusive")


def test_a_pinned_key_and_an_earlier_checkpoint_leave_nothing_to_note(honest, tmp_path):
    earlier = tmp_path / "earlier"
    earlier.write_bytes(honest.earlier_checkpoint)
    fingerprint = honest.keys.runner.key_id.removeprefix("sha256:")
    done = verify(honest.folder, "--key", fingerprint, "--checkpoint", earlier)
    assert done.returncode == 0
    assert "note:" not in done.stdout


def test_a_tampered_bundle_exits_with_four_and_the_code(forge):
    forge.trial(
        lambda trial: trial["outcome"]["type"] == "breached",
        lambda trial: trial.update(outcome={"type": "held", "by": "model"}),
    )
    forge.reseal()
    done = verify(forge.save())
    assert done.returncode == 4
    assert "error[SV-FINDING-COUNTS]" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_another_key_than_the_pinned_one_exits_with_four(honest):
    done = verify(honest.folder, "--key", "0" * 64)
    assert done.returncode == 4
    assert "error[SV-KEY-UNTRUSTED]" in done.stdout


def test_a_rewritten_log_exits_with_four(forge, tmp_path):
    forge.edit_lines(
        "log/entries.jsonl",
        lambda entries: [{**entries[0], "at": "2025-01-01T00:00:00Z"}, *entries[1:]],
    )
    forge.reseal()
    earlier = tmp_path / "earlier"
    earlier.write_bytes(forge.honest.earlier_checkpoint)
    done = verify(forge.save(), "--checkpoint", earlier)
    assert done.returncode == 4
    assert "error[SV-LOG-FORK]" in done.stdout


def test_json_output_holds_the_same_result(forge):
    forge.edit("decision.json", lambda decision: decision.update(ruling="no-go"))
    forge.reseal()
    done = verify(forge.save(), "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 4
    assert found["ok"] is False
    assert "SV-DECISION-RULING" in {failure["code"] for failure in found["failures"]}


@pytest.mark.parametrize(
    "arguments", [["nowhere"], [], ["nowhere", "--key", "short"], ["--format", "xml", "x"]]
)
def test_nothing_to_verify_exits_with_two(arguments, tmp_path):
    done = verify(*(tmp_path / part if part == "nowhere" else part for part in arguments))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_no_bundle(tmp_path):
    done = verify(tmp_path)
    assert done.returncode == 4
    assert "SV-FILE-MISSING" in done.stdout


def test_a_missing_checkpoint_file_exits_with_two(honest, tmp_path):
    assert verify(honest.folder, "--checkpoint", tmp_path / "absent").returncode == 2


def test_words_of_a_hostile_bundle_cannot_move_the_cursor(forge, capsys):
    forge.edit(
        "bundle.json",
        lambda manifest: manifest["files"].update({"\x1b[2Jok": "sha256:" + "0" * 64}),
    )
    assert run([str(forge.save())]) == 4
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\\x1b[2Jok" in shown


def test_the_verifier_imports_nothing_of_shipworthy_and_no_codec():
    script = (
        "import sys, shipworthy_verify.__main__\n"
        "bad = {'shipworthy', 'msgspec', 'yaml', 'click', 'aiohttp', 'jinja2', 'numpy'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_without_cryptography_the_plain_python_signatures_do(honest):
    script = (
        "import sys\n"
        "sys.modules['cryptography'] = None\n"
        "from shipworthy_verify.__main__ import run\n"
        "sys.exit(run([sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(honest.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
