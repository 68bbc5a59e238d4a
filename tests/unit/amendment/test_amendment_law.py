"""The class of a change, who approves it and what is listed, on changes made by hand."""

import json

import pytest

from assessments import shipworthy
from full_framework import FULL
from shipworthy.frameworks import read_framework
from shipworthy.frameworks.amendment import amending
from shipworthy.frameworks.compare import Change, Scope
from shipworthy.frameworks.compare.correspondence.scales import read_scale_maps
from shipworthy.kernel import Problem


@pytest.fixture
def changed(tmp_path):
    """Reads the full framework, once as it is and once with replacements."""

    def read(*replacements):
        text = FULL
        for before, after in replacements:
            assert before in text, before
            text = text.replace(before, after)
        file = tmp_path / f"framework-{len(list(tmp_path.iterdir()))}.yaml"
        file.write_text(text)
        return read_framework(file)

    return read


def kinds(found):
    return {(one.kind, one.change.value) for one in found.loosened}


def approving(found):
    return {one.role: one.of for one in found.approvals}


def test_no_change_is_equivalent_and_needs_the_approver_of_stricter_changes(changed):
    found = amending(changed(), changed())
    assert (found.change, found.procedure, found.loosened) == ("equivalent", "stricter", ())
    assert approving(found) == {"lead": ("old",)}
    assert found.notice_days == 0
    assert not found.list_due


STRICTER = ("cyber < critical", "cyber < high")


@pytest.mark.parametrize(
    ("replacement", "change"),
    [
        (("      alone:\n", "      crew:\n"), "looser"),
        (("        evidence: [compute, cyber]", "        evidence: [compute]"), "unknown"),
        (("when: deployment >= api\n", "when: deployment >= open-weights\n"), "unknown"),
        (("what took a team", "what took a crowd"), "unknown"),
    ],
)  # fmt: skip
def test_a_threat_scenario_that_goes_or_rests_on_something_else_is_listed(
    changed, replacement, change
):
    found = amending(changed(), changed(replacement))
    assert ("scenario", change) in kinds(found)
    assert found.procedure == "looser"


def test_a_change_proved_stricter_needs_the_old_approver_alone(changed):
    found = amending(changed(), changed(STRICTER))
    assert (found.change, found.procedure) == ("stricter", "stricter")
    assert approving(found) == {"lead": ("old",)}


@pytest.mark.parametrize(
    ("replacement", "kind", "words"),
    [
        (("compute >= 100", "compute >= 200"), "rule", "rule `r1` (`stop`)"),
        (("quorum: [lead]", "quorum: [board]"), "term", "role `lead` no longer must sign"),
        (("notice_days: 30", "notice_days: 3"), "guard", "notice of 30 days became 3"),
        (("looser: [lead, board]", "looser: [lead]"), "guard", "role `board` no longer approves"),
        (("enumerate_looser: yes", "enumerate_looser: no"), "guard", "no longer has to be listed"),
        (("review_months: 12", "review_months: 24"), "guard", "each 12 months became 24"),
        (("review_months: 12, ", ""), "guard", "each 12 months became none"),
        ((", review_by: 2026-06-30", ""), "guard", "no day for the next review"),
    ],
)
def test_what_loosens_is_listed_and_both_versions_approve(changed, replacement, kind, words):
    found = amending(changed(), changed(replacement))
    assert (found.change, found.procedure) == ("looser", "looser")
    assert found.notice_days == 30
    assert found.list_due
    assert any(one.kind == kind and words in one.what for one in found.loosened), found.loosened
    assert set(approving(found)) >= {"lead", "board"}
    assert "old" in approving(found)["board"]


def test_a_hedge_that_is_added_is_found_in_the_hostile_reading_alone(changed):
    plain = changed(
        ("    unless_discretion: practicable\n", ""), ("[practicable, others]", "[others]")
    )
    found = amending(plain, changed())
    assert found.readings == {"charitable": Change.EQUIVALENT, "hostile": Change.LOOSER}
    assert found.change == "looser"
    assert {one.reading for one in found.loosened if one.kind == "rule"} == {"hostile"}


def test_a_hedge_in_others_control_is_a_doubt(changed):
    without = changed((", unless_discretion: others, clauses: [c2]", ", clauses: [c2]"))
    found = amending(without, changed())
    assert found.change == "unknown"
    assert ("hedge", "unknown") in kinds(found)
    assert found.procedure == "looser"


@pytest.mark.parametrize(
    ("replacement", "kind"),
    [
        (("baseline: a search engine", "baseline: existing models"), "field"),
        (("what remains of severe risk", "what remains"), "wording"),
        (("elicitation: tools, ", ""), "evaluation"),
        (
            (
                "  - {id: c4, source: s, section: a, paraphrase: p, modality: must",
                "  - {id: c4, source: s, section: a, paraphrase: p, modality: may",
            ),
            "clause",
        ),
    ],
)
def test_what_no_rule_shows_is_a_doubt_and_never_stricter(changed, replacement, kind):
    for more in ((), (STRICTER,)):
        found = amending(changed(), changed(replacement, *more))
        assert found.change == "unknown"
        assert (kind, "unknown") in kinds(found)
        assert found.procedure == "looser"
        assert set(approving(found)) == {"lead", "board"}


def test_without_a_law_whoever_signs_under_either_version_approves_and_the_gap_is_named(changed):
    law = FULL[FULL.index("  amendment:") : FULL.index("\nhedges:")]
    old = changed((law, "  amendment: it may change"))
    new = changed((law, "  amendment: it may change"), ("quorum: [lead]", "quorum: [lead, board]"))
    found = amending(old, new)
    assert found.procedure == "stricter"
    assert approving(found) == {"lead": ("old", "new"), "board": ("new",)}
    assert any(
        "names nobody who approves a change that is stricter" in one for one in found.missing
    )
    back = amending(new, old)
    assert back.procedure == "looser"
    assert approving(back) == {"lead": ("old", "new"), "board": ("old",)}
    assert any("names nobody who approves a change that is looser" in one for one in back.missing)
    assert any("no notice" in one for one in back.missing)


def test_a_go_where_nothing_was_asked_before_is_looser(changed):
    asks = "    requires:\n      - {id: q1,"
    start = FULL.index(asks)
    requires = FULL[start : FULL.index("    ceiling: stop")]
    silent = changed((requires, ""))
    easy = (
        "  - id: easy\n    title: E\n    gate: deploy\n    clauses: [c1]\n    requires:\n"
        "      - {id: easy, title: E, condition: cyber <= high}\n    ceiling: stop\n"
    )
    new = changed((requires, ""), ("rules:\n", f"rules:\n{easy}"))
    found = amending(silent, new)
    assert found.readings["charitable"] in {Change.STRICTER, Change.EQUIVALENT}
    assert ("new-go", "looser") in kinds(found)
    assert found.change == "looser"


@pytest.mark.parametrize(
    ("replacement", "code", "word"),
    [
        (None, 0, "equivalent"),
        (STRICTER, 0, "stricter"),
        (("notice_days: 30", "notice_days: 3"), 1, "looser"),
        (("baseline: a search engine", "baseline: existing models"), 3, "unknown"),
    ],
)
def test_the_command_says_the_class_in_a_word_and_an_exit_code(tmp_path, replacement, code, word):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(FULL)
    new.write_text(FULL.replace(*replacement) if replacement else FULL)
    said = shipworthy("framework", "amendment", old, new)
    assert (said.returncode, said.stdout.partition(":")[0]) == (code, word), said.stderr
    told = shipworthy("framework", "amendment", old, new, "--format", "json")
    assert told.returncode == code
    assert json.loads(told.stdout)["change"] == word


def test_two_frameworks_with_other_levels_are_refused_with_advice(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(FULL)
    new.write_text(FULL.replace("stop", "halt"))
    refused = shipworthy("framework", "amendment", old, new)
    assert refused.returncode == 2
    assert "compare-ladders" in refused.stderr
    mapped = shipworthy("framework", "amendment", old, new, "--map", "stop=halt,deploy=deploy")
    assert mapped.returncode == 0, mapped.stderr


SCALE = ("levels: [moderate, high, critical]", "levels: [below-high, high, critical]")
MAP = """\
fields:
  cyber:
    levels: {moderate: below-high, high: high, critical: critical}
    rationale: moderate was all that is below high
"""


@pytest.fixture
def maps(tmp_path):
    (tmp_path / "maps").mkdir()
    file = tmp_path / "maps" / "maps.yaml"
    file.write_text(MAP)
    return file


def test_a_changed_scale_needs_a_map(changed, maps):
    with pytest.raises(Problem) as caught:
        amending(changed(), changed(SCALE))
    assert [one.code for one in caught.value.diagnostics] == ["compare-scales"]
    found = amending(changed(), changed(SCALE), Scope(fields=read_scale_maps(maps)))
    assert kinds(found) == {("field", "unknown")}
    assert set(found.readings.values()) == {Change.EQUIVALENT}


@pytest.mark.parametrize("more", [(), (STRICTER,)])
def test_no_change_passes_as_stricter_by_a_scale_map(changed, maps, more):
    found = amending(changed(), changed(SCALE, *more), Scope(fields=read_scale_maps(maps)))
    assert (found.change, found.procedure) == ("unknown", "looser")
    (one,) = (one for one in found.loosened if one.kind == "field")
    assert one.name == "cyber"
    assert "moderate is below-high" in one.what
    assert one.what.endswith(": moderate was all that is below high")


def test_what_is_looser_is_found_through_a_scale_map(changed, maps):
    change = ("compute >= 100", "compute >= 200")
    found = amending(changed(), changed(SCALE, change), Scope(fields=read_scale_maps(maps)))
    assert found.change == "looser"
    assert ("rule", "looser") in kinds(found)


def test_the_command_takes_a_scale_map(tmp_path, maps):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(FULL)
    new.write_text(FULL.replace(*SCALE))
    done = shipworthy("framework", "amendment", str(old), str(new), "--scale-map", str(maps))
    assert done.returncode == 3, done.stderr
    assert "by a scale map, `cyber` of the old framework is `cyber` of the new one" in done.stdout
