"""Numbers that are too long to be meant: refused with words, or absent, on both sides alike."""

import re
from pathlib import Path

import pytest

from shipworthy.frameworks import read_framework
from shipworthy.frameworks.semantics.atoms import decimal
from shipworthy.frameworks.semantics.columns import _number
from shipworthy.kernel import Problem
from shipworthy_verify.rules import decimal as verified_decimal

EXAMPLE = Path(__file__).parents[2] / "builders" / "full_framework.yaml"


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("digits", [1000, 1001, 5000])
@pytest.mark.parametrize("form", ["{}", "{}.5", "0.{}"])
def test_a_decimal_has_at_most_a_thousand_digits_on_either_side_of_the_point(sign, digits, form):
    text = sign + form.format("7" * digits)
    found = decimal(text)
    assert (found is None) == (digits > 1000)
    assert verified_decimal(text) == found
    assert _number(text) == found


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"(>=|<|>|<=) [0-9][0-9.]*", r"\1 " + "9" * 5000),
        (r"(>=|<|>|<=) [0-9][0-9.]*", r"\1 0." + "1" * 5000),
        (r"\nrules:", "\nalpha: 0." + "0" * 5000 + "5\nrules:"),
        (r"when: .*", "when: {at_least: " + "1" * 5000 + ", of: [deployment >= api]}"),
    ],
)
def test_an_overlong_number_in_a_framework_is_a_fault_with_its_place(
    tmp_path, pattern, replacement
):
    text = EXAMPLE.read_text()
    if "alpha" in replacement:
        text = re.sub(r"^alpha:.*\n", "", text, flags=re.MULTILINE)
    changed, count = re.subn(pattern, replacement, text, count=1)
    assert count == 1
    file = tmp_path / "long.yaml"
    file.write_text(changed)
    with pytest.raises(Problem) as caught:
        read_framework(file)
    assert all(one.location and one.location.line for one in caught.value.diagnostics)
