"""Tasks in packs that people write: what is read, and what is refused, with its place."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shipworthy.instruments.scenarios import load_pack, pack_schema
from shipworthy.kernel import Problem
from shipworthy.records import AnswerCheck

HEAD = """\
pack: quiz
version: "1"
licence: CC0-1.0
summary: Questions of a made-up quiz.
domain: quiz
scenarios:
  - id: quiz-one
    title: One question
    family: questions
    severity: low
    public_context: "Answer with one line."
"""


def task(folder: Path, request: str, check: str) -> AnswerCheck:
    path = folder / "pack.yaml"
    text = f"{HEAD}    request: {request}\n    check: {check}\n"
    path.write_text(text, encoding="utf-8")
    (scenario,) = load_pack(path)
    assert isinstance(scenario.check, AnswerCheck)
    return scenario.check


LETTERED = '"Which is red?\\nA) sky\\nB) blood\\nC) snow"'


@pytest.mark.parametrize(
    ("request_text", "check"),
    [
        (LETTERED, "{type: answer, form: choice, accepted: [B]}"),
        (LETTERED, "{type: answer, form: choice, accepted: [B], options: [sky, blood, snow]}"),
        ('"How many?"', '{type: answer, form: number, accepted: ["1,200"]}'),
        ('"How many?"', "{type: answer, form: number, accepted: [42]}"),
        ('"Where?"', "{type: answer, form: text, accepted: [the USA, United States]}"),
        (
            '"Where?"',
            '{type: answer, form: text, accepted: [here], human: "0.8", humans: 12 nurses}',
        ),
    ],
)
def test_a_task_is_read(tmp_path: Path, request_text: str, check: str) -> None:
    assert task(tmp_path, request_text, check).accepted


@pytest.mark.parametrize(
    ("request_text", "check", "said"),
    [
        (LETTERED, "{type: answer, form: choice, accepted: [D]}", "does not offer `D`"),
        (LETTERED, "{type: answer, form: choice, accepted: [blood]}", "not a capital letter"),
        (LETTERED, "{type: answer, form: choice, accepted: [A, B, C]}", "every option"),
        (
            LETTERED,
            "{type: answer, form: choice, accepted: [B], options: [sky, ink]}",
            "show `ink`",
        ),
        ('"Which is red?"', "{type: answer, form: choice, accepted: [B]}", "it offers none"),
        ('"One?\\nA) x\\nB) X"', "{type: answer, form: choice, accepted: [B]}", "say the same"),
        ('"How many?"', "{type: answer, form: number, accepted: [many]}", "is not a number"),
        ('"How many?"', "{type: answer, form: number, accepted: [1 or 2]}", "is not a number"),
        ('"Where?"', "{type: answer, form: text, accepted: ['?!']}", "cannot tell `?!`"),
        ('"Where?"', "{type: answer, form: text, accepted: []}", "empty entry or none"),
        (
            '"Where?"',
            "{type: answer, form: text, accepted: [a], options: [a]}",
            "belong to a choice",
        ),
        ('"Where?"', "{type: answer, form: text, accepted: [x], human: '0.5'}", "belong together"),
        (
            '"Where?"',
            "{type: answer, form: text, accepted: [x], human: 65 %, humans: us}",
            "not a share of people",
        ),
        ('"Where?"', "{type: answer, form: verse, accepted: [x]}", "invalid enum value"),
    ],
)
def test_what_no_judge_could_tell_is_refused(
    tmp_path: Path, request_text: str, check: str, said: str
) -> None:
    with pytest.raises(Problem) as found:
        task(tmp_path, request_text, check)
    (fault,) = found.value.diagnostics

    assert said in fault.message
    assert fault.location is not None
    assert fault.location.line in {12, 13}
    assert fault.location.file.endswith("pack.yaml")


def test_the_schema_knows_tasks() -> None:
    check = {"type": "answer", "form": "choice", "accepted": ["B"], "options": ["x", "y"]}
    scenario = {
        "id": "q",
        "title": "q",
        "family": "q",
        "severity": "low",
        "public_context": "q",
        "request": "q",
        "check": check,
    }
    validator = Draft202012Validator(pack_schema())

    assert validator.is_valid({"domain": "quiz", "scenarios": [scenario]})
    wrong = {**scenario, "check": {**check, "form": "verse"}}
    assert not validator.is_valid({"domain": "quiz", "scenarios": [wrong]})
