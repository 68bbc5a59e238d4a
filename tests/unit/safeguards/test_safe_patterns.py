"""The subset of regular expressions that the output filter accepts."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.safeguards.output_filter import Pattern, check_expression
from shipworthy.instruments.safeguards.output_filter.patterns import (
    KEY_PATTERNS,
    find_pattern,
    ready_patterns,
)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "1 to 200 characters"),
        ("a" * 201, "1 to 200 characters"),
        ("a*", "instead of `*` or `+`"),
        ("[a-z]+x", "instead of `*` or `+`"),
        ("a{3,}", "with both limits"),
        ("a{1,9}?", "with both limits"),
        ("(ab){1,5}", "not a group"),
        ("(?:a{1,9}){1,9}", "not a group"),
        ("a{1,9}{1,9}", "not a group"),
        ("(?=a)b", "is not allowed"),
        ("(?P<n>a)", "is not allowed"),
        (r"(a)\1", "back-references"),
        (r"\w{1,99}\w{1,99}", "ways"),
        ("(a", "not a regular expression"),
        ("a{5,2}", "not a regular expression"),
    ],
)
def test_an_expression_that_could_run_away_is_refused_with_a_reason(expression, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_expression(expression)


@pytest.mark.parametrize(
    "expression",
    [
        r"\bKEY-[0-9]{6}\b",
        "(?:red|blue) [a-z]{1,20}",
        "colou?r",
        r"[^\]]{3}",
        "[]a]b",
        "^x$",
        "a.c",
    ],
)
def test_ordinary_bounded_expressions_are_accepted(expression):
    check_expression(expression)


@given(st.text("ab(){},?*+|[]^$.\\?:12", max_size=24))
def test_whatever_is_accepted_also_compiles(expression):
    try:
        check_expression(expression)
    except ValueError:
        return
    re.compile(expression)


def test_the_costliest_accepted_expression_stays_quick_on_a_crafted_text():
    expression = r"a{1,15}a{1,15}a{1,15}b"
    check_expression(expression)
    started = time.process_time()
    slow = ready_patterns((Pattern(name="slow", expression=expression),))
    assert find_pattern("b" + "a" * 2000, lambda: "", slow) == ""
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----", "private-key"),
        ("AKIA" + "A1B2" * 4, "aws-access-key"),
        ("ghp_" + "a1" * 18, "github-token"),
        ("sk-" + "x1" * 10, "provider-key"),
        ("eyJ" + "a" * 12 + ".eyJ" + "b" * 12, "json-web-token"),
        ("ask-me about the sky", ""),
    ],
)
def test_key_like_strings_are_found_by_name(text, name):
    assert find_pattern(f"here: {text} .", lambda: "", ready_patterns(KEY_PATTERNS)) == name


def test_a_match_that_the_user_wrote_does_not_count():
    key = "sk-" + "x1" * 10
    patterns = ready_patterns(KEY_PATTERNS)
    assert find_pattern(f"you wrote {key}", lambda: f"is {key} valid?", patterns) == ""
