"""How a command ends: the value as JSON, or lines for people, never both."""

import json
import os
import subprocess
import sys

import pytest

from shipworthy.cli.frameworks.options import read_level_map, read_pairs
from shipworthy.cli.output.streams import Output
from shipworthy.kernel import Location, Problem
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


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[31m.yaml", r"a\x1b[31m.yaml"),
        ("a\n error[x]: forged.yaml", r"a\n error[x]: forged.yaml"),
        ("a\u202elmay.exe", r"a\u202elmay.exe"),
        ("a\udcff.yaml", r"a\udcff.yaml"),
        ("naïve 模型.yaml", "naïve 模型.yaml"),
    ],
)
def test_a_complaint_shows_what_a_file_name_would_do_to_the_terminal(name, shown):
    placed = Problem.of("usage", "wrong", location=Location(name, 2)).render()
    assert placed == f"{shown}:2: error[usage]: wrong"
    line_ends = name.replace("\n", "")
    quoted = Problem.of("usage", f"no `{line_ends}`", help=f"not `{line_ends}`").render()
    assert quoted.count("\n") == 1
    assert not {"\x1b", "\u202e", "\udcff"} & set(quoted)


def test_the_layout_of_a_message_stays():
    problem = Problem.of("usage", "one\n\ttwo, 35.8\u202f%", help="three\n  four")
    assert problem.render() == "error[usage]: one\n\ttwo, 35.8\u202f%\n  help: three\n  four"


@pytest.mark.parametrize("suffix", [b"\x1b[2J.yaml", b"\xff.yaml", b"\n.yaml"])
def test_a_command_refuses_a_file_with_such_a_name_in_visible_words(tmp_path, suffix):
    file = os.fsencode(tmp_path) + b"/x" + suffix
    with open(file, "wb") as stream:  # noqa: PTH123 - a name that is no text
        stream.write(b"a: [1\n")
    command = [sys.executable, "-m", "shipworthy.cli.main", "framework", "check"]
    done = subprocess.run([*command, file], capture_output=True, check=False)
    assert done.returncode == 2
    first, *rest = done.stderr.decode().splitlines()
    assert first.isprintable()
    assert "error[framework-syntax]" in first
    assert len(rest) == 1
