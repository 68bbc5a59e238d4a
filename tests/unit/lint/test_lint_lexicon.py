import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.lint.text.hedges import WEIGHTS
from shipworthy.frameworks.lint.text.lexicon import PATTERNS, kinds_of
from shipworthy.frameworks.lint.weight import clause_about, weigh
from shipworthy.frameworks.taxonomy import HEDGE_KINDS

CLAUSES = {clause.category: clause for clause in load_framework("starter").clauses}


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("insofar as is technically feasible and commercially practicable", "feasibility"),
        ("may depend on whether such organizations across the field adopt", "competitors"),
        ("or we otherwise assess that the level is adequate", "substitution"),
        ("considering both benefits and risks", "benefits"),
        ("within acceptable levels", "adequacy"),
        ("with reasonable confidence", "adequacy"),
        ("seek to equip", "modality"),
        ("if deemed necessary", "actor-discretion"),
        ("to the extent that we can", "actor-discretion"),
        ("As an illustrative example", "illustration"),
        ("such as", "illustration"),
        ("we are actively researching", "future-work"),
        ("outcomes might be removed", "rescoping"),
        ("without generative AI", "baseline"),
        ("2024 tooling", "baseline"),
        ("other models are similarly capable and have few mitigations", "availability"),
        ("in a timely manner", "time"),
        ("not providing full details", "secrecy"),
        ("presumed to inherit", "inheritance"),
        ("no evidence that it can", "lower-bound"),
    ],
)
def test_a_published_phrase_has_its_class(phrase, kind):
    assert kind in kinds_of(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "may not be deployed",
        "defined, implemented and validated",
        "an essential controlling factor",
        "a plan to stop is written",
        "safeguards are removed by the attacker",
        "the sample has 400 scenarios",
        "developed inside",
        "within 15 days",
        "",
    ],
)
def test_a_plain_phrase_has_none(phrase):
    assert kinds_of(phrase) == ()


def test_every_class_of_the_taxonomy_has_a_pattern_and_a_weight():
    assert list(PATTERNS) == list(HEDGE_KINDS)
    assert set(WEIGHTS) == set(HEDGE_KINDS)


@given(st.text(max_size=40), st.sampled_from(list(HEDGE_KINDS)))
def test_the_lexicon_ignores_case(text, kind):
    if text.isascii():
        assert kinds_of(text.upper()) == kinds_of(text.lower())
    assert set(kinds_of(text)) <= set(HEDGE_KINDS)


@pytest.mark.parametrize(
    ("category", "about", "strong", "middling", "mild"),
    [
        ("EC6", "halt", "error", "warning", "warning"),
        ("EC2", "threshold", "error", "warning", "warning"),
        ("G", "governance", "warning", "warning", "note"),
        ("EC3", "other", "warning", "note", "note"),
    ],
)
def test_severity_is_class_times_what_the_clause_is_about(category, about, strong, middling, mild):
    clause = CLAUSES[category]
    assert clause_about(clause) == about
    assert [weigh(word, clause) for word in ("strong", "middling", "mild")] == [
        strong,
        middling,
        mild,
    ]


@pytest.mark.parametrize(("category", "severity"), [("EC6", "warning"), ("EC3", "note")])
def test_stated_conditions_take_a_point_off(category, severity):
    assert weigh("strong", CLAUSES[category], bounded=True) == severity
