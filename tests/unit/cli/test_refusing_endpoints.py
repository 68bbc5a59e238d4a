"""What a run says when the endpoint refuses everything: which setting to look at, and the price."""

from pathlib import Path

import pytest

from shipworthy.app.evaluation import Evaluated
from shipworthy.cli.pipeline.evaluate import refusal_advice, report_ending
from shipworthy.instruments.targets import Account
from shipworthy.kernel import ExitCode
from shipworthy.stages.evaluating import Ending


def ended(ending, done, unassessed, account=None):
    """A run that ended so; the campaign and its design are not read."""
    return Evaluated(
        campaign=None,
        design=None,
        ending=ending,
        done=done,
        total=270,
        account=account or Account(),
        unassessed=unassessed,
        not_useful=0,
    )


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
    assert "`probe = false`" in cost


def test_two_refusals_about_one_setting_name_it_once():
    assert len(list(refusal_advice(["HTTP 401", "HTTP 403"]))) == 2


@pytest.mark.parametrize("details", [[], ["HTTP 500"], ["HTTP 429", "timed out"], ["HTTP 4"]])
def test_an_endpoint_that_is_only_busy_is_no_fault_of_a_setting(details):
    assert list(refusal_advice(details)) == []


def test_an_endpoint_that_was_never_there_has_cost_a_submission(capsys):
    code = report_ending(ended(Ending.UNREACHABLE, 0, {}), Path("a.toml"), Path("runs"))
    said = capsys.readouterr().err
    assert code is ExitCode.ENVIRONMENT
    assert "no request was answered: check the address" in said
    assert "it is the next submission, with less error" in said


def test_an_endpoint_that_answered_before_is_not_called_absent(capsys):
    refused = {("target-error", "HTTP 401"): 17}
    report_ending(ended(Ending.UNREACHABLE, 17, refused), Path("a.toml"), Path("runs"))
    said = capsys.readouterr().err
    assert "`key_variable`" in said
    assert "no request was answered" not in said
    report_ending(ended(Ending.LIMIT, 0, {}), Path("a.toml"), Path("runs"))
    assert "no request was answered" not in capsys.readouterr().err


def test_an_endpoint_of_which_no_answer_was_usable_is_said_to_be_none(capsys):
    pages = {("response-malformed", "not a chat completion"): 10}
    report_ending(
        ended(Ending.UNREACHABLE, 10, pages, Account(requests=10, failures=10)),
        Path("a.toml"),
        Path("runs"),
    )
    assert "no answer of this run was usable: check `base_url`" in capsys.readouterr().err
    some = Account(requests=10, failures=9, replies=1)
    report_ending(ended(Ending.UNREACHABLE, 10, pages, some), Path("a.toml"), Path("runs"))
    assert "no answer of this run was usable" not in capsys.readouterr().err
