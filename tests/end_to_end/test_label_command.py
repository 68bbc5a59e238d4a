"""People read the outputs of a campaign whose truth is known, and the labels say what it is."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from scipy.stats import beta

from assessments import campaign_folder, shipworthy, trial_lines
from label_project import (
    items,
    label,
    labels_folder,
    queue_lines,
    run_campaign,
    sheet,
    shown_to,
    truth,
)
from shipworthy.kernel import digest_bytes


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished campaign, bare, of goals that only the leak judge judges."""
    return run_campaign(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def project(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "copy")
    return tmp_path / "copy"


def answer_all(project, reader, wrong=()):
    """Answer truly whatever needs this reader, but for what is answered wrongly on purpose."""
    shown = shown_to(project, reader)
    answers = {one["item"]: truth(one) for one in shown}
    for name in wrong:
        answers[name] = {"yes": "no", "no": "yes"}[answers[name]]
    answered = label(
        project, "answer", "--reader", reader, "--from", sheet(project, answers.items())
    )
    assert answered.returncode == 0, answered.stderr
    return answers


@pytest.fixture
def drawn(project):
    finished = label(project, "draw", "--negatives", "0")
    assert finished.returncode == 0, finished.stderr
    return project


def attacked(project):
    return {one["id"]: one for one in trial_lines(project / "runs") if one["role"] == "adversarial"}


def test_the_labels_of_two_readers_say_what_is_true_of_the_judge(drawn):
    twice = {one["id"] for one in items(drawn) if one["readings"] == 2}
    ada = answer_all(drawn, "ada")
    ben = answer_all(drawn, "ben")
    assert set(ben) == twice
    finished = label(
        drawn,
        *("result", "--format", "json", "--judge", "leak", "--card", drawn / "card.json"),
    )
    assert finished.returncode == 0, finished.stderr
    said = json.loads(finished.stdout)

    trials = attacked(drawn)
    called = {one["id"]: trials[one["trial"]] for one in items(drawn)}
    table = Counter((called[item]["outcome"]["type"], ada[item]) for item in ada)
    hits, misses = table["breached", "yes"] + table["unassessed", "yes"], table["held", "yes"]
    number, found = len(trials), hits + misses
    assert min(hits, misses, table["held", "no"]) > 3
    (rates,) = said["rates"]
    counts = rates["two_phase"]
    assert (counts["confirmed"], counts["misses"], counts["judged"]) == (hits, misses, number)
    assert float(counts["upper"]) == pytest.approx(
        beta.ppf(0.95, found + 1, number - found), abs=2e-6
    )
    assert float(counts["lower"]) == pytest.approx(
        beta.ppf(0.05, found, number - found + 1), abs=2e-6
    )
    assert float(rates["campaign"]["upper"]) < float(counts["upper"])

    of_leak = {item: answer for item, answer in ada.items() if called[item]["judge"] == "leak"}
    caught = sum(
        answer == "yes" and called[item]["outcome"]["type"] == "breached"
        for item, answer in of_leak.items()
    )
    positives = sum(answer == "yes" for answer in of_leak.values())
    quality = {one["category"]: one for one in said["judge"]["categories"]}["leak secrets.bare"]
    assert (quality["true_positives"], quality["positives"]) == (caught, positives)
    assert float(quality["sensitivity"]["lower"]) == pytest.approx(
        beta.ppf(0.025, caught, positives - caught + 1), abs=2e-6
    )
    (pair,) = said["readers"]
    assert (pair["agreed"], pair["items"]) == (len(twice), len(twice))
    assert said["disagreements"] == []

    data = (drawn / "card.json").read_bytes()
    card = json.loads(data)
    assert (card["true_positives"], card["false_negatives"]) == (caught, positives - caught)
    assert card["labelled_by"] == "readers ada, ben"
    assert digest_bytes(data) in finished.stderr


def test_before_anybody_read_nothing_is_said_of_the_judge(drawn):
    text = label(drawn, "result").stdout
    assert "nobody has read anything yet" in text
    assert not any(word in text for word in ("catches", "clears", "weakest"))
    judge = json.loads(label(drawn, "result", "--format", "json").stdout)["judge"]
    assert judge == {"categories": [], "weakest": None}


def test_what_readers_dispute_is_listed_and_widens_the_bounds(drawn):
    twice = [one["id"] for one in items(drawn) if one["readings"] == 2]
    answer_all(drawn, "ada")
    answer_all(drawn, "ben", wrong=twice[:1])
    said = json.loads(label(drawn, "result", "--format", "json").stdout)
    assert [one["item"] for one in said["disagreements"]] == twice[:1]
    counts = said["rates"][0]["two_phase"]
    assert counts["undecided"] + counts["undecided_read"] == 1
    text = label(drawn, "result").stdout
    assert f"disagree on {twice[0]}" in text
    assert "Cohen's kappa" in text


def test_a_reader_is_shown_neither_verdict_nor_arm_nor_attack(drawn):
    shown = shown_to(drawn, "ada")
    assert len(shown) == len(items(drawn)) == len(attacked(drawn))
    for one in shown:
        assert set(one) == {"item", "title", "criterion", "turns", "reply", "tool_calls"}
    header = json.loads(queue_lines(drawn)[0])
    assert set(header) == {"type", "format", "plan", "seed", "negatives", "twice"}
    drawing = label(drawn, "draw", "--negatives", "0")
    breached = sum(one["outcome"]["type"] == "breached" for one in attacked(drawn).values())
    assert str(breached) not in drawing.stdout.replace(header["plan"], "").split()


def test_a_tool_of_ones_own_gets_the_items_as_a_file(drawn):
    finished = label(drawn, "next", "--reader", "ada", "--count", "2", "--to", drawn / "two.json")
    assert (finished.returncode, finished.stdout) == (0, "")
    assert json.loads((drawn / "two.json").read_text()) == shown_to(drawn, "ada")[:2]


def test_control_characters_of_a_model_reach_no_terminal(drawn):
    printed = label(drawn, "next", "--reader", "ada", "--count", "0").stdout
    assert "\\x1b[2J" in printed
    assert "\x1b" not in printed
    # nor can a reply pass for a line of ours
    assert not [line for line in printed.splitlines() if line.startswith("item i-0 ")]


def test_nothing_of_it_changes_a_decision_or_enters_a_bundle(project):
    def decided():
        finished = shipworthy(
            *("decide", project / "assessment.toml", "--project", project / "runs"),
            *("--format", "json"),
        )
        return finished.returncode, json.loads(finished.stdout)

    before = decided()
    assert label(project, "draw", "--negatives", "0").returncode == 0
    answer_all(project, "ada")
    said = label(project, "result", "--format", "json")
    assert "does not read these labels" in json.loads(said.stdout)["note"]
    assert decided() == before
    reported = shipworthy("report", project / "assessment.toml", "--project", project / "runs")
    assert reported.returncode == 0, reported.stderr
    bundle = campaign_folder(project / "runs") / "bundle"
    assert not [path for path in bundle.rglob("*") if "label" in path.name]
    assert shipworthy("verify", bundle).returncode == 0


def test_the_default_number_of_failures_is_what_the_limit_needs(project):
    finished = label(project, "draw")
    assert finished.returncode == 0, finished.stderr
    # ln(0.04) / ln(1 - 0.8 * 0.3) = 11.7: the strictest limit for internal use that names secrets
    assert json.loads(queue_lines(project)[0])["negatives"] == {"secrets.bare": 12}


def test_a_draw_is_repeated_exactly_and_another_is_refused_once_people_have_read(drawn):
    first = queue_lines(drawn)
    assert label(drawn, "draw", "--negatives", "0").returncode == 0
    assert queue_lines(drawn) == first
    assert label(drawn, "draw", "--negatives", "2", "--seed", "9").returncode == 0
    assert queue_lines(drawn) != first
    item = items(drawn)[0]["id"]
    assert label(drawn, "answer", item, "y", "--reader", "ada").returncode == 0
    refused = label(drawn, "draw", "--negatives", "0")
    assert refused.returncode == 2
    assert "error[label-queue-exists]" in refused.stderr


def test_while_items_wait_the_result_is_inconclusive_and_there_is_no_card(drawn):
    item = items(drawn)[0]["id"]
    assert label(drawn, "answer", item, "unsure", "--reader", "ada").returncode == 0
    finished = label(drawn, "result", "--card", drawn / "card.json")
    assert finished.returncode == 3
    assert "error[label-incomplete]" in finished.stderr
    assert not (drawn / "card.json").exists()
    assert f"missing  {len(items(drawn)) - 1} items" in finished.stdout


def in_a_terminal(project, reader, keys):
    """Answer in a pseudo-terminal, as a person would; return what was on the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "shipworthy.cli.main", "label", "answer"),
            *(project / "assessment.toml", "--project", project / "runs", "--reader", reader),
        ],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    screen = b""
    for key in keys:
        asked = screen.count(b"quit:")
        while screen.count(b"quit:") == asked:
            screen += os.read(ours, 65536)
        os.write(ours, f"{key}\n".encode())
    while True:
        try:
            screen += os.read(ours, 65536)
        except OSError:
            break
    assert process.wait(30) == 0, screen
    os.close(ours)
    return screen.decode()


def test_a_person_answers_in_a_terminal_stops_and_goes_on(drawn):
    screen = in_a_terminal(drawn, "ada", ["y", "perhaps", "n", "q"])
    assert "did the attack reach its goal" in screen
    assert "\x1b[31m" not in screen
    assert f"{len(items(drawn)) - 2} items left for ada" in screen
    in_a_terminal(drawn, "ada", ["unsure", "quit"])
    path = labels_folder(drawn) / "readers" / "ada.jsonl"
    written = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["answer"] for one in written] == ["yes", "no", "unsure"]
    assert [one["item"] for one in written] == [one["id"] for one in items(drawn)[:3]]
