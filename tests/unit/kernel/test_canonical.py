import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem, canonical_bytes, decimal_string

keys = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


@given(values)
def test_the_restricted_profile_agrees_with_rfc_8785(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [1.0, {"a": 0.5}, [float("nan")], 2**53, -(2**53), {"é": 1}, {1: 2}, "\ud800", b"x"],
)
def test_a_value_without_one_canonical_form_is_refused(value):
    with pytest.raises(Problem) as caught:
        canonical_bytes(value)
    assert caught.value.diagnostics[0].code == "canonical-value"


@given(values, st.sampled_from([0.5, 2**53, "\ud800", {"é": 1}, {1: 2}, b"x"]), st.data())
def test_what_does_not_fit_is_refused_wherever_it_stands(value, bad, data):
    places = data.draw(st.lists(st.sampled_from(["list", "object"]), max_size=3))
    for place in places:
        bad = [value, bad] if place == "list" else {"a": value, "b": bad}
    with pytest.raises(Problem, match="canonical JSON at"):
        canonical_bytes(bad)


def test_the_refusal_names_the_path():
    with pytest.raises(Problem, match=r"\$\.rates\[1\]"):
        canonical_bytes({"rates": ["0.5", 0.5]})


@given(st.floats(min_value=0, max_value=1))
def test_directed_rounding_never_claims_more_than_was_computed(value):
    assert float(decimal_string(value, "down")) <= value <= float(decimal_string(value, "up"))


@pytest.mark.parametrize(
    ("value", "rounding", "text"),
    [
        (0.0887125, "up", "0.088713"),
        (0.0887125, "down", "0.088712"),
        (-0.0, "nearest", "0.000000"),
        (-1e-9, "up", "0.000000"),
        (1.0, "nearest", "1.000000"),
    ],
)
def test_decimal_strings_have_six_places(value, rounding, text):
    assert decimal_string(value, rounding) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_has_no_decimal_string(value):
    with pytest.raises(ValueError, match="finite"):
        decimal_string(value)
