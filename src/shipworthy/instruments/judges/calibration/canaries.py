"""Canaries: the labelled items that come with the product, and what each judge said of them.

The answers are stored, not computed when a campaign is planned: a judge that drifted would
otherwise agree with itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from shipworthy.instruments.judges.calibration.labelled import (
    LabelledItem,
    LabelledSet,
    built_in_set,
)
from shipworthy.instruments.judges.judge import JUDGES, Judge
from shipworthy.kernel import (
    Digest,
    ExitCode,
    Location,
    Problem,
    Record,
    digest_of,
    read_record,
)
from shipworthy.records import AnswerKey, CanaryReply, KeyedItem, KeyedReply

_REPLIES: Final[Mapping[str, KeyedReply]] = {"y": "yes", "n": "no", "u": "undecided"}
"""What the letters of stored answers stand for: the first of each reply."""


class StoredAnswers(Record, frozen=True, kw_only=True):
    """What one version of a judge said of a labelled set: a letter an item, in the set's order."""

    judge: str
    judge_version: str
    labelled_set_digest: Digest
    answers: str


class AnswerFile(Record, frozen=True, kw_only=True):
    """All stored answers."""

    answers: tuple[StoredAnswers, ...]


@dataclass(frozen=True, slots=True)
class CanarySet:
    """The answer key of a judge, and the items by their digests."""

    key: AnswerKey
    items: Mapping[Digest, LabelledItem]


def answer_of(judge: Judge, item: LabelledItem) -> CanaryReply:
    """Put an item to a judge; one that raises an error has answered wrongly, no more."""
    try:
        reached = judge.decide(item.check, item.reply)
    except Exception:  # noqa: BLE001 - a judge from elsewhere may raise anything
        return "error"
    if reached is None:
        return "undecided"
    return "yes" if reached else "no"


def compute_answers() -> tuple[StoredAnswers, ...]:
    """Compute what every judge says of its built-in set; stored answers are compared with it.

    Raises:
        ValueError: a judge raises an error on an item of its set.
    """
    return tuple(_computed(judge, built_in_set(name)) for name, judge in JUDGES.items())


def _computed(judge: Judge, labelled: LabelledSet) -> StoredAnswers:
    replies = [answer_of(judge, item) for item in labelled.items]
    if "error" in replies:
        raise ValueError(f"judge `{judge.name}` raises an error on its labelled set")
    return StoredAnswers(
        judge=judge.name,
        judge_version=judge.version,
        labelled_set_digest=labelled.digest,
        answers="".join(reply[0] for reply in replies),
    )


def stored_answers() -> tuple[StoredAnswers, ...]:
    """Return the answers stored with the product."""
    path = Path(__file__).parent / "answers.json"
    return read_record(path.read_bytes(), AnswerFile, path.name).answers


@lru_cache
def canaries_of(judge: str) -> CanarySet:
    """Return the canaries of a judge: all items of its built-in set, with the stored answers.

    Raises:
        Problem: `judge-unknown`, or `canaries-altered` (integrity) when the installed set is not
            the one whose answers are stored.
    """
    labelled = built_in_set(judge)
    stored = next((one for one in stored_answers() if one.judge == judge), None)
    if stored is None or stored.labelled_set_digest != labelled.digest:
        raise Problem.of(
            "canaries-altered",
            f"the labelled set of judge `{judge}` is not the one whose answers are stored",
            location=Location(labelled.name),
            help="install the package again; a new set needs answers and cards of its own",
            exit_code=ExitCode.INTEGRITY,
        )
    items = {digest_of(item): item for item in labelled.items}
    keyed = [
        KeyedItem(item=digest, positive=item.positive, answer=_REPLIES[letter])
        for (digest, item), letter in zip(items.items(), stored.answers, strict=True)
    ]
    key = AnswerKey(
        judge=judge,
        judge_version=stored.judge_version,
        labelled_set=labelled.name,
        labelled_set_digest=labelled.digest,
        items=tuple(sorted(keyed, key=lambda one: one.item)),
    )
    return CanarySet(key, items)
