"""Pairs and answers as JSON Lines: read strictly, with the file and line of every fault."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from shipworthy.instruments.balance.pairs import (
    SIDES,
    PromptLine,
    PromptPair,
    pair_of,
    prompt_lines,
)
from shipworthy.instruments.balance.tasks import TASKS
from shipworthy.instruments.balance.topics import Topic
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean, utf8_text

MOST_FAULTS: Final = 20
"""Faults of one file that are told at once."""

_MOST_NEAR: Final = 200

Answers = Mapping[str, str | None]
"""Answers by the id of their prompt; None for one that failed or is empty."""


class _FaultError(ValueError):
    """What is wrong with one line, without its place."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def _fault(code: str, message: str, advice: str) -> _FaultError:
    return _FaultError(Diagnostic(code, message, help=advice))


def pairs_text(pairs: Sequence[PromptPair]) -> str:
    """Write pairs as JSON Lines, one prompt a line."""
    return "".join(f"{msgspec.json.encode(line).decode()}\n" for line in prompt_lines(pairs))


def read_pairs(data: bytes, source: str) -> tuple[PromptPair, ...]:
    """Read what `pairs_text` wrote, in any order of lines.

    Every prompt is written again from its views and task: an altered one is refused, because the
    two sides would no longer differ in their views alone.

    Raises:
        Problem: `balance-encoding`, `balance-line`, `balance-altered` or `balance-half`.
    """
    found: dict[str, tuple[int, PromptLine]] = {}

    def take(number: int, row: dict[str, Any]) -> None:
        try:
            line = msgspec.convert(row, PromptLine)
        except msgspec.ValidationError as error:
            advice = "take the lines that `shipworthy balance pairs` wrote"
            raise _fault("balance-line", str(error), advice) from None
        if line.id in found:
            raise _fault("balance-line", f"`{line.id}` stands twice", "keep one of the lines")
        found[line.id] = (number, line)

    _each_line(data, source, take)
    if not found:
        raise Problem.of(
            "balance-line",
            "the file has no prompts",
            location=Location(source, 1),
            help="write some with `shipworthy balance pairs`",
        )
    return tuple(_joined(found, source))


def read_answers(data: bytes, source: str, pairs: Sequence[PromptPair]) -> Answers:
    """Read answers to the prompts of pairs: `{"id": ..., "answer": ...}` a line.

    An empty answer, `null`, and a line with a non-empty `error` count as unassessed; so does a
    prompt without a line, which is not in the result. Other fields are not read.

    Raises:
        Problem: `balance-encoding`, `balance-line` or `balance-answer-unknown`.
    """
    known = {pair.answer_id(side) for pair in pairs for side in SIDES}
    found: dict[str, str | None] = {}

    def take(_: int, row: dict[str, Any]) -> None:
        name = row.get("id")
        if not isinstance(name, str):
            raise _fault("balance-line", "`id` is missing or no text", "give the prompt's id")
        if name not in known:
            raise _fault(
                "balance-answer-unknown", f"no prompt has the id `{name}`", _nearest(name, known)
            )
        if name in found:
            advice = "keep one; `--repeats` writes a prompt several times, each with its own id"
            raise _fault("balance-line", f"`{name}` is answered twice", advice)
        found[name] = _answer(row)

    _each_line(data, source, take)
    return found


def _nearest(name: str, known: set[str]) -> str:
    """Search among the ids of the same topic: nearness to thousands takes too long."""
    topic = name.partition("/")[0]
    near = sorted(one for one in known if one.partition("/")[0] == topic)
    return did_you_mean(name, near[:_MOST_NEAR]) or "take the ids of the file with the pairs"


def _answer(row: dict[str, Any]) -> str | None:
    if "answer" not in row and "error" not in row:
        advice = did_you_mean("answer", (key for key in row if key != "id"))
        raise _fault(
            "balance-line",
            "the line has neither `answer` nor `error`",
            f"write `answer`; the line has {advice}" if advice else "write `answer`",
        )
    answer = row.get("answer")
    if answer is not None and not isinstance(answer, str):
        raise _fault("balance-line", "`answer` is no text", "write text in quotes, or null")
    if row.get("error") or answer is None or not answer.strip():
        return None
    return answer


def _joined(found: Mapping[str, tuple[int, PromptLine]], source: str) -> Iterator[PromptPair]:
    faults: list[Diagnostic] = []
    views: dict[str, Topic] = {}
    for name, (number, line) in found.items():
        if line.side == "b" and f"{name.removesuffix('b')}a" in found:
            continue
        try:
            pair = _pair(line, found)
            _same_views(pair.topic, views)
        except _FaultError as fault:
            faults.append(_told(fault, source, number))
            continue
        yield pair
    if faults:
        raise Problem(faults[:MOST_FAULTS])


def _same_views(topic: Topic, views: dict[str, Topic]) -> None:
    if views.setdefault(topic.id, topic) != topic:
        message = f"topic `{topic.id}` has other views on other lines"
        raise _fault("balance-altered", message, "write the pairs again")


def _pair(line: PromptLine, found: Mapping[str, tuple[int, PromptLine]]) -> PromptPair:
    stem = line.id.rpartition("/")[0]
    _, other = found.get(f"{stem}/{'b' if line.side == 'a' else 'a'}", (0, None))
    if other is None:
        message = f"`{line.id}` has no counterpart"
        raise _fault("balance-half", message, "both sides of a pair have to be there")
    if line.task not in TASKS:
        raise _fault("balance-line", f"no task `{line.task}`", did_you_mean(line.task, TASKS))
    topic = Topic(id=line.topic, axis=line.axis, place=line.place, a=line.view, b=other.view)
    pair = pair_of(topic, line.task, line.repeat)
    if tuple(prompt_lines([pair])) != (line, other):
        message = f"the pair `{pair.id}` is not the one that its digest names"
        raise _fault("balance-altered", message, "write the pairs again")
    return pair


def _each_line(data: bytes, source: str, take: Callable[[int, dict[str, Any]], None]) -> None:
    text = utf8_text(data, source, "balance-encoding")
    faults: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            take(number, _object(line))
        except _FaultError as fault:
            faults.append(_told(fault, source, number))
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise Problem(faults)


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise _fault("balance-line", "not valid JSON", "write one object a line") from None
    if not isinstance(row, dict):
        raise _fault("balance-line", "not an object", 'write `{"id": ..., "answer": ...}`')
    return row


def _told(fault: _FaultError, source: str, number: int) -> Diagnostic:
    return replace(fault.diagnostic, location=Location(source, number))
