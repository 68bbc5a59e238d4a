"""A review whose seed, draws or answers somebody would rather have had otherwise."""

import itertools
import json
import shutil
import subprocess
import sys

import msgspec
import pytest

from assessments import shipworthy
from live_traffic import BEGAN_MS, MONITOR, exchange, write_monitor, write_traffic
from shipworthy.app.live.monitoring.reviewing import ReviewFolder, ReviewWork
from shipworthy.records.live.monitors import ReviewSection

REVIEW = """
[[review]]
domain = "secrets"
question = "does the answer hold a key?"
draws = 12
never_miss = 6
uniform = "0.5"
twice = "0.5"
"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Counted, drawn, and read by two as far as asked for."""
    folder = tmp_path_factory.mktemp("review")
    write_traffic(folder / "traffic1.jsonl", [exchange(n, held=n % 20 == 0) for n in range(400)])
    file = write_monitor(folder, MONITOR + REVIEW)
    shipworthy("monitor", "run", file, "--once")
    assert shipworthy("review", "draw", file).returncode == 0
    for reader, count in (("ada", 5), ("ben", 3)):
        for item in left(folder, reader)[:count]:
            assert answer(folder, item, "yes", reader).returncode == 0
    assert shipworthy("review", "status", file).returncode == 3
    return folder


@pytest.fixture
def review(drawn, tmp_path):
    shutil.copytree(drawn, tmp_path / "copy")
    return tmp_path / "copy"


def left(folder, reader):
    words = ("--reader", reader, "--count", "0", "--format", "json")
    shown = shipworthy("review", "next", folder / "monitor.toml", *words)
    return [one["item"] for one in json.loads(shown.stdout)["items"]]


def answer(folder, item, word, reader):
    return shipworthy("review", "answer", folder / "monitor.toml", item, word, "--reader", reader)


def labels(folder, reader):
    lines = (files(folder) / "readers" / f"{reader}.jsonl").read_text().splitlines()
    return [json.loads(line)["label"] for line in lines]


def files(folder):
    return folder / "monitor" / "review" / "secrets"


def refused(folder, code):
    for words in (("review", "status"), ("monitor", "run", "--once"), ("review", "draw")):
        done = shipworthy(*words[:2], folder / "monitor.toml", *words[2:])
        assert done.returncode == 4, done.stdout
        assert code in done.stderr


def test_no_other_seed_once_there_is_traffic(review):
    file = review / "monitor.toml"
    text = file.read_text()
    file.write_text(text.replace('domain = "secrets"', 'domain = "secrets"\nseed = 99'))
    refused(review, "review-seed")


def test_draws_are_not_taken_back_to_draw_anew(review):
    shutil.rmtree(files(review))
    refused(review, "review-altered")


def test_the_last_answer_is_not_taken_off(review):
    path = files(review) / "readers" / "ben.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    refused(review, "review-altered")


def test_a_reader_is_not_taken_out(review):
    (files(review) / "readers" / "ben.jsonl").unlink()
    refused(review, "review-altered")


def test_nobody_overrules_two_who_agree(review):
    given = [label["item"] for reader in ("ada", "ben") for label in labels(review, reader)]
    both = next(item for item in given if given.count(item) == 2)
    assert "review-settled" in answer(review, both, "no", "eve").stderr


def test_an_answer_is_never_dated_before_one_that_was_there(review):
    """Else the second reader would be the first, whose answer decides about a second."""
    section = ReviewSection(domain="secrets", question="does the answer hold a key?")
    work = ReviewWork(section, ReviewFolder(files(review)))
    first, second = {label["item"] for label in labels(review, "ada")}, "zoe"
    item = next(one for one, many in work.waiting().items() if many == 1 and one in first)
    work.record(second, item, "no", at_ms=0)
    known = max(label["at_ms"] for reader in ("ada", "ben") for label in labels(review, reader))
    assert labels(review, second)[0]["at_ms"] > known
    assert work.answers()[item].given == ("yes", "no")


def test_a_table_of_answers_is_kept_whole_or_not_at_all(review):
    open_items = left(review, "zoe")
    assert len(open_items) > 1
    sheet = review / "answers.csv"
    rows = [f"{item},no" for item in open_items]
    file = review / "monitor.toml"
    words = ("review", "answer", file, "--from", sheet, "--reader", "zoe")
    for wrong, code in (("strange,no", "review-item"), (rows[0], "label-twice")):
        sheet.write_text("\n".join(["item,label", *rows, wrong]) + "\n")
        refusal = shipworthy(*words)
        assert refusal.returncode == 2
        assert code in refusal.stderr
        assert f"answers.csv:{len(rows) + 2}" in refusal.stderr
        assert not (files(review) / "readers" / "zoe.jsonl").exists()
    sheet.write_text("\n".join(["item,label", *rows]) + "\n")
    kept = shipworthy(*words)
    assert kept.returncode == 0, kept.stderr
    given = labels(review, "zoe")
    assert [one["item"] for one in given] == open_items
    assert all(one["at_ms"] < two["at_ms"] for one, two in itertools.pairwise(given))
    assert left(review, "zoe") == []
    again = shipworthy(*words)
    assert "answers.csv:2" in again.stderr
    assert "review-twice" in again.stderr


def test_an_answer_loads_nothing_that_builds_a_stack(review):
    """People answer one by one: each answer would cost the second that this takes."""
    item = left(review, "zoe")[0]
    words = ["review", "answer", str(review / "monitor.toml"), item, "no", "--reader", "zoe"]
    code = f"""
import sys
from shipworthy.cli.main import run
try:
    run({words!r})
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"aiohttp", "shipworthy.app.preparation", "shipworthy.app.live.gateway.stacks"}}
found = sorted(heavy & set(sys.modules))
sys.exit(str(found) if found else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "exchanges left for zoe" in done.stderr
    assert done.returncode == 0, done.stderr


def test_an_answer_or_a_table_and_not_both(review):
    file = review / "monitor.toml"
    nothing = shipworthy("review", "answer", file, "--reader", "zoe")
    both = shipworthy("review", "answer", file, "x", "no", "--from", "a.csv", "--reader", "zoe")
    half = shipworthy("review", "answer", file, "x", "--reader", "zoe")
    for ran, complaint in (
        (nothing, "nothing was answered"),
        (both, "both an exchange and a table were given"),
        (half, "`x` was given no answer"),
    ):
        assert ran.returncode == 2
        assert f"error[review-answer]: {complaint}" in ran.stderr


def test_a_record_from_the_future_does_not_end_the_review(tmp_path):
    year = 365 * 86_400_000
    records = [exchange(n) for n in range(60)]
    wrong = msgspec.structs.replace(records[0], id="a-wrong-clock", at_ms=BEGAN_MS + 99 * year)
    write_traffic(tmp_path / "traffic1.jsonl", [*records, wrong])
    file = write_monitor(tmp_path, MONITOR + REVIEW)
    shipworthy("monitor", "run", file, "--once")
    assert "from 60 exchanges" in shipworthy("review", "draw", file).stdout
    write_traffic(tmp_path / "traffic2.jsonl", [exchange(n) for n in range(60, 130)])
    shipworthy("monitor", "run", file, "--once")
    assert "from 70 exchanges" in shipworthy("review", "draw", file).stdout
