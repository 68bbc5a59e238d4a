"""Claims: ids resolve to the values that spec/claims.md derives, and to nothing else."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem
from shipworthy.records import AllOf, AnyOf, Atom, display
from shipworthy.stages.reporting import ClaimBook
from shipworthy.stages.reporting.claims import (
    claim_anchor,
    condition_words,
    derivation,
)
from shipworthy.stages.reporting.claims.measured import quotient
from shipworthy.stages.reporting.document import ClaimRef, Code, Text
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report


@pytest.fixture(scope="module")
def book():
    return ClaimBook(small_report())


@pytest.mark.parametrize(
    ("claim_id", "value", "shown"),
    [
        ("finding:asr.cyber.bare#successes", "6", "6"),
        ("finding:asr.cyber.bare#started", "20", "20"),
        ("finding:asr.cyber.bare#point", "0.315789", "31.6\u202f%"),
        ("finding:asr.cyber.safeguarded#lower", "0.018000", "1.8\u202f%"),
        ("finding:asr.cyber.safeguarded#upper_adjusted", "0.358000", "35.8\u202f%"),
        ("finding:asr.cyber.safeguarded#held_by.input-filter", "7", "7"),
        ("finding:asr.cyber.safeguarded#held_by.model", "0", "0"),
        ("finding:asr.secrets.safeguarded#unassessed.judge-undecided", "20", "20"),
        ("paired:asr.cyber#after_only", "1", "1"),
        ("paired:asr.cyber#difference", "0.222222", "+22.2 pt"),
        ("cell:safeguarded/cyber/direct#successes", "2", "2"),
        ("plan#items", "8", "8"),
        ("plan#scenarios", "2", "2"),
        ("plan#cells", "12", "12"),
        ("plan#attacks", "1", "1"),
        ("plan#alpha", "0.05", "0.05"),
        ("trials#at_length", "2", "2"),
        ("limit:cyber-limit#0", "0.25", "25.0\u202f%"),
        ("margin:cyber-limit#0", "-0.108000", "-10.8 pt"),
        ("card:leak-detector#sensitivity", "0.990000", "99.0\u202f%"),
        ("safeguard:input-filter#unseen.true-positive-rate", "0.814000", "81.4\u202f%"),
        ("decision#inconclusive", "2", "2"),
    ],
)
def test_a_claim_has_the_value_that_its_records_give(book, claim_id, value, shown):
    claim = book.claim(claim_id, "results")

    assert (claim.value, display(claim)) == (value, shown)


@pytest.mark.parametrize(
    "claim_id",
    [
        "finding:asr.secrets.safeguarded#point",
        "finding:asr.secrets.safeguarded#upper",
        "margin:secrets-limit#0",
        "safeguard:input-filter#unseen.source",
        "fact:owner#value",
    ],
)
def test_what_was_not_measured_or_is_no_number_has_no_claim(book, claim_id):
    assert claim_id not in book


def test_an_unknown_claim_names_the_section_and_the_nearest_id(book):
    with pytest.raises(Problem) as caught:
        book.claim("finding:asr.cyber.bare#uper", "results")

    text = caught.value.render()
    assert "section `results`" in text
    assert "did you mean `finding:asr.cyber.bare#upper`?" in text


def test_a_claim_about_which_two_records_disagree_cannot_be_shown():
    report = small_report()
    twin = msgspec.structs.replace(report.cards[0], true_positives=1)
    book = ClaimBook(msgspec.structs.replace(report, cards=(*report.cards, twin)))

    assert "card:leak-detector#true_positives" not in book
    with pytest.raises(Problem, match="records disagree"):
        book.claim("card:leak-detector#true_positives", "appendix")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_quotient_is_the_exact_fraction_rounded_half_to_even(numerator, denominator):
    exact = Fraction(numerator, denominator) * 10**6

    assert Decimal(quotient(numerator, denominator)) * 10**6 == round(exact)


def test_a_quotient_on_a_tie_goes_to_the_even_digit():
    assert (quotient(1, 640), quotient(3, 640)) == ("0.001562", "0.004688")


@given(st.text(), st.text())
def test_distinct_claim_ids_have_distinct_anchors(one, other):
    assert (claim_anchor(one) == claim_anchor(other)) == (one == other)


@given(st.text())
def test_an_anchor_needs_no_escaping_in_a_url(name):
    anchor = claim_anchor(name)

    assert all(letter.isascii() and (letter.isalnum() or letter in ".-_") for letter in anchor)


def test_every_claim_of_a_campaign_has_its_own_derivation_sentence():
    unexplained = [
        claim_id
        for claim_id in ClaimBook(example_report()).ids()
        if any(
            isinstance(node, Text) and "specification of claims" in node.text
            for node in derivation(claim_id)
        )
    ]

    assert unexplained == []


def test_a_derivation_names_the_record_it_reads():
    names = [
        node.text
        for node in derivation("finding:asr.cyber.bare#held_by.output-filter")
        if isinstance(node, Code)
    ]

    assert names == ["asr.cyber.bare", "output-filter"]


def _atom(value):
    return Atom(field="f", operator="<", value=value)


def test_the_words_of_a_condition_cite_its_numbers_in_the_same_order():
    condition = AllOf(of=(_atom("low"), AnyOf(of=(_atom("2"), _atom("3")))))

    words = condition_words(condition, "limit:r", {"limit:r#1", "limit:r#2"})
    cited = [node.id for node in words if isinstance(node, ClaimRef)]

    assert cited == ["limit:r#1", "limit:r#2"]


def test_a_number_that_has_no_claim_stands_as_code():
    words = condition_words(_atom("2"), "level:f/high", set())

    assert words[-1] == Code(text="2")


def test_a_limit_is_never_rounded_for_show():
    report = small_report()
    rule = report.rulebook.rules[0]
    fine = msgspec.structs.replace(
        rule.requires[0],
        condition=msgspec.structs.replace(rule.requires[0].condition, value="0.0025"),
    )
    rulebook = msgspec.structs.replace(
        report.rulebook, rules=(msgspec.structs.replace(rule, requires=(fine,)),)
    )

    claim = ClaimBook(msgspec.structs.replace(report, rulebook=rulebook)).claim(
        "limit:cyber-limit#0", "framework"
    )

    assert display(claim) == "0.0025"
