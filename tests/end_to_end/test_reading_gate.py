"""Labels of people reach the gate where the assessment declares that they read."""

import json
from math import pi

import pytest

from assessments import log_entries, shipworthy, write_assessment
from label_project import label, labels_folder
from reading_project import FINDING, READING, answered, assessed, bundle_of, command, copied
from shipworthy.statistics import clopper_pearson_upper


def decided(folder):
    done = command(folder, "decide", "--format", "json")
    decision = json.loads(done.stdout)
    verdicts = {one["requirement"]: one for one in decision["requirements"]}
    (mine,) = [one for one in verdicts.values() if FINDING in one["reads"]]
    return mine


def finding_in(folder):
    document = json.loads((bundle_of(folder) / "findings.json").read_text())
    return next(one for one in document["findings"] if one["id"] == FINDING)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading")
    done = assessed(folder)
    assert done.returncode == 3, done.stderr
    return folder


@pytest.fixture(scope="module")
def read(finished, tmp_path_factory):
    """Everything drawn, read and decided."""
    folder = copied(finished, tmp_path_factory.mktemp("read") / "project")
    drawn = label(folder, "draw")
    assert drawn.returncode == 0, drawn.stderr
    answered(folder, "ada", lambda _: "no")
    answered(folder, "ben", lambda _: "no")
    assert command(folder, "report").returncode == 0
    return folder


def test_without_a_reader_nothing_is_kept_and_the_draft_says_why(finished):
    result = decided(finished)
    assert result["verdict"] == "inconclusive"
    assert "30 outputs wait for a reader" in result["why"]
    finding = finding_in(finished)
    assert finding["blockers"] == ["30 outputs wait for a reader"]
    assert finding["bounds"]["upper_adjusted"] == "1.000000"
    assert shipworthy("verify", bundle_of(finished)).returncode == 0


def test_once_everything_was_read_the_limit_is_that_of_two_phases(read):
    assert decided(read)["verdict"] == "kept"
    assert "people found 0 in 0 marked and 0 in 30 others" in decided(read)["why"]
    finding = finding_in(read)
    counts, bounds = finding["reading"], finding["bounds"]
    assert (counts["judged"], counts["read"], counts["waiting"]) == (36, 30, 0)
    level = float(bounds["alpha"])
    assert level == pytest.approx(0.05 * 6 / pi**2, abs=1e-11)
    limit = clopper_pearson_upper(0, 36, 0.16 * level) + clopper_pearson_upper(0, 30, 0.8 * level)
    assert float(bounds["upper_adjusted"]) == pytest.approx(limit, abs=2e-6)
    assert (bounds["method"], finding["blockers"]) == ("two-phase/1", [])
    verified = shipworthy("verify", bundle_of(read))
    assert verified.returncode == 0, verified.stdout
    assert "30 items, 36 labels of 2 readers" in verified.stdout


def test_the_report_shows_what_people_found(read):
    page = (bundle_of(read) / "report.html").read_text()
    assert "Read by people" in page
    assert f'data-claim="finding:{FINDING}#reading.read" data-value="30"' in page


def test_the_log_holds_the_queue_before_the_labels(read):
    kinds = [entry["type"] for entry in log_entries(read / "runs")]
    assert kinds.count("queue-registered") == kinds.count("labels-registered") == 1
    assert kinds.index("run-ended") < kinds.index("queue-registered")
    assert kinds.index("queue-registered") < kinds.index("labels-registered")


def test_the_result_says_that_the_gate_reads_these_labels(read):
    said = json.loads(label(read, "result", "--format", "json").stdout)
    assert said["read_by_the_gate"] is True
    assert "the gate reads these labels" in said["note"]
    assert "the gate's own" in label(read, "result").stdout


@pytest.mark.parametrize(
    "option", [("--negatives", "5"), ("--seed", "1"), ("--twice", "0.2"), ("--domain", "secrets")]
)
def test_no_option_of_the_draw_can_be_chosen(finished, tmp_path, option):
    project = copied(finished, tmp_path / "project")
    refused = label(project, "draw", *option)
    assert refused.returncode == 2
    assert "label-registered" in refused.stderr
    assert not (labels_folder(project) / "queue.jsonl").exists()


def test_a_queue_that_was_not_registered_is_not_read(read, tmp_path):
    project = copied(read, tmp_path / "project")
    queue = (labels_folder(project) / "queue.jsonl").read_text()
    fresh = copied(project, tmp_path / "fresh")
    (labels_folder(fresh) / "queue.jsonl").write_text(queue.replace('"seed":7', '"seed":8'))
    refused = label(fresh, "result")
    assert (refused.returncode, "label-queue-altered" in refused.stderr) == (4, True)


def test_labels_from_before_the_queue_was_registered_cannot_be_used(finished, read, tmp_path):
    project = copied(finished, tmp_path / "project")
    copied(labels_folder(read), labels_folder(project))
    for words in (("decide",), ("label", "draw"), ("label", "result")):
        refused = command(project, *words)
        assert (refused.returncode, "label-queue-unregistered" in refused.stderr) == (4, True)


def altered(text):
    return text.replace('"answer":"no"', '"answer":"unsure"', 1)


def shortened(text):
    return "".join(text.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize("change", [altered, shortened, lambda text: ""])
def test_labels_that_were_registered_are_neither_changed_nor_taken_back(read, tmp_path, change):
    project = copied(read, tmp_path / "project")
    path = labels_folder(project) / "readers" / "ada.jsonl"
    path.write_text(change(path.read_text()))
    for words in (("decide",), ("report",), ("label", "result")):
        refused = command(project, *words)
        assert (refused.returncode, "label-altered" in refused.stderr) == (4, True)


def test_a_miss_that_people_found_raises_the_limit_and_a_dispute_counts_as_one(finished, tmp_path):
    uppers = {}
    for name, first, second in (
        ("clean", "no", "no"),
        ("disputed", "no", "yes"),
        ("unsure", "unsure", "unsure"),
    ):
        project = copied(finished, tmp_path / name)
        assert label(project, "draw").returncode == 0
        answered(project, "ada", lambda place, word=first: "no" if place else word)
        answered(project, "ben", lambda place, word=second: "no" if place else word)
        assert command(project, "report").returncode == 0
        uppers[name] = float(finding_in(project)["bounds"]["upper"])
        assert shipworthy("verify", bundle_of(project)).returncode == 0
    assert uppers["clean"] < uppers["disputed"]
    assert uppers["clean"] < uppers["unsure"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('negatives = 5\narms = ["deployed"]', "campaign-reading"),
        ('negatives = 5\ndomains = ["cyber"]', "campaign-reading"),
        ("negatives = -1", "assessment-impossible-threshold"),
        ('negatives = 5\ntwice = "2"', "assessment-impossible-threshold"),
        ('negatives = 5\narms = ["bare", "bare"]', "assessment-duplicate-id"),
        ('negatives = 5\narm = ["bare"]', "assessment-unknown-field"),
        ('twice = "0.1"', "assessment-missing-key"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused_before_anything_runs(tmp_path, table, complaint):
    refused = assessed(tmp_path, tail=f"\n[reading]\n{table}\n")
    assert refused.returncode == 2, refused.stdout
    assert complaint in refused.stderr
    assert not list((tmp_path / "runs").glob("*/*/plan.json"))


@pytest.mark.parametrize("change", ["attacks_per_scenario = 2", 'stopping = "sequential"'])
def test_a_reading_needs_one_attempt_on_every_scenario(tmp_path, change):
    file = assessed_file(tmp_path, change)
    refused = shipworthy("plan", file)
    assert (refused.returncode, "campaign-reading" in refused.stderr) == (2, True)


def assessed_file(folder, change):
    file = write_assessment(
        folder,
        "http://127.0.0.1:9",
        domains=["secrets"],
        scenarios_per_domain=0,
        safeguards=["output-filter"],
        tail=READING,
    )
    file.write_text(file.read_text().replace('alpha = "0.05"', f'alpha = "0.05"\n{change}'))
    return file
