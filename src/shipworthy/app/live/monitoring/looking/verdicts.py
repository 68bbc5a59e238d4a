"""What is known of one exchange after the monitor looked at it: a few bits and a score.

An exchange is clear only where something looked at it and nothing failed: an open recheck, a layer
that failed and content that no layer could read leave it unassessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from shipworthy.app.live.monitoring.looking.rechecking import Rechecked, failed, noticed
from shipworthy.records.live import ExchangeRecord, GuardVerdict
from shipworthy.vocabulary import LayerAction

NO_SCORE: Final = -(2**40)
"""Stands where no layer said a score; below every one that a probe gives."""

_SCORE: Final = re.compile(r"\bscore (-?[0-9]{1,15})\b")
_NONE: Final[frozenset[str]] = frozenset()


class Mark(IntFlag):
    """What is kept of an exchange in one number."""

    CONTENT = 1
    """What was said was kept by the log."""
    RECORDED = 2
    """A verdict was recorded when it happened."""
    RECORDED_CLEAR = 4
    RECORDED_DETECTED = 8
    RECORDED_ERRORED = 16
    RECHECKED = 32
    """The engine looked at it again, and nobody was left unasked."""
    DETECTED = 64
    """On recheck some layer noticed something."""
    ERRORED = 128
    """On recheck some layer failed."""
    DISAGREED = 256
    """The recorded verdict is another one."""
    OTHER_ENGINE = 512
    """The recorded verdict is of another stack."""
    MEDIA = 1024
    """It held parts that no layer could read."""
    REFUSED = 2048
    """It reached no layer: a policy of the gateway did not let it in."""
    PROBE = 4096
    """A sealed probe: counted in no rate of traffic, drawn for nobody."""
    UNANSWERED = 8192
    """It failed before any of an answer: a layer that is unknown here was not asked."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the monitor keeps of one exchange.

    `detected`, `errored` and `unknown` are names of layers: those that noticed something, those
    that failed, and those of which it is not known what they said. `marks` are those of `Mark`;
    `score` is the highest that a layer gave, in its own unit: only its order means something.
    """

    marks: int
    detected: frozenset[str]
    errored: frozenset[str]
    unknown: frozenset[str]
    score: int


def assess(
    record: ExchangeRecord, again: Rechecked | None, digest: str, layers: frozenset[str]
) -> Assessment:
    """Put together what was recorded and what the recheck says; the recheck counts where it is.

    `digest` is that of the stack that is deployed, `layers` are the names of its layers.
    """
    verdict = record.verdict
    marks = (CONTENT if record.content else 0) | (MEDIA if record.media else 0)
    if was_refused(record):
        return Assessment(marks | REFUSED, _NONE, _NONE, _NONE, NO_SCORE)
    was_detected, was_errored = noticed(verdict.actions), failed(verdict.actions)
    recorded = bool(verdict.engine or verdict.actions)
    unknown = _NONE
    if recorded:
        marks |= _recorded_marks(verdict, digest, was_detected, was_errored)
        marks |= UNANSWERED if _was_unanswered(record) else 0
    if again is None or again.open:
        unknown = _unknown(verdict, digest, layers) if recorded else layers
        return Assessment(marks, was_detected, was_errored, unknown, _score(verdict.actions))
    detected, errored = noticed(again.actions), failed(again.actions)
    if marks & UNANSWERED:
        unknown = _unknown(verdict, digest, layers) - detected - errored
    marks |= RECHECKED | (DETECTED if detected else 0) | (ERRORED if errored else 0)
    if recorded and (detected != was_detected or errored != was_errored):
        marks |= DISAGREED
    return Assessment(marks, detected, errored, unknown, _score(again.actions))


# Plain numbers: operations on flags cost more than a whole recheck may.
CONTENT: Final = int(Mark.CONTENT)
RECORDED: Final = int(Mark.RECORDED)
RECORDED_CLEAR: Final = int(Mark.RECORDED_CLEAR)
RECHECKED: Final = int(Mark.RECHECKED)
DETECTED: Final = int(Mark.DETECTED)
ERRORED: Final = int(Mark.ERRORED)
DISAGREED: Final = int(Mark.DISAGREED)
OTHER_ENGINE: Final = int(Mark.OTHER_ENGINE)
MEDIA: Final = int(Mark.MEDIA)
REFUSED: Final = int(Mark.REFUSED)
PROBE: Final = int(Mark.PROBE)
UNANSWERED: Final = int(Mark.UNANSWERED)


def was_refused(record: ExchangeRecord) -> bool:
    """Say whether an exchange reached no layer, by all that its record holds.

    A refusal has no answer, no content and no layer that did anything. A record that says it was
    refused and holds one of these is looked at like every other.
    """
    verdict = record.verdict
    spoke = bool(record.content or record.reply or verdict.actions)
    return verdict.enforced == "refused" and not spoke


def _was_unanswered(record: ExchangeRecord) -> bool:
    """Say whether an exchange failed before the model said anything, by all that its record holds.

    Looked at again, an empty answer is clear: an hour without the model's server would show a band
    to be kept. Nothing can have left either, so it is no sign that a rate has risen.
    """
    verdict = record.verdict
    said = any(one.text or one.reasoning or one.tool_calls for one in record.content)
    return verdict.enforced == "failed" and not (verdict.left or record.reply or said)


def _recorded_marks(
    verdict: GuardVerdict, digest: str, detected: frozenset[str], errored: frozenset[str]
) -> int:
    marks = RECORDED
    if detected:
        marks |= Mark.RECORDED_DETECTED.value
    if errored:
        marks |= Mark.RECORDED_ERRORED.value
    if not detected and not errored and verdict.enforced in {"released", "rewritten"}:
        marks |= RECORDED_CLEAR
    return marks if verdict.engine == digest else marks | OTHER_ENGINE


def _unknown(verdict: GuardVerdict, digest: str, layers: frozenset[str]) -> frozenset[str]:
    """Return the layers of which a recorded verdict does not say what they would have said.

    A layer behind one that withheld was not asked, and that is known; after a failure it is not.
    Where the model gave no answer, layers that look at answers have said nothing. Every layer that
    was asked says so, so one that is not named was not there; and what a layer of another stack
    said is not what this one says, though both have one name.
    """
    if verdict.engine and verdict.engine != digest:
        return layers
    withheld = any(act.action == "withheld" for act in verdict.actions)
    if withheld and verdict.enforced != "failed":
        return _NONE
    return layers - {act.layer for act in verdict.actions}


def _score(actions: Sequence[LayerAction]) -> int:
    """Return the highest score that the layers' details say."""
    best = NO_SCORE
    for act in actions:
        # Most details are empty; looking for the word first is a tenth of the cost of matching.
        if "score " in act.detail and (found := _SCORE.search(act.detail)):
            best = max(best, int(found[1]))
    return best
