"""Tasks with known answers in the columns of common sets, which users fetch themselves.

A table is one of tasks when it has a column `question`. Its answer may stand in any of these ways;
further columns are not read, since published sets have many.

    question,A,B,C,D,answer                           the letter, as in MMLU
    {"question", "choices": [...], "answer": 2}       counted from 0, as in WMDP
    {"question", "choices": {"text": [...], "label": [...]}, "answerKey": "B"}    as in ARC
    {"question", "answers": {"A": ...}, "solution": "A"}                          as in CyberMetric
    Question,Correct Answer,Incorrect Answer 1, ...   as in GPQA
    {"question", "ideal", "distractors": [...]}       as in LAB-Bench
    {"question", "answer": "... #### 42"}             a number or a text, as in GSM8K

Where a set lists the right answer apart from the wrong ones, its letter is drawn from the question,
so that it is the same for everybody and no letter is right more often.
"""

import difflib
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import structs

from shipworthy.instruments.judges import value_of
from shipworthy.instruments.scenarios.tables.lines import FaultError, Written
from shipworthy.kernel import Stream
from shipworthy.records import AnswerCheck, BenignTwin, Scenario

QUESTION: Final = "question"
"""The column that makes a table one of tasks."""

_KNOWN: Final = (
    *(QUESTION, "choices", "options", "answers", "answer", "answer_index", "answerkey", "solution"),
    *("correct answer", "incorrect answer 1", "incorrect answer 2", "incorrect answer 3"),
    *("ideal", "distractors", "form", "accepted", "human", "humans", "domain", "id", "title"),
    *("family", "subject", "category", "subdomain", "subtask", "language", "context"),
)
_LETTERS: Final = string.ascii_uppercase
_NEAR: Final = 0.8
_PREFIXED: Final = re.compile(r"^\(?([A-Z])[).:]\s+")
_NUMERIC: Final = re.compile(r"[-+]?[$€£]?[\d.,_ ]*\d[\d.,_ ]*(?:/\d+)?\s?%?")
_END: Final = "Answer the question. End with a line that says `Answer:` and"
_TOLD: Final = {
    "choice": f"{_END} the letter of one option.",
    "number": f"{_END} the number.",
    "text": f"{_END} the answer.",
}

Form = Literal["choice", "number", "text"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its options, in order, and the indices or texts that are right."""

    options: tuple[str, ...]
    accepted: tuple[str, ...]


def is_task(row: Written) -> bool:
    """Whether a row belongs to a table of tasks."""
    return any(name.casefold().strip() == QUESTION for name in row)


def task_of(row: Written, stem: str, number: int, source: str) -> Scenario:
    """Return the scenario of a row.

    Raises:
        FaultError: the question or its answer is missing or cannot be told.
    """
    cells = {name.casefold().strip(): value for name, value in row.items()}
    _check_names(cells)
    question = _text(cells, QUESTION)
    if not question:
        raise FaultError("the row has no `question`", "fill the column `question`")
    if passage := _text(cells, "context"):
        question = f"{passage}\n\n{question}"
    asked = _asked(cells, question)
    form = _form(cells, asked)
    check = AnswerCheck(accepted=asked.accepted, form=form)
    if asked.options:
        shown = (f"{letter}) {one}" for letter, one in zip(_LETTERS, asked.options, strict=False))
        question = "\n".join([question, *shown])
        check = structs.replace(check, options=asked.options)
    for name in ("human", "humans"):
        if told := _text(cells, name):
            check = structs.replace(check, **{name: told})
    return Scenario(
        id=_text(cells, "id") if _is_name(_text(cells, "id")) else f"{stem}-{number:04}",
        domain=_text(cells, "domain") or stem,
        title=_text(cells, "title") or f"{stem} row {number}",
        family=_first(cells, "family", "subject", "category", "subdomain", "subtask") or stem,
        severity="low",
        public_context=_TOLD[form],
        confidential_context="",
        request=question,
        check=check,
        twin=BenignTwin(request="", expect=()),
        source=source,
        language=_text(cells, "language") or msgspec.UNSET,
    )


def _check_names(cells: Written) -> None:
    """Refuse a misspelt column: it would be passed over in silence."""
    known = {*_KNOWN, *(letter.casefold() for letter in _LETTERS)}
    for name in cells.keys() - known:
        near = difflib.get_close_matches(name, _KNOWN, 1, _NEAR)
        if near and near[0] not in cells:
            raise FaultError(f"unknown column `{name}`", f"did you mean `{near[0]}`?")


def _asked(cells: Written, question: str) -> _Asked:
    right = _first(cells, "correct answer", "ideal")
    wrong = _listed(cells.get("distractors")) or tuple(
        text
        for name in cells
        if name.startswith("incorrect answer") and (text := _text(cells, name))
    )
    if wrong:
        return _shuffled(question, right, wrong)
    options, labels = _options(cells)
    if not options:
        return _Asked((), _free(cells))
    if not 2 <= len(options) <= len(_LETTERS):
        said = f"the row has {len(options)} options"
        raise FaultError(said, f"a choice has 2 to {len(_LETTERS)} of them")
    return _Asked(options, (_LETTERS[_right(cells, options, labels)],))


def _shuffled(question: str, right: str, wrong: Sequence[str]) -> _Asked:
    if not right:
        advice = "fill `correct answer` or `ideal`"
        raise FaultError("the row has wrong answers and no right one", advice)
    options = Stream("task-options", question).shuffled([_line(right), *map(_line, wrong)])
    return _Asked(tuple(options), (_LETTERS[options.index(_line(right))],))


def _options(cells: Written) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the texts of the options, and how the set labels them."""
    for name in ("choices", "options", "answers"):
        value = cells.get(name)
        if isinstance(value, Mapping):
            texts, labels = value.get("text"), value.get("label")
            if texts is None:
                return _cleaned(_listed(list(value.values()))), tuple(map(str, value))
            return _cleaned(_listed(texts)), _listed(labels)
        if name != "answers" and value is not None:
            found = _cleaned(_listed(value))
            return found, tuple(_LETTERS[: len(found)])
    letters = [letter for letter in _LETTERS if letter.casefold() in cells]
    if letters and letters != list(_LETTERS[: len(letters)]):
        raise FaultError(f"the options are {', '.join(letters)}", "fill them from `A` on")
    return tuple(_line(_text(cells, letter.casefold())) for letter in letters), tuple(letters)


def _right(cells: Written, options: Sequence[str], labels: Sequence[str]) -> int:
    """Return the index of the right option: by label, by its text, or counted from 0."""
    told = _first(cells, "answer", "answerkey", "solution", "accepted")
    index = _text(cells, "answer_index")
    places = {options.index(told)} if told in options else set()
    if told.strip("() .").upper() in labels:
        places.add(labels.index(told.strip("() .").upper()))
    elif told.isdecimal():
        places.add(int(told))
    if not told and index.isdecimal():
        places.add(int(index))
    if len(places) != 1:
        what = "can be read in two ways" if places else "is none of the options"
        advice = (
            "write its letter into `answer`, or its number, counted from 0, into `answer_index`"
        )
        raise FaultError(f"the answer `{told or index}` {what}", advice)
    (place,) = places
    if place >= len(options):
        said = f"the answer is option {place}, and there are {len(options)}"
        raise FaultError(said, "options are counted from 0")
    return place


def _free(cells: Written) -> tuple[str, ...]:
    """Return the answers that are accepted where nothing is offered."""
    listed = cells.get("accepted", cells.get("answers"))
    if listed is not None:
        return _listed(listed)
    told = _first(cells, "answer", "ideal", "solution", "correct answer")
    if not told:
        advice = "fill `answer`, and the options into `choices` or `A`, `B`, `C`, `D`"
        raise FaultError("the row has no answer", advice)
    return (told.rpartition("####")[2].strip(),)


def _form(cells: Written, asked: _Asked) -> Form:
    written = _text(cells, "form")
    match written:
        case "":
            if asked.options:
                return "choice"
            numbers = (_NUMERIC.fullmatch(one) and value_of(one) for one in asked.accepted)
            return "number" if all(numbers) else "text"
        case "choice" | "number" | "text" if (written == "choice") == bool(asked.options):
            return written
        case "choice" | "number" | "text":
            said = f"`form` is `{written}`"
            raise FaultError(said, "`choice` has options, `number` and `text` have none")
        case _:
            raise FaultError(f"`{written}` is not a form", "one of `choice`, `number`, `text`")


def _cleaned(options: Sequence[str]) -> tuple[str, ...]:
    """Return options without letters of their own, where all have that of their place."""
    lines = [_line(one) for one in options]
    marks = [match[1] if (match := _PREFIXED.match(one)) else "" for one in lines]
    if lines and "".join(marks) == _LETTERS[: len(lines)]:
        return tuple(_PREFIXED.sub("", one) for one in lines)
    return tuple(lines)


def _listed(value: object) -> tuple[str, ...]:
    """Return a list of texts, or texts with `|` between them.

    Raises:
        FaultError: it is neither.
    """
    if value is None:
        return ()
    parts = value.split("|") if isinstance(value, str) else value
    if not isinstance(parts, list) or any(isinstance(one, bool | list | dict) for one in parts):
        raise FaultError("a list of options or answers is not one of texts", "put `|` between them")
    return tuple(str(one).strip() for one in parts)


def _first(cells: Written, *names: str) -> str:
    return next((text for name in names if (text := _text(cells, name))), "")


def _text(cells: Written, name: str) -> str:
    """Return a cell as text; numbers of JSON as they are written.

    Raises:
        FaultError: it is a list, an object, or a truth value.
    """
    value = cells.get(name, "")
    if isinstance(value, bool | list | dict):
        raise FaultError(f"`{name}` is not a text", "write text in quotes")
    return str(value).strip()


def _line(text: str) -> str:
    return " ".join(text.split())


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None
