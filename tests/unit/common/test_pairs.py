"""Pairs: common ground and everything, scopes, rival readings, types that only one side covers."""

import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.frameworks.common import common_vocabulary, gather, mappings_of, survey
from shipworthy.frameworks.common.pairs import Asked, compare_pair, verdict
from shipworthy.frameworks.common.standpoints import standpoint
from shipworthy.kernel import Problem
from small_mappings import write_acorn, write_birch

VOCABULARY = common_vocabulary()
SCOPE = "scope: {when: size >= matches}\n"
SIZE = "  size: {levels: [below, matches, exceeds], riskier: up, judged_by: lead, about: size}\n"
SIZE_MAPPED = """\
  size:
    levels: {matches: model.capability >= matches, exceeds: model.capability >= exceeds}
    rationale: the same scale
    sure: high
"""
OWN = "  oak-seal: {levels: ['no', 'yes'], riskier: down, judged_by: lead, about: the seal}\n"
OWN_RULE = """\
  - id: sealed
    title: Sealed
    gate: deploy
    clauses: [forms]
    requires: [{id: seal, title: sealed, condition: oak-seal}]
    ceiling: no-release
"""


def stands(place):
    document = load_framework(place)
    book = compile_rulebook(document)
    mappings = mappings_of(place, book, VOCABULARY)
    return tuple(standpoint(document, book, one, VOCABULARY) for one in mappings)


def oak(tmp_path, edits=(), mapped=""):
    """Acorn under another name, with some text of its framework replaced."""
    place = write_acorn(tmp_path / "oak-grove").rename(tmp_path / "oak")
    for file in (place / "framework.yaml", place / "mappings" / "lenient.yaml"):
        text = file.read_text().replace("framework: acorn", "framework: oak")
        for old, new in edits:
            text = text.replace(old, new)
        file.write_text(text + (mapped if file.parent.name == "mappings" else ""))
    return place


def with_scope(tmp_path, condition="size >= matches"):
    scope = SCOPE.replace("size >= matches", condition)
    return oak(
        tmp_path, [("fields:\n  cyber: {", f"{scope}fields:\n{SIZE}  cyber: {{")], SIZE_MAPPED
    )


def pair(first, second, gate="deploy", budget=20_000):
    return compare_pair(first, second, Asked(gate, budget))


@pytest.fixture
def acorn(tmp_path):
    return stands(write_acorn(tmp_path))


def test_the_same_text_under_another_name_is_the_same(tmp_path, acorn):
    found = pair(acorn, stands(oak(tmp_path)))
    assert (found.ground, found.all) == ("equivalent", "equivalent")
    assert not any(way.found or way.lacking for way in found.directions)


def test_what_only_one_speaks_of_counts_in_everything_and_not_on_common_ground(tmp_path, acorn):
    edits = [
        ("fields:\n  cyber: {", f"fields:\n{OWN}  cyber: {{"),
        ("rules:\n", f"rules:\n{OWN_RULE}"),
    ]
    found = pair(acorn, stands(oak(tmp_path, edits)))
    assert (found.ground, found.all) == ("equivalent", "looser")
    (one,) = found.directions[0].found
    assert one.beyond == "own"
    assert [reading.name for reading in one.witness.readings] == ["oak/oak-seal"]
    assert found.only_second == ("oak/oak-seal",)


def test_a_narrower_scope_is_looser_in_everything_and_said_to_be_a_matter_of_scope(tmp_path, acorn):
    found = pair(stands(with_scope(tmp_path)), acorn)
    assert (found.ground, found.all) == ("equivalent", "looser")
    (one,) = found.directions[0].found
    assert one.beyond == "scope"
    assert not found.directions[1].found


def test_frameworks_for_different_models_are_apart_and_never_the_same(tmp_path):
    wide = stands(with_scope(tmp_path / "a", "size >= matches"))
    small = stands(with_scope(tmp_path / "b", "size < matches"))
    found = pair(wide, small)
    assert (found.ground, found.all) == ("apart", "apart")


def test_types_without_overlap_are_apart(tmp_path, acorn):
    place = oak(
        tmp_path, [("deployments: [internal, api, open-weights]", "deployments: [limited]")]
    )
    found = pair(acorn, stands(place))
    assert (found.ground, found.all) == ("apart", "apart")
    assert not found.directions[0].types


def test_rival_readings_are_all_tried(tmp_path, acorn):
    place = write_acorn(tmp_path / "rivals", [("a", "enabling"), ("b", "significant")])
    rivals = stands(place.rename(tmp_path / "rival"))
    found = pair(stands(oak(tmp_path)), rivals)
    assert [(one.readings, one.ground) for one in found.readings] == [
        (("lenient", "a"), "equivalent"),
        (("lenient", "b"), "looser"),
    ]


def test_a_search_that_ends_early_is_never_called_the_same():
    sides = [
        stands(name)
        for name in ("meta-frontier-ai-framework-1.1", "meta-frontier-ai-framework-1.1-reupload")
    ]
    found = pair(sides[0][:1], sides[1][:1], budget=1)
    assert found.ground == "unknown"


def test_types_that_no_rule_tells_apart_share_one_answer(tmp_path):
    edits = [("when: bad, ceiling", "when: {all: [bad, deployment >= api]}, ceiling")]
    found = pair(stands(oak(tmp_path, edits)), stands(write_birch(tmp_path)))
    back = found.directions[1]
    assert [(one.deployment, one.ground) for one in back.types] == [
        ("internal", "no"),
        ("api", "yes"),
    ]
    assert [one.deployments for one in back.found] == [("api",)]


@pytest.mark.parametrize(
    ("more", "less", "wanted"),
    [
        ("no", "no", "equivalent"),
        ("no", "yes", "stricter"),
        ("no", "unknown", "unknown"),
        ("yes", "no", "looser"),
        ("yes", "unknown", "looser"),
        ("yes", "yes", "incomparable"),
        ("unknown", "yes", "unknown"),
    ],
)
def test_verdicts_follow_the_table_of_the_comparison(more, less, wanted):
    assert verdict(more, less) == wanted


def test_a_survey_has_words_for_every_situation_and_every_used_assumption(tmp_path):
    sides = gather([str(write_acorn(tmp_path)), str(write_birch(tmp_path))], {}, VOCABULARY)
    view = survey(sides, VOCABULARY)
    deploy, develop = view.pairs
    (situation,) = deploy.ways[0].situations
    assert situation.rules == ("Manipulation",)
    assert situation.deployments == ("internal", "api")
    (line,) = situation.lines
    assert line.about == "harmful manipulation at scale, before safeguards"
    assert line.value == "significant uplift towards severe harm"
    assert [one.rules for one in deploy.ways[0].more] == [("Attacks",)]
    assert deploy.types_only_first == ("open-weights",)
    assert develop.all == "equivalent"
    assert [(one.framework, one.field) for one in view.assumptions] == [
        ("acorn", "cyber"),
        ("acorn", "forms"),
        ("acorn", "score"),
        ("birch", "persuades"),
        ("birch", "attacks"),
        ("birch", "extreme"),
    ]
    assert view.members[0].own == ()
    assert [one.field for one in view.members[1].own] == ["birch/seal"]


def test_what_cannot_be_compared_is_said(tmp_path):
    acorn, birch = str(write_acorn(tmp_path)), str(write_birch(tmp_path))
    for names, wanted, words in (
        ([acorn], {}, "at least two"),
        ([acorn, acorn], {}, "named twice"),
        ([acorn, birch], {"acron": "lenient"}, "not compared"),
        ([acorn, birch], {"acorn": "strict"}, "no reading"),
    ):
        with pytest.raises(Problem, match=words):
            gather(names, wanted, VOCABULARY)
