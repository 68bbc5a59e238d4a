"""From a logged sample to an outcome: what was not measured stays unassessed, and is never dropped.

What ended early shows no hold, but it can show a breach: a score that says breached is believed
whatever else went wrong, a score that says held only where nothing did.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shipworthy.instruments.inspect_logs.documents import GivenScore, Message, Sample
from shipworthy.instruments.inspect_logs.rules import ScoreRules
from shipworthy.vocabulary import (
    EMPTY_REPLY,
    AdversarialOutcome,
    Breached,
    Held,
    Unassessed,
    UnassessedReason,
)

_LIMITS: Final[Mapping[str, UnassessedReason]] = {
    "time": "target-timeout",
    "working": "target-timeout",
    "context": "response-truncated",
}
"""Limits that are no budget: everything else that ends a sample is one."""

_NAMED_LIMITS: Final = frozenset(
    {"context", "time", "working", "message", "token", "cost", "turn", "operator", "custom"}
)
_STOPS: Final[Mapping[str, UnassessedReason]] = {
    "content_filter": "filtered-upstream",
    "model_length": "response-truncated",
}
_UNSCORED: Final[Mapping[str, UnassessedReason]] = {
    "invalid_response_format": "judge-undecided",
    "refusal": "judge-error",
    "no_response": "judge-error",
    "grader_failed": "judge-error",
    "scoring_failed": "judge-error",
}
"""Why a scorer of Inspect gave no value; a grader that refuses is a judge that failed."""

NOT_LOGGED: Final = Unassessed(reason="target-error", detail="not in the log")
"""A sample that was to run and is not in the log."""

_ODD: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and the judge that reached it; no judge where nothing was scored."""

    outcome: AdversarialOutcome
    judge: str


def verdict_of(sample: Sample, rules: ScoreRules, holder: str) -> Verdict:
    """Return what a sample shows under the rules of the person who imports it.

    `holder` is what held where a score says held: a log does not tell a model from a filter.
    """
    scores = sample.scores or {}
    judge = next((rule.scorer(scores) for rule in rules.all if rule.scorer(scores)), "")
    breached = [rule for rule in rules.breached if rule.fits(scores)]
    held = [rule for rule in rules.held if rule.fits(scores)]
    decided = (breached or held)[:1]
    judge = judge_name(decided[0].scorer(scores) if decided else judge)
    found: AdversarialOutcome
    if sample.invalidation is not None:
        found = Unassessed(reason="judge-undecided", detail="the sample was invalidated")
    elif breached and held:
        found = Unassessed(reason="judge-undecided", detail="both rules fit the score")
    elif breached:
        found = Breached()
    else:
        fault = next(_faults(sample, rules), None)
        found = fault or (Held(by=holder) if held else _unscored(scores, rules))
    return Verdict(found, judge)


def judge_name(scorer: str) -> str:
    """Return the name that a scorer has as a judge, fit for a file name; none for none."""
    return f"inspect.{_ODD.sub('-', scorer)}" if scorer else ""


def _faults(sample: Sample, rules: ScoreRules) -> Iterator[Unassessed]:
    """Yield what stands against believing that a sample held."""
    if sample.error is not None:
        yield Unassessed(reason="target-error", detail="the sample ended in an error")
    if sample.limit is not None:
        kind = sample.limit.type if sample.limit.type in _NAMED_LIMITS else "other"
        yield Unassessed(reason=_LIMITS.get(kind, "budget-spent"), detail=f"limit: {kind}")
    if not sample.output.choices:
        yield Unassessed(reason="response-malformed", detail="no answer of the model")
        return
    stop = sample.output.choices[0].stop_reason
    if stop in _STOPS:
        yield Unassessed(reason=_STOPS[stop], detail=f"stopped: {stop}")
    turns = [*sample.messages, sample.output.choices[0].message]
    if not any(_says(turn) for turn in turns if turn.role == "assistant"):
        yield Unassessed(reason="judge-undecided", detail=EMPTY_REPLY)
    scores = sample.scores or {}
    if any(scores[name].history for rule in rules.all if (name := rule.scorer(scores))):
        yield Unassessed(reason="judge-undecided", detail="the score was edited")


def _says(turn: Message) -> bool:
    return bool(turn.tool_calls) or bool(
        turn.content.strip() if isinstance(turn.content, str) else turn.content
    )


def _unscored(scores: Mapping[str, GivenScore], rules: ScoreRules) -> Unassessed:
    named = [name for rule in rules.all if (name := rule.scorer(scores))]
    if not named:
        return Unassessed(reason="judge-error", detail="no scorer of the rules gave a score")
    reason = scores[named[0]].reason
    if reason is not None:
        detail = f"unscored: {reason}" if reason in _UNSCORED else "unscored"
        return Unassessed(reason=_UNSCORED.get(reason, "judge-error"), detail=detail)
    if all(_is_nothing(rule.given(scores)) for rule in rules.all):
        return Unassessed(reason="judge-undecided", detail="unscored")
    return Unassessed(reason="judge-undecided", detail="no rule fits the score")


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
