"""Comparing a result that somebody gave with the same test done again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    Record,
    read_bounded,
    read_record,
    system_reason,
)
from shipworthy.records.risks.controls import ControlEvaluation

K = TypeVar("K", bound=Record)

LARGEST_RESULT: Final = 256 * 1024 * 1024
"""Bytes."""


class ControlResult(Record, frozen=True, kw_only=True):
    """What `shipworthy control test --to FILE` writes: the evaluation and its digest."""

    digest: Digest
    evaluation: ControlEvaluation


def read_result(path: Path) -> ControlResult:
    """Read a result.

    Raises:
        Problem: as `read_written`.
    """
    return read_written(
        path,
        ControlResult,
        "result",
        "give a file that `shipworthy control test --to FILE` wrote",
    )


def read_written(path: Path, kind: type[K], what: str, advice: str) -> K:
    """Read a record that a program wrote; `what` names it, `advice` says what to give instead.

    Raises:
        Problem: `control-file-unreadable`, or `record-invalid`.
    """
    try:
        data = read_bounded(path, LARGEST_RESULT)
    except OSError as error:
        raise Problem.of(
            "control-file-unreadable",
            f"cannot read the {what}: {system_reason(error)}",
            location=Location(str(path)),
            help=advice,
        ) from None
    return read_record(data, kind, str(path))


def differences(given: ControlResult, again: ControlEvaluation) -> Iterator[str]:
    """Say where a result is not what the same test gives: its digest, then part by part."""
    if given.digest != given.evaluation.digest:
        yield "digest: it is not that of the evaluation beside it"
    for field in msgspec.structs.fields(ControlEvaluation):
        then: Any = getattr(given.evaluation, field.name)
        now: Any = getattr(again, field.name)
        if then != now:
            yield f"{field.name}: {_first(then, now)}"


def _first(then: Any, now: Any) -> str:
    if isinstance(then, tuple) and isinstance(now, tuple):
        if len(then) != len(now):
            return f"{len(then)} given, {len(now)} found"
        at = next(index for index, (a, b) in enumerate(zip(then, now, strict=True)) if a != b)
        differing = sum(a != b for a, b in zip(then, now, strict=True))
        return f"{differing} of {len(then)} differ, the first is {_name(then[at])}"
    return "not the same"


def _name(item: Any) -> str:
    for key in ("id", "trajectory", "name", "stack"):
        if hasattr(item, key):
            return f"`{getattr(item, key)}`"
    return f"`{item}`"
