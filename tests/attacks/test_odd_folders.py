"""Folders that try to keep the verifier from an answer."""

import os
import subprocess
import sys

import pytest


def verify(folder, *options):
    return subprocess.run(
        [sys.executable, "-m", "shipworthy_verify", str(folder), *options],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


def endless_folders(folder):
    deep = folder
    for _ in range(500):
        deep = deep / "d"
    deep.mkdir(parents=True)


def gigantic_file(folder):
    with (folder / "trials" / "run-001.jsonl").open("r+b") as stream:
        stream.truncate(3 << 30)


def pipe(folder):
    os.mkfifo(folder / "trials" / "run-009.jsonl")


def loop(folder):
    (folder / "loop").symlink_to(".")


def linked_folder(folder):
    (folder / "trials").rename(folder.parent / "elsewhere")
    (folder / "trials").symlink_to(folder.parent / "elsewhere")


def folder_for_a_file(folder):
    (folder / "bundle.json").unlink()
    (folder / "bundle.json").mkdir()


def same_name_in_capitals(folder):
    (folder / "Plan.json").write_bytes((folder / "plan.json").read_bytes())


def same_name_in_two_spellings(folder):
    for name in ("caf\u00e9", "cafe\u0301"):
        (folder / "cards" / f"{name}.json").write_text("{}")


def name_that_is_no_text(folder):
    (folder / os.fsdecode(b"\xff\xfe.json")).write_text("{}")


@pytest.mark.parametrize(
    "spoil",
    [
        endless_folders,
        gigantic_file,
        pipe,
        loop,
        linked_folder,
        folder_for_a_file,
        same_name_in_capitals,
        same_name_in_two_spellings,
        name_that_is_no_text,
    ],
)
def test_an_odd_folder_is_refused_without_a_traceback(forge, spoil):
    folder = forge.save()
    spoil(folder)
    refused = verify(folder)
    assert refused.returncode == 4, refused.stderr
    assert "error[SV-FILE" in refused.stdout
    assert "Traceback" not in refused.stderr


def test_a_path_out_of_the_bundle_is_refused(forge):
    listed = forge.json("bundle.json")
    listed["files"]["../plan.json"] = listed["files"]["plan.json"]
    forge.write("bundle.json", listed)
    assert {"SV-FILE-MISSING", "SV-FILE-UNKNOWN"} <= forge.codes()


def test_a_reader_that_goes_away_is_no_traceback(forge):
    folder = forge.save()
    command = f"{sys.executable} -m shipworthy_verify {folder} --format json | true"
    finished = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.stderr == ""
