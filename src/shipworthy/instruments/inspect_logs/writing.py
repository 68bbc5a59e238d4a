"""Logs that Inspect's own tools open: version 2, packed with deflate, one sample in memory.

The same trials give the same bytes: members carry no time of their own.
"""

import json
import math
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from shipworthy.instruments.inspect_logs.documents import VERSION
from shipworthy.instruments.inspect_logs.own_format import FORMAT, KEY, OwnCell, OwnScore, word_of
from shipworthy.kernel import Problem, derive_id
from shipworthy.records import Trial
from shipworthy.vocabulary import Reply, Request, ToolCall, Unassessed, UnassessedReason

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can hold."""

_REASONS: Final[Mapping[UnassessedReason, str]] = {
    "judge-undecided": "invalid_response_format",
    "judge-error": "grader_failed",
}
"""The reasons that Inspect has for a judge without a verdict; without an answer there is one."""

_NO_ANSWER: Final = "no_response"
_STOPS: Final = {"stop": "stop", "length": "max_tokens", "filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class ExportedLog:
    """What a log says of itself: the plan it is of, one of its arms, the program that writes it."""

    name: str
    plan: str
    arm: str
    model: str
    created: str
    version: str
    trials: tuple[str, ...]
    """Trial ids, in the order of the samples."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is shown of a trial; where a text is withheld, its digest stands in its place."""

    request: Request
    reply: Reply | None
    """Nothing when nobody answered."""


Spoken = Iterable[tuple[Trial, Conversation]]


def write_log(path: Path, log: ExportedLog, spoken: Callable[[], Spoken]) -> None:
    """Write a log; `spoken` gives its trials anew each time, twice in all.

    Raises:
        Problem: `export-exists` when there is a file already.
    """
    fresh = path.with_name(f".{path.name}.part")
    if path.exists():
        raise Problem.of(
            "export-exists", f"`{path}` is there already", help="name a file that does not exist"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(archive, log, spoken)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)


def _write(archive: zipfile.ZipFile, log: ExportedLog, spoken: Callable[[], Spoken]) -> None:
    spec = _spec(log)
    _add(archive, "_journal/start.json", {"version": VERSION, "eval": spec, "plan": _PLAN})
    scored = 0
    for trial, said in spoken():
        scored += not isinstance(trial.outcome, Unassessed)
        _add(archive, f"samples/{trial.id}_epoch_1.json", _sample(trial, said, log.model))
    with archive.open(_member("summaries.json"), "w", force_zip64=True) as stream:
        mark = b"["
        for trial, said in spoken():
            stream.write(mark + _bytes(_summary(trial, said, log.model)))
            mark = b","
        stream.write(b"]" if mark == b"," else b"[]")
    _add(archive, "reductions.json", [])
    _add(archive, "header.json", _header(log, spec, scored))


_PLAN: Final = {"name": "plan", "steps": [], "config": {}}


def _spec(log: ExportedLog) -> dict[str, Any]:
    mark = {"format": FORMAT, "plan": log.plan}
    return {
        "eval_id": derive_id("e", log.plan, log.arm),
        "run_id": derive_id("r", log.plan),
        "created": log.created,
        "task": log.name,
        "task_id": derive_id("k", log.plan, log.arm),
        "task_version": 0,
        "task_args": {"arm": log.arm},
        "dataset": {
            "name": log.name,
            "samples": len(log.trials),
            "sample_ids": list(log.trials),
            "shuffled": False,
        },
        "model": log.model,
        "model_generate_config": {},
        "model_args": {},
        "config": {"epochs": 1},
        "packages": {"shipworthy": log.version},
        "tags": [log.arm],
        "metadata": {KEY: mark},
        "scorers": [{"name": KEY, "options": {}, "metrics": [], "metadata": {}}],
    }


def _header(log: ExportedLog, spec: dict[str, Any], scored: int) -> dict[str, Any]:
    score = {
        "name": KEY,
        "scorer": KEY,
        "scored_samples": scored,
        "unscored_samples": len(log.trials) - scored,
        "params": {},
        # a mean over unlike domains would hide the worst of them
        "metrics": {},
    }
    return {
        "version": VERSION,
        "status": "success",
        "eval": spec,
        "plan": _PLAN,
        "results": {
            "total_samples": len(log.trials),
            "completed_samples": len(log.trials),
            "scores": [score],
        },
        "stats": {"started_at": log.created, "completed_at": log.created, "model_usage": {}},
    }


def _sample(trial: Trial, said: Conversation, model: str) -> dict[str, Any]:
    asked = _asked(trial, said)
    answer = _answer(trial, said.reply)
    choices = []
    if said.reply is not None and answer is not None:
        choices = [{"message": answer, "stop_reason": _STOPS.get(said.reply.finish, "unknown")}]
    error = {}
    if isinstance(trial.outcome, Unassessed) and not choices:
        error = {"message": trial.outcome.reason, "traceback": "", "traceback_ansi": ""}
    return {
        "id": trial.id,
        "epoch": 1,
        "input": asked,
        "target": "",
        "messages": [*asked, *_worked(trial, said.reply), *([answer] if answer else [])],
        "output": {"model": model, "choices": choices, "usage": _usage(trial)},
        "scores": {KEY: _score(trial)},
        "metadata": _metadata(trial),
        "store": {},
        "events": [],
        **_spent(trial, model),
        "uuid": trial.id,
        "attachments": {},
        **({"error": error} if error else {}),
    }


def _summary(trial: Trial, said: Conversation, model: str) -> dict[str, Any]:
    failed = isinstance(trial.outcome, Unassessed) and said.reply is None
    return {
        "id": trial.id,
        "epoch": 1,
        "input": _asked(trial, said),
        "target": "",
        "metadata": {},
        "scores": {KEY: _score(trial)},
        **_spent(trial, model),
        "uuid": trial.id,
        "completed": True,
        **({"error": trial.outcome.reason} if failed else {}),  # type: ignore[union-attr]  # above
    }


def _score(trial: Trial) -> dict[str, Any]:
    outcome = trial.outcome
    own = OwnScore(outcome=outcome, judge=trial.judge)
    found: dict[str, Any] = {
        "value": word_of(outcome),
        "explanation": trial.judge and f"judge {trial.judge}",
        "metadata": {KEY: msgspec.to_builtins(own)},
        "history": [],
    }
    if isinstance(outcome, Unassessed):
        found["value"] = math.nan
        found["reason"] = _REASONS.get(outcome.reason, _NO_ANSWER)
        found["explanation"] = f"unassessed: {outcome.reason}"
    return found


def _metadata(trial: Trial) -> dict[str, Any]:
    cell = OwnCell(
        trial=trial.id,
        scenario=trial.scenario,
        domain=trial.domain,
        attack=trial.attack,
        role=trial.role,
        seed=trial.seed,
    )
    plain: dict[str, Any] = msgspec.to_builtins(cell)
    return {
        KEY: plain,
        **{name: plain[name] for name in ("scenario", "domain", "attack", "role")},
        "arm": trial.arm.value,
        "run": trial.run,
        "request": trial.request,
        "response": trial.response,
        "layers": msgspec.to_builtins(trial.layers),
    }


def _asked(trial: Trial, said: Conversation) -> list[dict[str, Any]]:
    return [
        {"id": f"{trial.id}-{number}", "role": turn.role, "content": turn.content}
        for number, turn in enumerate(said.request.messages)
    ]


def _worked(trial: Trial, reply: Reply | None) -> Iterator[dict[str, Any]]:
    """Yield the turns of an agent's work; results name the calls that they answer."""
    waiting: list[dict[str, Any]] = []
    made = 0
    for number, turn in enumerate((reply and reply.turns) or ()):
        shown: dict[str, Any] = {
            "id": f"{trial.id}-work-{number}",
            "role": turn.role,
            "content": turn.content,
        }
        if turn.role == "assistant":
            waiting = [_call(made + at, call) for at, call in enumerate(turn.tool_calls or ())]
            made += len(waiting)
            shown |= {"source": "generate", "tool_calls": waiting[:]}
        elif turn.role == "tool" and waiting:
            answered = waiting.pop(0)
            shown |= {"tool_call_id": answered["id"], "function": answered["function"]}
        yield shown


def _answer(trial: Trial, reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    content: str | list[dict[str, Any]] = reply.text
    if reply.reasoning:
        reasoning = {"type": "reasoning", "reasoning": reply.reasoning}
        content = [reasoning, {"type": "text", "text": reply.text}]
    # of an agent they stand in its turns
    ended = reply.tool_calls if reply.turns is msgspec.UNSET else ()
    calls = [_call(number, call) for number, call in enumerate(ended)]
    name = f"{trial.id}-answer"
    answer = {"id": name, "role": "assistant", "content": content, "source": "generate"}
    return {**answer, "tool_calls": calls} if calls else answer


def _call(number: int, call: ToolCall) -> dict[str, Any]:
    return {
        "id": f"call-{number}",
        "function": call.name,
        "arguments": call.arguments,
        "type": "function",
    }


def _spent(trial: Trial, model: str) -> dict[str, Any]:
    seconds = trial.usage.latency_ms / 1000
    return {"model_usage": {model: _usage(trial)}, "total_time": seconds, "working_time": seconds}


def _usage(trial: Trial) -> dict[str, int]:
    used = trial.usage
    return {
        "input_tokens": used.prompt_tokens,
        "output_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }


def _add(archive: zipfile.ZipFile, name: str, value: Any) -> None:
    archive.writestr(_member(name), _bytes(value))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _bytes(value: Any) -> bytes:
    """Return JSON as Inspect writes it: an unscored sample has the value `NaN`."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")
