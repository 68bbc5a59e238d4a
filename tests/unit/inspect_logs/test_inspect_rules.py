"""Rules about scores: what fits, and what nothing can be compared with."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.inspect_logs import parse_rule
from shipworthy.instruments.inspect_logs.documents import GivenScore
from shipworthy.kernel import Problem


def fits(rule, value, name="judge"):
    return parse_rule(rule).fits({name: GivenScore(value=value)})


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("judge == C", "C", True),
        ("judge == C", "c", False),
        ("judge == 'C'", "C", True),
        ("judge == 1", 1, True),
        ("judge == 1", 1.0, True),
        ("judge == 1", True, False),
        ("judge == true", True, True),
        ("judge == True", True, True),
        ("judge == 1", "1", True),
        ("judge >= 0.5", 0.5, True),
        ("judge > 0.5", 0.5, False),
        ("judge <= 0.1", 0.1, True),
        ("judge < 1", -3, True),
        ("judge < 1", "0", False),
        ("judge < 1", 10**400, False),
        ("judge > 1", 10**400, True),
        ("judge >= 0", math.nan, False),
        ("judge >= 0", math.inf, False),
        ("judge.harm >= 1", {"harm": 2}, True),
        ("judge.harm >= 1", {"other": 2}, False),
        ("judge.harm >= 1", 2, False),
        ("judge == C", {"harm": "C"}, False),
        ("judge == C", ["C"], False),
        ("judge == C", None, False),
    ],
)
def test_a_rule_fits_what_it_can_be_compared_with(rule, value, expected):
    assert fits(rule, value) is expected


def test_a_scorer_with_dots_in_its_name_is_found():
    assert fits("pack.judge == C", "C", "pack.judge")
    assert fits("pack.judge.harm == C", {"harm": "C"}, "pack.judge")
    assert not fits("pack.judge == C", "C", "judge")


@pytest.mark.parametrize(
    "text",
    ["", "judge", "judge C", "judge != C", "== C", "judge >= C", "judge == nan", "a == b == c"],
)
def test_what_is_no_rule_is_refused_with_the_form_of_one(text):
    with pytest.raises(Problem) as caught:
        parse_rule(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "inspect-rule"
    assert "SCORER == VALUE" in diagnostic.help


@given(value=st.floats(allow_nan=False, allow_infinity=False), limit=st.integers(-5, 5))
def test_a_number_lies_on_one_side_of_a_limit_alone(value, limit):
    assert fits(f"judge >= {limit}", value) is (value >= limit)
    assert fits(f"judge < {limit}", value) is (value < limit)


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_two_rules_with_nothing_between_never_both_fit(value):
    assert not (fits("judge >= 0.5", value) and fits("judge < 0.5", value))
