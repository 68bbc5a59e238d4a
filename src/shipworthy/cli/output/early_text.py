"""How the questions that may end a campaign early were decided, a line each."""

from collections.abc import Iterable, Iterator
from typing import Final

from shipworthy.records import Finding, SequentialFinding

_WORDS: Final = {
    "pass": "shown to be below",
    "fail": "shown not to be below",
    "not-shown": "not shown to be below",
    "continue": "open",
}


def early_lines(
    questions: Iterable[SequentialFinding], findings: Iterable[Finding]
) -> Iterator[str]:
    """Yield what was decided after how many scenarios, beside what one look would have taken.

    A pass on a finding that supports nothing good says so, with the reasons.
    """
    blockers = {finding.id: finding.blockers for finding in findings}
    for one in questions:
        counts = f"{one.successes:,} breached"
        if one.unassessed:
            counts += f", {one.unassessed:,} unassessed"
        yield (
            f"decided   {one.finding} {_WORDS[one.verdict]} {one.limit} after {one.scenarios:,} of "
            f"at most {one.cap:,} scenarios, {counts}; one look of that power: "
            f"{one.fixed_scenarios:,}"
        )
        if one.verdict == "pass" and blockers[one.finding]:
            yield f"          no go can rest on it: {'; '.join(blockers[one.finding])}"
