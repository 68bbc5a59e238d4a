"""Mapping files: what is read, and what is refused with its place (`spec/language.md`, 7)."""

import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.frameworks.common import choose, common_vocabulary, mappings_of, read_vocabulary
from shipworthy.kernel import Problem
from shipworthy.records import AllOf, AnyOf
from small_mappings import write_acorn, write_birch


def read(place):
    book = compile_rulebook(load_framework(place))
    return book, mappings_of(place, book, common_vocabulary())


def faults(tmp_path, old, new):
    place = write_acorn(tmp_path)
    file = place / "mappings" / "lenient.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(Problem) as caught:
        read(place)
    return caught.value.diagnostics


def test_every_field_of_the_shipped_vocabulary_says_what_its_levels_mean():
    vocabulary = common_vocabulary()
    assert len(vocabulary.fields) >= 31
    for one in vocabulary.fields:
        assert one.about
        assert list(one.says) == list(one.field.levels)


def test_mappings_are_read_by_name_and_the_first_is_the_default(tmp_path):
    book, found = read(write_acorn(tmp_path, [("strict", "significant"), ("lenient", "enabling")]))
    assert [one.id for one in found] == ["lenient", "strict"]
    assert choose(book, found) is found[0]
    assert choose(book, found, "strict") is found[1]
    with pytest.raises(Problem, match="no reading `strikt`"):
        choose(book, found, "strikt")
    assert [(one.native, one.assumed, one.sure) for one in found[0].fields] == [
        ("cyber", "", "medium"),
        ("forms", "yes", "high"),
        ("score", "55", "low"),
    ]


def test_a_framework_without_mappings_has_none_and_says_so():
    book, found = read("starter")
    if not found:
        with pytest.raises(Problem, match="no mapping to the common vocabulary"):
            choose(book, found)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("mapping: lenient", "mapping: other", "mapping-name", "file of another name"),
        ("framework: acorn", "framework: acron", "mapping-name", "not for `acorn`"),
        ("capability.cyber >= enabling", "capability.cybre >= enabling", "unknown-field", "cybre"),
        ("capability.cyber >= enabling", "capability.cyber >= huge", "unknown-level", "`huge`"),
        ("high: cap", "hihg: cap", "unknown-level", "hihg"),
        ("high: cap", "low: cap", "impossible-threshold", "least risky"),
        ("  forms:", "  froms:", "unknown-field", "froms"),
        ("  forms:", "  bad:", "type", "keeps its definitions"),
        ("assume: yes", "assume: perhaps", "unknown-level", "perhaps"),
        ('assume: "55"', "assume: many", "type", "plain decimal"),
        ('assume: "55"', "levels: {low: capability.cyber >= extreme}", "type", "no levels"),
        ("rationale: administrative, ", "", "missing-key", "no `rationale`"),
        ("sure: high", "sure: certain", "type", "certain"),
        ("no-release: hold, release: deploy", "no-release: hold", "missing-key", "`release`"),
        ("no-release: hold", "no-release: halt", "unknown-level", "halt"),
        ("no-release: hold", "no-release: deploy", "mapping-order", "below go"),
        ("release: deploy}", "release: restricted}", "mapping-order", "order"),
        ("develop: {halt: stop, go-on: proceed}", "", "missing-key", "`develop`"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, old, new, code, words):
    found = faults(tmp_path, old, new)
    assert [one.code for one in found] == [f"framework-{code}"]
    assert words in found[0].message + found[0].help
    assert found[0].location.file.endswith("mappings/lenient.yaml")
    assert found[0].location.line


def test_faults_of_all_readings_are_gathered(tmp_path):
    place = write_acorn(tmp_path, [("a", "huge"), ("b", "vast")])
    (place / "mappings" / "notes.txt").write_text("x")
    with pytest.raises(Problem) as caught:
        read(place)
    assert [one.code for one in caught.value.diagnostics] == [
        "framework-unknown-level",
        "framework-unknown-level",
        "framework-unknown-file",
    ]


def test_a_condition_may_read_the_deployment(tmp_path):
    place = write_birch(tmp_path)
    file = place / "mappings" / "plain.yaml"
    wanted = "{all: [deployment >= api, capability.persuasion >= limited]}"
    file.write_text(file.read_text().replace("capability.persuasion >= significant", wanted))
    _, (mapping,) = read(place)
    assert isinstance(mapping.fields[0].levels[0].when, AllOf)


def test_a_vocabulary_says_what_is_wrong_with_it():
    text = (
        "vocabulary: v\ndecisions: {deploy: [a, b], develop: [a, b]}\n"
        "scales: {s: {x: one, y: two}}\n"
        "fields:\n  f: {levels: [x, z], riskier: up, about: f, says: s}\n"
        "  g: {levels: [x, y], riskier: up, about: g, says: t}\n"
    )
    with pytest.raises(Problem) as caught:
        read_vocabulary(text.encode(), "v.yaml")
    assert [(one.code, one.location.line) for one in caught.value.diagnostics] == [
        ("framework-type", 5),
        ("framework-unknown-scale", 6),
    ]
    assert AnyOf(of=()) != AllOf(of=())
