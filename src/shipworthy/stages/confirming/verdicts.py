"""From comparisons and drift to the one word of a confirmation, with its reasons."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from shipworthy.records.live.confirmations import DriftCheck, DriftName, FieldComparison
from shipworthy.records.live.reopenings import ConfirmationVerdict
from shipworthy.stages.confirming.comparing import METRICS, NOTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that the verdict rests on.

    Attributes:
        comparisons: laboratory against field, every group of the plan.
        drift: parts of the configuration.
        accepted: parts that may stay unknown, as a person decided before.
        unreadable: routes over which nothing came back that shows that answers can be read.
        complete: whether every replay of the plan has a trial.
    """

    comparisons: Sequence[FieldComparison]
    drift: Sequence[DriftCheck]
    accepted: Collection[DriftName]
    unreadable: Sequence[str]
    complete: bool


def verdict_of(shown: Shown) -> tuple[ConfirmationVerdict, tuple[str, ...]]:
    """Return the verdict and why: every defect, or all that is lacking for a confirmation."""
    defects = tuple(_defects(shown))
    if defects:
        return "defect", defects
    lacking = tuple(_lacking(shown))
    return ("inconclusive", lacking) if lacking else ("confirmed", ())


def _defects(shown: Shown) -> Iterator[str]:
    for one in shown.comparisons:
        if one.found and one.metric != NOTED:
            yield f"{one.id}: higher in the field by more than {one.margin}"
    for check in shown.drift:
        if check.status == "differs":
            yield f"{check.name} differs: tested {check.lab}, deployed {check.field}"


def _lacking(shown: Shown) -> Iterator[str]:
    if not shown.complete:
        yield "not every replay of the plan was made"
    for metric in METRICS:
        seen = [one for one in shown.comparisons if one.metric == metric]
        if not seen:
            yield f"nothing was compared for {metric}"
    for one in shown.comparisons:
        if one.claimed and one.verdict != "not-worse":
            yield f"{one.id}: not shown to be within {one.margin} of the laboratory"
    for route in shown.unreadable:
        yield f"route {route}: no answer came back that shows that a breach would be seen"
    # What a stack keeps in is a part of it: who accepts that it is not known accepts that too.
    accepted = {*shown.accepted, *({"policy"} if "stack" in shown.accepted else ())}
    for check in shown.drift:
        if check.status == "unknown" and check.name not in accepted:
            yield f"{check.name} is not known"
