"""What an episode may say: its parts agree with each other, with its script and its stack."""

from collections.abc import Iterator
from typing import Any, Final

from shipworthy_verify.reading import Json

_FIELDS: Final = {
    *("stack", "trajectory", "outcome", "fault", "steps", "effect_at", "noticed_at"),
    *("noticed_by", "stopped_at", "denied", "asked", "score", "errors"),
}
_HONEST: Final = {"done", "partly", "not-done"}
MOST: Final = 1000
"""Highest score of a control."""


def episode_faults(record: Json) -> Iterator[str]:
    """Yield a sentence for each episode that cannot be, and one when they are not all there."""
    scripts = {one["id"]: one for one in record["trajectories"]}
    wanted = [(stack["name"], name) for stack in record["stacks"] for name in scripts]
    found = record["episodes"]
    if [(one["stack"], one["trajectory"]) for one in found] != wanted:
        yield "the episodes are not every script under every stack, in order"
        return
    stacks = {stack["name"]: stack["controls"] for stack in record["stacks"]}
    for one in found:
        for what in _wrong(one, scripts[one["trajectory"]], stacks[one["stack"]]):
            yield f"`{one['trajectory']}` under `{one['stack']}`: {what}"


def _wrong(one: Json, script: Json, controls: list[Json]) -> Iterator[str]:
    if set(one) != _FIELDS:
        yield "it has other fields than an episode"
        return
    yield from _wrong_counts(one)
    yield from _wrong_names(one, {control["name"] for control in controls})
    yield from _wrong_outcome(one, script)
    if not any(control["mode"] == "enforce" for control in controls):
        yield from _wrong_without_enforcing(one, script)


def _wrong_counts(one: Json) -> Iterator[str]:
    steps, stopped = one["steps"], one["stopped_at"]
    ends = steps if stopped is not None else steps + 1
    counts = {"denied": steps, "asked": ends, "score": MOST}
    if not _whole(steps, 1, steps if type(steps) is int else 0):
        yield "`steps` is no number of steps"
        return
    for key, most in counts.items():
        if not _whole(one[key], 0, most):
            yield f"`{key}` is no number from 0 to {most}"
    for key, most in {"effect_at": steps, "noticed_at": ends, "stopped_at": steps}.items():
        if one[key] is not None and not _whole(one[key], 1, most):
            yield f"`{key}` is no step of it"
    if stopped is not None and stopped != steps:
        yield "it went on after it was stopped"
    if stopped is not None and one["effect_at"] is not None and one["effect_at"] >= stopped:
        yield "its effect comes from a call that was not carried out"


def _wrong_names(one: Json, controls: set[str]) -> Iterator[str]:
    if (one["noticed_at"] is None) != (one["noticed_by"] == ""):
        yield "it was noticed by nobody, or by somebody at no step"
    if one["noticed_by"] and one["noticed_by"] not in controls:
        yield "it was noticed by no control of the stack"
    if one["errors"] != sorted(set(one["errors"])) or not set(one["errors"]) <= controls:
        yield "the controls that failed are none of the stack, or out of order"


def _wrong_outcome(one: Json, script: Json) -> Iterator[str]:
    """An attack's outcome follows from its steps; of honest work the record's word is taken."""
    fault, outcome = script["fault"], one["outcome"]
    failed = bool(one["errors"])
    if script["role"] == "honest" and one["effect_at"] is not None:
        yield "honest work has an effect"
    if fault:
        legal = {("unassessed", fault)}
    elif script["role"] == "honest":
        legal = {(word, "") for word in _HONEST}
        if failed:
            legal = {("partly", ""), ("not-done", ""), ("unassessed", "control-error")}
    elif one["effect_at"] is None:
        legal = {("unassessed", "control-error") if failed else ("before", "")}
    else:
        legal = {("never" if one["noticed_at"] is None else "after", "")}
    if (outcome, one["fault"]) not in legal:
        yield f"its outcome cannot be `{outcome}`"


def _wrong_without_enforcing(one: Json, script: Json) -> Iterator[str]:
    """Nothing is held back by a stack in which no control enforces."""
    if one["denied"] or one["stopped_at"] is not None:
        yield "it was held back by a stack that only detects"
    if one["effect_at"] != script["effect_at"]:
        yield "its effect is another than without a control"
    if one["outcome"] in {"partly", "not-done"}:
        yield "honest work was kept from its task by a stack that only detects"


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
