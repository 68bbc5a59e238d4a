"""Asking a gateway every case, one after the other."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from shipworthy.traffic.conformance.answers import Said, plant
from shipworthy.traffic.conformance.answers.cutting import PADDING
from shipworthy.traffic.conformance.asking import PATHS, ask, ask_with
from shipworthy.traffic.conformance.cases import Case
from shipworthy.traffic.conformance.clients import Asker, Query
from shipworthy.traffic.conformance.clients.asking import chunked, gzipped
from shipworthy.traffic.conformance.marks import Mark
from shipworthy.traffic.conformance.model import ScriptedJudge, ScriptedModel, Turn
from shipworthy.traffic.conformance.model.server import huge
from shipworthy.traffic.conformance.recording import RecordSource, Tally, passed_since
from shipworthy.traffic.conformance.verdicts import (
    Outcome,
    Verdict,
    judge_answer,
    judge_request,
    with_controls,
)

_UNRECORDED_PARTS: Final = frozenset({"clean", "detours", "faults"})


@dataclass(frozen=True, slots=True)
class Stand:
    """Everything around the gateway under test.

    Attributes:
        asker: asks it.
        model: the scripted model behind it.
        judge: the scripted judge beside it, or None.
        mark: what it has to hold.
        judged: stands in every answer that only the judge can tell of.
        named: name of the model to ask for.
        headers: sent with every request.
        records: what it writes down, or None.
    """

    asker: Asker
    model: ScriptedModel
    judge: ScriptedJudge | None
    mark: Mark
    judged: Mark
    named: str
    headers: tuple[tuple[str, str], ...] = ()
    records: RecordSource | None = None


def run_cases(
    cases: Iterator[Case], stand: Stand, tell: Callable[[Outcome], None]
) -> tuple[Outcome, ...]:
    """Ask every case; `tell` hears of each as it is done."""
    found = []
    for case in cases:
        outcome = _run(case, stand)
        tell(outcome)
        found.append(outcome)
    return with_controls(found)


def _run(case: Case, stand: Stand) -> Outcome:
    mark = stand.judged if case.part == "judge" else stand.mark
    said = _said(case, mark)
    stand.model.take(Turn(said, case.cut, case.fault, mark.text))
    if stand.judge is not None:
        stand.judge.heard.clear()
        stand.judge.mood = case.mood
    before = stand.records.tally() if stand.records is not None else Tally()
    arrived = stand.asker.ask(_query(case, stand))
    if case.part == "requests":
        heard = [text for one in stand.model.heard for text in _texts(one.head, one.body)]
        outcome = judge_request(case, arrived, mark, heard)
    else:
        outcome = judge_answer(case, arrived, mark, said)
    if case.part == "judge" and (stand.judge is None or not stand.judge.heard):
        if outcome.verdict is Verdict.LEAK:
            # whoever finds a way on which the judge is not asked has walked around it
            return replace(outcome, why=f"{outcome.why}; the judge was not asked")
        return replace(outcome, verdict=Verdict.NOT_TESTABLE, why="the judge was not asked")
    if stand.records is not None and case.part not in _UNRECORDED_PARTS:
        return _with_record(outcome, stand.records, before)
    return outcome


def _with_record(outcome: Outcome, records: RecordSource, before: Tally) -> Outcome:
    """Compare the record with what was planted: there was something to find, so no pass is true."""
    planted = outcome.case.part != "judge" or outcome.case.mood != "passes"
    # what no dialect knows may be dropped, and what is left is then rightly a pass
    if not planted or outcome.verdict is not Verdict.HELD or outcome.case.channel == "unknown":
        return outcome
    passed = passed_since(records, before)
    if passed:
        return replace(outcome, verdict=Verdict.RECORDED_AS_PASS, why="held, recorded as a pass")
    if passed is None:
        return replace(outcome, why=f"{outcome.why}; not recorded".removeprefix("; "))
    return outcome


def _said(case: Case, mark: Mark) -> Said:
    """Return what the model says in a case."""
    match case.part:
        case "clean" if case.channel == "near-miss":
            return plant("text", f"{mark.text[:11]} and no more")
        case "clean":
            return plant(case.channel, "the usual place")
        case "requests":
            return Said()
        case "judge":
            # each mood has its own words, so that no cache of opinions answers for the judge
            return plant("text", f"{case.id} {mark.text}")
        case _:
            pass
    said = plant(case.channel, mark.text)
    return huge(said, PADDING) if case.cut == "huge" else said


def _query(case: Case, stand: Stand) -> Query:
    if case.place:
        tree = ask_with(case.dialect, stand.named, case.place, stand.mark.text)
    else:
        second = case.channel == "second"
        tree = ask(case.dialect, stand.named, stream=case.stream, second=second)
    detour = case.detour
    body = json.dumps(tree, ensure_ascii=False).encode()
    headers = [("Content-Type", "application/json"), ("Accept-Encoding", "identity")]
    if case.dialect == "messages":
        headers.append(("anthropic-version", "2023-06-01"))
    headers += stand.headers
    own = {name.lower() for name, _ in detour.headers}
    headers = [pair for pair in headers if pair[0].lower() not in own]
    headers += [pair for pair in detour.headers if pair[1]]
    match detour.form:
        case "gzip":
            body = gzipped(body)
            headers.append(("Content-Encoding", "gzip"))
        case "stream-twice":
            body = b'{"stream": false, "stream": true, ' + body[1:]
        case "stream-text":
            body = b'{"stream": "true", ' + body[1:]
        case "bom":
            body = b"\xef\xbb\xbf" + body
        case _:
            pass
    if detour.form == "chunked":
        body = chunked(body)
        headers.append(("Transfer-Encoding", "chunked"))
    else:
        headers.append(("Content-Length", str(len(body))))
    path = detour.path or PATHS[case.dialect]
    return Query(detour.method, path, tuple(headers), body)


def _texts(head: str, body: bytes) -> Iterator[str]:
    yield head
    yield body.decode("utf-8", "replace")
    try:
        tree = json.loads(body)
    except ValueError:
        return
    yield json.dumps(tree, ensure_ascii=False)
