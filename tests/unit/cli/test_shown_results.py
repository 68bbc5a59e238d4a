"""How a command ends: the value as JSON, or lines for people, never both."""

import json

import pytest

from shipworthy.cli.frameworks.options import read_level_map, read_pairs
from shipworthy.cli.output.streams import Output
from shipworthy.kernel import Problem
from shipworthy.records import Atom


def test_json_is_the_value_with_its_records_and_reads_no_line(capsys):
    def lines():
        raise AssertionError("nobody asked for lines")
        yield

    atom = Atom(field="asr", operator="<", value="0.1", bound="upper")
    Output("json").show({"é": (atom,)}, lines())

    text = capsys.readouterr().out
    assert json.loads(text) == {
        "é": [{"type": "atom", "field": "asr", "operator": "<", "value": "0.1", "bound": "upper"}]
    }
    assert "é" in text


@pytest.mark.parametrize("format_", ["plain", "human"])
def test_people_get_the_lines(format_, capsys):
    Output(format_).show(object(), iter(["one", "", "two"]))
    assert capsys.readouterr().out == "one\n\ntwo\n"


def test_pairs_are_read_without_the_space_around_names():
    assert read_level_map(" stop = hold ,, go=go,") == {"stop": "hold", "go": "go"}


@pytest.mark.parametrize("text", ["stop", "=go", "stop=", "stop=go,stop=hold", " = "])
def test_what_is_no_pair_or_named_twice_is_refused(text):
    with pytest.raises(Problem) as caught:
        read_level_map(text)
    assert [one.code for one in caught.value.diagnostics] == ["compare-map"]


def test_a_refusal_shows_the_part_that_was_not_read():
    with pytest.raises(Problem, match="not `b`"):
        read_pairs(["a=1", "b"], lambda part: Problem.of("usage", f"not `{part}`"))
