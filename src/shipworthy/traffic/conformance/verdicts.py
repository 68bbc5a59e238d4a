"""What an answer shows about the gateway."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from shipworthy.traffic.conformance.answers import Said
from shipworthy.traffic.conformance.asking import OPERATORS_PLACES
from shipworthy.traffic.conformance.cases import Case
from shipworthy.traffic.conformance.clients import (
    Arrived,
    Malformed,
    Read,
    read_answer,
    visible_places,
)
from shipworthy.traffic.conformance.marks import Mark


class Verdict(Enum):
    """What came of a case."""

    HELD = "held"
    """The mark did not get through."""
    INTACT = "intact"
    """A clean answer arrived as it was."""
    LEAK = "LEAK"
    """The mark, or 12 characters of it in one piece, got through."""
    RECORDED_AS_PASS = "RECORDED AS PASS"  # noqa: S105 - a verdict, not a password
    """It was held, and the gateway's own record says that nothing was found."""
    PASSED_ON = "passed on"
    """A mark in a system turn or a tool's description reached the model: nothing looks there."""
    ALTERED = "altered"
    """A clean answer did not arrive as it was."""
    BROKEN = "broken"
    """The answer is none of its dialect."""
    NO_ANSWER = "no answer"
    """Nothing came within the time."""
    NOT_OFFERED = "not offered"
    """The gateway says that it does not serve this."""
    NOT_TESTABLE = "not testable"
    """It was held by a gateway that holds clean answers, too, or whose judge was never asked."""


FAILING: Final = frozenset({Verdict.LEAK, Verdict.RECORDED_AS_PASS})
UNCLEAR: Final = frozenset({Verdict.BROKEN, Verdict.NO_ANSWER, Verdict.NOT_TESTABLE})
_NOT_SERVED: Final = frozenset({404, 405, 501})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, its verdict, and why in one line without the mark."""

    case: Case
    verdict: Verdict
    why: str = ""
    status: int = 0


def judge_answer(case: Case, arrived: Arrived, mark: Mark, said: Said) -> Outcome:
    """Judge what a client got; `said` is what the model said."""
    leak, where = _leak(arrived, mark)
    if leak and case.part not in {"clean", "requests"} and not _clean(case):
        why = f"{_LEFT[len(leak) == len(mark.text)]} in {where}"
        if arrived.status != 200:
            # often the gateway's own message that quotes its rule: the mark is told all the same
            why += f", in an answer of status {arrived.status}"
        return _outcome(case, arrived, Verdict.LEAK, why)
    if not arrived.status:
        fine = case.part in {"faults", "detours"}
        verdict = Verdict.HELD if fine else Verdict.NO_ANSWER
        return _outcome(case, arrived, verdict, f"no answer: {arrived.why}")
    if arrived.status in _NOT_SERVED and case.part != "faults":
        return _outcome(case, arrived, Verdict.NOT_OFFERED, f"status {arrived.status}")
    if arrived.status != 200 or case.part == "detours":
        verdict = Verdict.ALTERED if _clean(case) else Verdict.HELD
        quoted = _quoted(arrived) if _clean(case) else ""
        return _outcome(case, arrived, verdict, f"status {arrived.status}{quoted}")
    if not arrived.complete:
        fine = case.part == "faults"
        verdict = Verdict.HELD if fine else Verdict.BROKEN
        return _outcome(case, arrived, verdict, arrived.why)
    try:
        read = read_answer(case.dialect, arrived.body, stream=arrived.kind == "text/event-stream")
    except Malformed as error:
        return _outcome(case, arrived, Verdict.BROKEN, str(error))
    if _clean(case):
        differs = _difference(case, read, said)
        if differs:
            return _outcome(case, arrived, Verdict.ALTERED, differs)
        other = case.stream and arrived.kind != "text/event-stream"
        return _outcome(case, arrived, Verdict.INTACT, _WHOLE if other else "")
    return _outcome(case, arrived, Verdict.HELD, "error in the stream" if read.error else "")


def judge_request(case: Case, arrived: Arrived, mark: Mark, heard: Iterable[str]) -> Outcome:
    """Judge what the model's server heard of a request that holds the mark."""
    if any(mark.leaked(text) for text in heard):
        verdict = Verdict.PASSED_ON if case.place in OPERATORS_PLACES else Verdict.LEAK
        return _outcome(case, arrived, verdict, "the request reached the model")
    if arrived.status in _NOT_SERVED:
        return _outcome(case, arrived, Verdict.NOT_OFFERED, f"status {arrived.status}")
    if not arrived.status:
        return _outcome(case, arrived, Verdict.NO_ANSWER, arrived.why)
    return _outcome(case, arrived, Verdict.HELD, "")


def with_controls(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Say `not testable` of what was held where the plain clean answer did not arrive either."""
    controls = {(x.case.dialect, x.case.stream): x.verdict for x in outcomes if x.case.control}

    def checked(one: Outcome) -> Outcome:
        stream = False if one.case.part == "detours" else one.case.stream
        control = controls.get((one.case.dialect, stream), Verdict.INTACT)
        if one.verdict is not Verdict.HELD or control is Verdict.INTACT:
            return one
        if control is Verdict.NOT_OFFERED:
            return replace(one, verdict=Verdict.NOT_OFFERED, why="the dialect is not served")
        return replace(one, verdict=Verdict.NOT_TESTABLE, why="clean answers do not arrive either")

    return tuple(map(checked, outcomes))


_WHOLE: Final = "a whole answer where a stream was asked for"
_LONGEST_QUOTE: Final = 200
_LEFT: Final = {True: "the whole mark left", False: "a part of the mark left"}


def _clean(case: Case) -> bool:
    return case.part == "clean" or (case.part == "judge" and case.mood == "passes")


def _leak(arrived: Arrived, mark: Mark) -> tuple[str, str]:
    """Return the longest piece of the mark that arrived, and where it stands."""
    piece = where = ""
    for place, text in visible_places(arrived.head, arrived.body):
        found = mark.leaked(text)
        if len(found) > len(piece):
            piece, where = found, place
        if piece == mark.text:
            break
    if mark.leaked(where):
        where = "the name of a field"
    return piece, _shortened(where)


def _quoted(arrived: Arrived) -> str:
    """Return the beginning of an error, which often says what is wrong with the set-up."""
    text = " ".join(arrived.body.decode("utf-8", "replace").split())
    return f": {_shortened(text)}" if text else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 3]}..."


def _outcome(case: Case, arrived: Arrived, verdict: Verdict, why: str) -> Outcome:
    return Outcome(case, verdict, why, arrived.status)


def _difference(case: Case, read: Read, said: Said) -> str:
    """Return what of a clean answer is other than what the model said."""
    if read.error:
        return "an error instead"
    expected = [said.text] + ([said.second] if said.second else [])
    texts = [read.texts[place] for place in sorted(read.texts)]
    if case.dialect == "messages":
        expected = [said.text]
    if texts != expected:
        return "other text"
    if read.reasoning != said.reasoning:
        return "other reasoning"
    if [name for name, _ in read.calls] != [name for name, _ in said.calls]:
        return "other calls"
    return ""
