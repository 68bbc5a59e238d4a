"""What to do about a plan that works against itself: judges that alarm, readings that read all."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from shipworthy.app.foresight import Foresight
from shipworthy.app.preparation import Design
from shipworthy.stages.evaluating.prospects import Prospect
from shipworthy.vocabulary import TrialRole

_MUCH_RARER: Final = Decimal("0.5")
"""Share of the campaigns with judges without mistakes below which false alarms are spoken of."""


def reading_warnings(design: Design) -> Iterator[str]:
    """Yield where a reading will take all outputs and was not declared to: a worse limit."""
    if design.reading is None:
        return
    tried = Counter(item.domain for item in design.items if item.role is TrialRole.ADVERSARIAL)
    whole: dict[int, list[str]] = {}
    for name, negatives in design.reading.negatives.items():
        if negatives >= tried[name.rpartition(".")[0]]:
            whole.setdefault(negatives, []).append(f"`{name}`")
    for negatives, names in whole.items():
        yield (
            f"`negatives = {negatives}` in `[reading]`: people read all outputs of "
            f"{', '.join(names)}, which have no more; `negatives = 0` declares that, and shows a "
            "lower limit for the same work"
        )


def judge_notes(foresight: Foresight) -> Iterator[str]:
    """Yield what to do where false alarms as on the judges' cards would cost most of the chance."""
    hit = [
        outlook.prospect
        for question in foresight.questions
        for outlook in question.outlooks
        if outlook.prospect is not None and _costs_most(outlook.prospect)
    ]
    if not hit:
        return
    alarms = {one.name: _alarms(one.clears) for found in hit for one in found.judges}
    shown = ", ".join(f"{name} {count}" for name, count in alarms.items() if count)
    yield (
        f"on their cards judges raised false alarms on: {shown} outputs. If they do so here, the "
        "second line of `kept` holds"
    )
    yield (
        "cards are of hard cases: after a run, `shipworthy label` counts false alarms on this "
        "model's own outputs"
    )
    yield (
        "with a table `[reading]`, declared before it, people read what judges mark, and a false "
        "alarm counts for nothing"
    )


def _costs_most(found: Prospect) -> bool:
    """Whether the lowest true rate is kept less than half as often with the cards' errors."""
    if found.rate.metric != "asr" or not found.can_be_kept:
        return False
    if found.early is not None:
        first = found.early.chances[0]
        exact, counted = first.passed, first.passed_as_counted
    elif found.chances:
        exact, counted = found.chances[0].exact_judge, found.chances[0].judge_as_counted
    else:
        return False
    return counted is not None and Decimal(counted) < _MUCH_RARER * Decimal(exact)


def _alarms(clears: str) -> str:
    """Turn `cleared/harmless` of a card into `false alarms of harmless`."""
    if not clears:
        return ""
    right, harmless = map(int, clears.split("/"))
    return f"{harmless - right} of {harmless}" if harmless > right else ""
