"""What became of a clause: alignment, signs with their direction, and what nobody announced."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.document import AnnouncedChange, Clause
from shipworthy.frameworks.wording import align, classify, compare_wording, signs, similarity

STARTER = load_framework("starter")

PAIRS = [
    # (old, new, outcome, dimensions of its signs); our own sentences
    (
        "If the limit is crossed we will stop training until it is understood.",
        "If the limit is crossed we will add safeguards in proportion.",
        "weakened",
        {"consequence"},
    ),
    (
        "A leadership team approves every release.",
        "The Chief Safety Officer approves every release.",
        "strengthened",
        {"actor"},
    ),
    (
        "The Chief Safety Officer approves every release.",
        "Somebody suitable approves every release.",
        "weakened",
        {"actor"},
    ),
    (
        "Models that uniquely enable an attack are critical.",
        "Models that substantially contribute to an attack are critical.",
        "strengthened",
        {"threshold"},
    ),
    (
        "We evaluate again after every 6x of effective compute.",
        "We evaluate again at suitable times of our choosing.",
        "weakened",
        {"threshold"},
    ),
    (
        "We keep the results of every evaluation for auditors.",
        "We publish the results of every evaluation for auditors.",
        "strengthened",
        {"disclosure"},
    ),
    (
        "We will test the safeguards with outside experts.",
        "We may test the safeguards with outside experts.",
        "weakened",
        {"strength"},
    ),
    (
        "We will attack the filters of a product, and its tools, in advance.",
        "We may consider attacking the filters of any product later on.",
        "weakened",
        {"strength"},
    ),
    (
        "Weights stay strictly within a small number of cleared machines.",
        "Weights stay within machines that were cleared in due form.",
        "weakened",
        {"scope"},
    ),
    (
        "Weather, tides and ports decide when ships sail.",
        "Cargo is weighed twice by somebody else entirely.",
        "unclear",
        set(),
    ),
    ("We evaluate each model.", "", "removed", set()),
    ("", "We evaluate each model.", "added", set()),
]


@pytest.mark.parametrize(("old", "new", "outcome", "dimensions"), PAIRS)
def test_a_change_of_wording_is_judged_with_its_dimension(old, new, outcome, dimensions):
    found, seen = classify(old, new)
    assert (found, {sign.dimension for sign in seen}) == (outcome, dimensions)


@given(st.text(max_size=200))
def test_the_same_words_are_retained(text):
    assert classify(text or "word", text or "word") == ("retained", ())
    assert signs(text, text) == ()


@given(st.text(alphabet="abcdefg stop will may 123%", max_size=80), st.text(max_size=80))
def test_reading_the_other_way_round_turns_every_sign(old, new):
    forward = {(sign.dimension, sign.direction) for sign in signs(old, new)}
    backward = {(sign.dimension, sign.direction) for sign in signs(new, old)}
    two_sided = {"consequence", "disclosure"}
    turned = {
        (dimension, "looser" if way == "stricter" else "stricter") for dimension, way in backward
    }
    assert {s for s in forward if s[0] in two_sided} == {s for s in turned if s[0] in two_sided}
    assert similarity(old, new) == pytest.approx(similarity(new, old), abs=0.35)


def clause(name, text, **changes):
    plain = STARTER.clauses[0]
    return msgspec.structs.replace(plain, id=name, paraphrase=text, hedges=(), **changes)


def document(*clauses: Clause, announced=(), complete=True, log="present"):
    amendment = msgspec.structs.replace(STARTER.governance.amendment, change_log=log)
    return msgspec.structs.replace(
        STARTER,
        clauses=clauses,
        announced=announced,
        announced_completely=complete,
        governance=msgspec.structs.replace(STARTER.governance, amendment=amendment),
    )


def change(old, new, **kwargs):
    (found,) = compare_wording(document(old), document(new, **kwargs)).changes
    return found


def test_an_id_aligns_before_any_wording():
    old = (clause("a", "alpha beta gamma delta"), clause("b", "one two three four"))
    new = (clause("a", "one two three four"), clause("c", "alpha beta gamma delta"))
    pairs = [(p.old and p.old.id, p.new and p.new.id, p.by) for p in align(old, new)]
    assert pairs == [("a", "a", "id"), ("b", None, ""), (None, "c", "")]


def test_renamed_clauses_are_found_by_their_wording():
    text = "External deployment needs the approval of the safety board"
    pairs = align((clause("approval", text),), (clause("board", text + " in writing"),))
    assert [(p.old.id, p.new.id, p.by) for p in pairs] == [("approval", "board", "wording")]


def test_each_clause_is_used_once_whatever_is_alike():
    texts = ["the board approves release", "the board itself approves release"]
    old = tuple(clause(f"o{i}", text) for i, text in enumerate(texts))
    new = (clause("n", texts[1]),)
    assert [(p.old.id, p.new.id if p.new else None) for p in align(old, new)] == [
        ("o0", None),
        ("o1", "n"),
    ]


def test_a_new_hedge_weakens_and_a_lost_one_strengthens():
    plain, hedged = (
        clause("a", "We attack the filters."),
        msgspec.structs.replace(clause("a", "We attack the filters."), hedges=("as appropriate",)),
    )
    assert change(plain, hedged).outcome == "weakened"
    assert change(plain, hedged).why == ("`as appropriate` softens it now",)
    assert change(hedged, plain).outcome == "strengthened"


def test_the_verbs_of_our_paraphrase_never_outvote_the_modality_that_was_encoded():
    old = clause("a", "The board may reverse a decision.", modality="may")
    new = clause("a", "The board oversees what is decided and may reverse it.", modality="may")
    assert change(old, new).outcome == "unclear"
    assert change(new, old).outcome == "unclear"


def test_a_permission_that_lost_a_phrase_is_no_stricter():
    text = "Costs of an actor count."
    hedged = clause("a", text, modality="may")
    hedged = msgspec.structs.replace(hedged, hedges=("may take into account",))
    assert change(hedged, clause("a", text, modality="may")).outcome == "unclear"


def test_a_year_that_is_named_is_no_stricter_limit():
    old = clause("a", "Uplift is measured beside other means.")
    new = clause("a", "Uplift is measured beside the tools of 2024.")
    assert change(old, new).outcome == "unclear"
    assert change(new, old).outcome == "weakened"


def test_a_number_is_shown_as_it_is_written():
    old = clause("a", "We repeat it every three months.")
    assert change(old, clause("a", "We repeat it.")).why == ("the number three months is gone",)


def test_signs_both_ways_count_as_weakened_and_are_marked():
    old = clause("a", "We attack the filters.", modality="may", deadline="2027-01-01")
    new = clause("a", "We attack the filters.", modality="must")
    found = change(old, new)
    assert (found.outcome, found.mixed) == ("weakened", True)
    assert found.dimensions == ("threshold", "strength")


def test_a_duty_that_became_a_recommendation_is_relocated():
    text = "We pause development."
    assert change(clause("a", text), clause("a", text, modality="recommend")).outcome == "relocated"


def test_what_the_change_log_does_not_name_is_silent():
    old, new = clause("a", "We act.", modality="must"), clause("a", "We act.", modality="may")
    entry = AnnouncedChange(since="1", about="softer", clauses=("a",))
    other = AnnouncedChange(since="1", about="else", clauses=("z",))
    assert change(old, new, log="absent").announcement == "no change log"
    assert change(old, new, complete=False).announcement == "not known"
    assert change(old, new, announced=(entry,), complete=False).announcement == "announced"
    assert change(old, new, announced=(other,)).announcement == "silent"
    assert change(old, new, announced=(entry,)).announcement == "announced"
    assert compare_wording(document(old), document(new, announced=(other,))).silent
    gone = AnnouncedChange(since="1", about="gone", clauses=("old:a",))
    removed = compare_wording(document(old), document(announced=(gone,))).changes
    assert [(one.outcome, one.announcement) for one in removed] == [("removed", "announced")]
    assert change(old, old, announced=(other,)).announcement == ""


def test_a_framework_beside_itself_is_retained():
    assert {one.outcome for one in compare_wording(STARTER, STARTER).changes} == {"retained"}


@pytest.mark.parametrize(
    ("new", "code"), [("starter", 0), ("meta-advanced-ai-scaling-framework-2", 1)]
)
def test_the_command_says_whether_anything_seems_weaker(new, code):
    command = [sys.executable, "-m", "shipworthy.cli.main", "framework", "changes", "starter", new]
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert plain.returncode == code, plain.stderr
    assert plain.stdout.splitlines()[1].startswith("  ")
    data = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
    outcomes = {one["outcome"] for one in json.loads(data.stdout)["changes"]}
    assert ("removed" in outcomes) is (code == 1)


def test_the_benchmark_counts_labels_against_suggestions(tmp_path):
    rows = [
        ("P-1", "We will stop.", "We will go on with it.", "W"),
        ("P-1", "NONE", "We publish.", "A"),
        ("P-2", "We keep logs.", "We keep logs.", "S"),
    ]
    data = tmp_path / "rows.tsv"
    lines = ["\t".join(row) for row in rows]
    data.write_text("\n".join(["pair_id\tbefore_text\tafter_text\toutcome", *lines]))
    script = Path(__file__).parents[3] / "benchmarks" / "clause_changes.py"
    done = subprocess.run(
        [sys.executable, script, data], capture_output=True, text=True, check=True
    )
    assert "P-1, all rows: 2 of 2 right" in done.stdout
    assert "P-2, rows with both texts: 0 of 1 right" in done.stdout
