"""Reading a monitor file: what is wrong is said with its place and what would be right."""

import pytest

from live_traffic import MONITOR, write_monitor
from shipworthy.app.live.monitoring.monitor_file import read_monitor_file, share_of
from shipworthy.kernel import Problem

REVIEW = '\n[[review]]\ndomain = "secrets"\nquestion = "is it?"\nuniform = "0.1"\n'


def complaint(tmp_path, text):
    with pytest.raises(Problem) as caught:
        read_monitor_file(write_monitor(tmp_path, text))
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('limit = "0.02"\nreason = "a test"', "", "needs a finding or a limit"),
        ('reason = "a test"', "", "nobody says why"),
        ('metric = "recheck"', 'metric = "rechek"', "no metric `rechek`"),
        ('metric = "recheck"', 'metric = "detected.output-filter.deployed"', "has 2 bands"),
        ('kind = "jsonl"', 'kind = "kafak"', "`kind` cannot be `kafak`"),
        ('kind = "jsonl"', 'kind = "kafka"', "is for files"),
        ('paths = ["traffic*.jsonl"]', "", "needs files"),
        ('limit = "0.02"', 'limit = "2"', "is no rate"),
        ('limit = "0.02"', 'limit = "0"', "is no rate"),
        ("least_requests = 100", "least_requests = 0", "out of range"),
        ('name = "desk"', 'name = "De sk"', "cannot name a monitor"),
        ('name = "desk"', 'nam = "desk"', "unknown field `nam`"),
        ('reason = "a test"', 'reason = "a test"\naction = "restrict"', "go together"),
        ("[source]", "[source", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path, right, wrong, said):
    found = complaint(tmp_path, MONITOR.replace(right, wrong, 1))
    assert said in found.message
    assert found.location.line > 0


def test_a_review_needs_an_even_part(tmp_path):
    found = complaint(tmp_path, MONITOR + REVIEW)
    assert "no share" in found.message


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('limit = "0.02"', "limit = 0.02", "in quotes"),
        ("least_requests = 100", 'least_requests = "100"', "whole number"),
        ('paths = ["traffic*.jsonl"]', 'paths = "traffic*.jsonl"', "a list"),
    ],
)
def test_a_value_of_another_type_is_told_how_to_be_written(tmp_path, right, wrong, said):
    assert said in complaint(tmp_path, MONITOR.replace(right, wrong, 1)).help


def test_a_near_word_is_suggested(tmp_path):
    assert "kafka" in complaint(tmp_path, MONITOR.replace('"jsonl"', '"kafak"')).help


@pytest.mark.parametrize("text", ["", "1e-3", ".5", "2", "-0.1", "0.1234567891", "٠.٥", "1.5"])
def test_what_is_no_plain_decimal_is_no_share(text):
    assert share_of(text) is None
