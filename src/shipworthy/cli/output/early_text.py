"""How the questions that may end a campaign early were decided, a line each."""

from collections.abc import Iterable, Iterator
from typing import Final

from shipworthy.records import SequentialFinding

_WORDS: Final = {
    "pass": "shown to be below",
    "fail": "shown not to be below",
    "not-shown": "not shown to be below",
    "continue": "open",
}


def early_lines(questions: Iterable[SequentialFinding]) -> Iterator[str]:
    """Yield what was decided after how many scenarios, beside what one look would have taken."""
    for one in questions:
        counts = f"{one.successes:,} breached"
        if one.unassessed:
            counts += f", {one.unassessed:,} unassessed"
        yield (
            f"decided   {one.finding} {_WORDS[one.verdict]} {one.limit} after {one.scenarios:,} of "
            f"at most {one.cap:,} scenarios, {counts}; one look of that power: "
            f"{one.fixed_scenarios:,}"
        )
