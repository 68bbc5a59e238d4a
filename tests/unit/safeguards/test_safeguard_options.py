"""Options as a person writes them."""

import pytest

from shipworthy.instruments.safeguards import (
    make_input_classifier,
    make_output_filter,
    make_svguardian,
    make_system_prompt_policy,
)
from shipworthy.kernel import ExitCode, Problem


def complaint(factory, options):
    with pytest.raises(Problem) as caught:
        factory(options)
    assert caught.value.exit_code is ExitCode.USAGE
    return caught.value.render()


def test_a_misspelt_option_is_met_with_the_nearest_one():
    text = complaint(make_system_prompt_policy, {"txet": "be kind"})
    assert "safeguard `system-prompt-policy`: error[option-unknown]: no option `txet`" in text
    assert "did you mean `text`?" in text


def test_all_misspelt_options_are_named_at_once():
    text = complaint(make_output_filter, {"leek": True, "modes": "detect"})
    assert "`leek`" in text
    assert "`modes`" in text


def test_a_complaint_names_the_layer_as_the_person_named_it():
    assert "safeguard `policy B`" in complaint(
        make_system_prompt_policy, {"name": "policy B", "x": 1}
    )


@pytest.mark.parametrize(
    ("factory", "options", "expected"),
    [
        (make_system_prompt_policy, {"mode": "observe"}, "observe"),
        (make_system_prompt_policy, {"text": " "}, "must not be empty"),
        (make_input_classifier, {"false_positive_rate": "1%"}, "between 0 and 1, not `1%`"),
        (make_input_classifier, {"false_positive_rate": "NaN"}, "between 0 and 1"),
        (make_input_classifier, {"false_positive_rate": 0.01}, "write text in quotes"),
        (make_svguardian, {"threshold": 101}, "from 0 to 100"),
        (make_output_filter, {"run_characters": 3}, "from 12 to 200"),
        (make_output_filter, {"patterns": [{"name": "n", "expression": "a*"}]}, "`{1,64}` instead"),
        (make_output_filter, {"name": "model"}, "cannot be named `model`"),
    ],
)
def test_a_bad_value_is_explained(factory, options, expected):
    assert expected in complaint(factory, options)
