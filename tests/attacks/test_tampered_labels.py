"""What people read cannot be chosen, dropped or changed afterwards, not even by the runner.

The adversary holds the runner's key and reseals everything after each change, the log included.
"""

import json

import pytest

from label_project import label
from reading_project import FINDING, answered, assessed, bundle_of, command
from shipworthy.evidence import load_signer, queue_bytes
from shipworthy.kernel import digest_bytes, digest_of
from shipworthy.records import CampaignPlan, Trial
from shipworthy.stages.evaluating.labelling import draw, judged_outputs, registered_header
from shipworthy.testing.bundles import ExampleBundle, Keys

LOG = "log/entries.jsonl"
QUEUE = "labels/queue.jsonl"
ADA, BEN = "labels/readers/ada.jsonl", "labels/readers/ben.jsonl"


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A bundle whose readers found two misses."""
    folder = tmp_path_factory.mktemp("read")
    assert assessed(folder).returncode == 3
    assert label(folder, "draw").returncode == 0
    answered(folder, "ada", lambda place: "yes" if place in {3, 29} else "no")
    answered(folder, "ben", lambda _: "no")
    assert command(folder, "report").returncode == 0
    keys = Keys(runner=load_signer(folder / "runs" / "keys" / "runner.pem"), people={})
    return ExampleBundle(bundle_of(folder), keys, b"")


@pytest.fixture
def forge(read, tmp_path, forgery):
    return forgery(read, tmp_path)


def test_an_honest_reading_verifies(forge):
    assert forge.codes() == set()
    forge.reseal()
    assert forge.codes() == set()


def rechain(labels):
    """Make every label follow the one before it."""
    previous = ""
    for one in labels:
        one["previous"] = previous
        previous = digest_of(one)
    return labels


def relog(forge):
    """Rewrite the log so that it registers the labels as they are now."""
    readers = {}
    for path in (ADA, BEN):
        labels = forge.lines(path) if path in forge.files else []
        if labels:
            name = path.removeprefix("labels/readers/").removesuffix(".jsonl")
            readers[name] = {"labels": len(labels), "last": digest_of(labels[-1])}
    forge.edit_lines(
        LOG,
        lambda entries: [
            {**e, "readers": readers} if e["type"] == "labels-registered" else e for e in entries
        ],
    )


def swap(labels):
    """Turn a miss into none."""
    for one in labels:
        if one["answer"] == "yes":
            one["answer"] = "no"
            return labels
    raise AssertionError("nobody found a miss")


def test_a_swapped_answer_breaks_the_chain(forge):
    forge.edit_lines(ADA, swap)
    forge.reseal()
    assert {"SV-LABEL-ALTERED", "SV-FINDING-BOUNDS", "SV-FINDING-COUNTS"} <= forge.codes()


def test_a_swapped_answer_that_was_chained_again_is_not_what_the_log_knows(forge):
    forge.edit_lines(ADA, lambda labels: rechain(swap(labels)))
    forge.reseal()
    assert "SV-LABEL-HIDDEN" in forge.codes()


def test_a_swapped_answer_under_a_rewritten_log_still_changes_the_finding(forge):
    forge.edit_lines(ADA, lambda labels: rechain(swap(labels)))
    relog(forge)
    forge.reseal()
    assert forge.codes() == {"SV-FINDING-BOUNDS", "SV-FINDING-COUNTS"}


def test_a_dropped_label_is_missed(forge):
    forge.edit_lines(ADA, lambda labels: labels[:-1])
    forge.reseal()
    assert {"SV-LABEL-HIDDEN", "SV-LABEL-UNLOGGED"} <= forge.codes()


def test_a_reader_cannot_be_held_back(forge):
    del forge.files[BEN]
    forge.reseal()
    assert {"SV-LABEL-HIDDEN", "SV-LABEL-UNLOGGED", "SV-FINDING-BLOCKERS"} <= forge.codes()


def test_labels_cannot_be_taken_back_by_registering_fewer(forge):
    """The log of a campaign that was decided, found wanting, and read again."""
    forge.edit_lines(ADA, lambda labels: labels[:-1])
    last = {"labels": len(forge.lines(ADA)), "last": digest_of(forge.lines(ADA)[-1])}

    def again(entries):
        (known,) = [e for e in entries if e["type"] == "labels-registered"]
        return [*entries, {**known, "readers": {**known["readers"], "ada": last}}]

    forge.edit_lines(LOG, again)
    forge.reseal()
    codes = forge.codes()
    assert "SV-LABEL-HIDDEN" in codes
    assert "SV-LABEL-UNLOGGED" not in codes


def test_a_label_of_nothing_and_a_second_one_are_refused(forge):
    def twice(labels):
        return rechain([*labels, {**labels[0]}])

    forge.edit_lines(ADA, twice)
    relog(forge)
    forge.reseal()
    assert "SV-LABEL-ITEM" in forge.codes()
    forge.edit_lines(ADA, lambda labels: rechain([*labels[:-1], {**labels[1], "item": "i-0"}]))
    relog(forge)
    forge.reseal()
    assert "SV-LABEL-ITEM" in forge.codes()


@pytest.mark.parametrize(
    "changes", [{"seed": 8}, {"negatives": {"secrets.safeguarded": 12}}, {"twice": "0"}]
)
def test_a_queue_that_was_drawn_in_another_way_is_refused(forge, changes):
    import msgspec

    plan = msgspec.json.decode(forge.files["plan.json"], type=CampaignPlan)
    header = msgspec.structs.replace(registered_header(plan, plan.reading), **changes)
    lines = [
        line for path in forge.files if path.startswith("trials/") for line in forge.lines(path)
    ]
    trials = [msgspec.convert(line, type=Trial) for line in lines]
    drawn = draw(header, judged_outputs(trials, header.seed))
    forge.files[QUEUE] = queue_bytes(header, drawn)
    digest = digest_bytes(forge.files[QUEUE])
    forge.edit_lines(
        LOG,
        lambda entries: [
            {**e, "queue": digest} if e["type"] == "queue-registered" else e for e in entries
        ],
    )
    forge.reseal()
    assert "SV-LABEL-QUEUE" in forge.codes()


def test_an_item_cannot_leave_the_queue(forge):
    forge.edit_lines(QUEUE, lambda lines: [*lines[:5], *lines[6:]])
    forge.reseal()
    assert "SV-LABEL-QUEUE" in forge.codes()


def test_the_queue_is_registered_once_and_before_the_labels(forge):
    def late(entries):
        queue = next(e for e in entries if e["type"] == "queue-registered")
        return [*(e for e in entries if e is not queue), queue]

    forge.edit_lines(LOG, late)
    forge.reseal()
    assert "SV-LABEL-LATE" in forge.codes()


def test_a_second_queue_in_the_log_is_refused(forge):
    def twice(entries):
        at = next(i for i, e in enumerate(entries) if e["type"] == "queue-registered")
        return [*entries[:at], entries[at], *entries[at:]]

    forge.edit_lines(LOG, twice)
    forge.reseal()
    assert "SV-LABEL-QUEUE" in forge.codes()


def test_a_label_from_before_the_queue_is_refused(forge):
    def early(labels):
        labels[0]["at"] = "2020-01-01T00:00:00Z"
        return rechain(labels)

    forge.edit_lines(ADA, early)
    relog(forge)
    forge.reseal()
    assert forge.codes() == {"SV-LABEL-LATE"}


def test_labels_cannot_be_added_to_a_plan_that_declares_no_reading(
    forge, honest, forgery, tmp_path
):
    plain = forgery(honest, tmp_path / "plain")
    plain.files[ADA] = forge.files[ADA]
    plain.reseal()
    assert "SV-LABEL-UNPLANNED" in plain.codes()


@pytest.mark.parametrize(
    "change",
    [
        lambda reading: reading.update(negatives={"secrets.nowhere": 3}),
        lambda reading: reading.update(negatives={"secrets.safeguarded": -1}),
        lambda reading: reading.update(negatives={"secrets.safeguarded": True}),
        lambda reading: reading.update(twice="1.5"),
        lambda reading: reading.update(more=1),
    ],
)
def test_a_malformed_declaration_is_refused(forge, change):
    forge.edit("plan.json", lambda plan: change(plan["reading"]))
    forge.reseal()
    assert "SV-PLAN-READING" in forge.codes()


def test_the_counts_of_a_finding_are_those_of_the_labels(forge):
    def flatter(finding):
        assert finding["reading"]["misses"] == 2 - finding["reading"]["undecided_read"]
        finding["reading"]["misses"] = 0

    forge.finding(FINDING, flatter)
    forge.reseal()
    assert "SV-FINDING-COUNTS" in forge.codes()


def test_the_log_entries_of_a_reading_have_one_form(forge):
    forge.edit_lines(
        LOG,
        lambda entries: [
            {**e, "note": "x"} if e["type"] == "queue-registered" else e for e in entries
        ],
    )
    forge.reseal()
    assert "SV-LOG-ENTRY" in forge.codes()
    assert json.loads(forge.files["plan.json"])["reading"]["twice"] == "0.2"
