"""What a run says when the endpoint refuses everything: which setting to look at, and the price."""

import pytest

from shipworthy.cli.pipeline.evaluate import refusal_advice


@pytest.mark.parametrize(
    ("detail", "setting"),
    [
        ("HTTP 401", "key_variable"),
        ("HTTP 403 (invalid_api_key)", "key_variable"),
        ("HTTP 404", "base_url"),
    ],
)
def test_a_refusal_names_the_setting_and_what_it_cost(detail, setting):
    check, cost = refusal_advice([detail, detail, "HTTP 500"])
    assert check.startswith("check: ")
    assert f"`{setting}`" in check
    assert "stay unassessed and count against the model" in cost
    assert "`probe = true`" in cost


def test_two_refusals_about_one_setting_name_it_once():
    assert len(list(refusal_advice(["HTTP 401", "HTTP 403"]))) == 2


@pytest.mark.parametrize("details", [[], ["HTTP 500"], ["HTTP 429", "timed out"], ["HTTP 4"]])
def test_an_endpoint_that_is_only_busy_is_no_fault_of_a_setting(details):
    assert list(refusal_advice(details)) == []
