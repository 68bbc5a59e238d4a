"""Looks: bounds for a number of scenarios fixed beforehand, read where somebody could stop."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.records import METHOD, PAIRED_METHOD
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    Recorded,
    RecordFinding,
    RecordSeverity,
    found,
)


class FixedBoundAfterLooks:
    """Finds bounds for one look on a domain that was decided after every scenario."""

    id: ClassVar[str] = "fixed-bound-after-looks"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "a bound for one look where there were many"
    why: ClassVar[str] = (
        "read after every scenario, such a bound is wrong far more often than its level says"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such bound and table."""
        for finding in recorded.findings:
            bounds = finding.bounds
            if bounds and bounds.method == METHOD and recorded.may_end_early(finding):
                yield self._found(finding.id, f"the bounds of `{finding.id}` are", METHOD)
        for paired in recorded.paired:
            sequential = paired.domain in recorded.sequential
            pooled = paired.domain == "all" and bool(recorded.sequential)
            fixed = paired.method == PAIRED_METHOD
            if paired.metric == "asr" and fixed and (sequential or pooled):
                where = f"paired {paired.id}"
                yield self._found(where, f"`{where}` is", PAIRED_METHOD)

    def _found(self, where: str, what: str, method: str) -> RecordFinding:
        return found(
            self,
            where=where,
            message=f"{what} by `{method}`, though the campaign could end after any scenario",
            advice="use limits that hold at every look",
        )


class LooksBetweenRuns:
    """Finds bounds for one look on a campaign of several runs.

    The record shows how many runs there were, not who looked at what between them. All planned
    attempts ran (`attempts-unaccounted` fails otherwise), so no look changed their number here.
    What no record of one campaign shows is another that was given up after a look.
    """

    id: ClassVar[str] = "looks-between-runs"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "several runs under bounds for one look"
    why: ClassVar[str] = (
        "between runs somebody could look and give a campaign up; this one ran all that was "
        "planned, so its bounds hold, but one that was given up leaves no report"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield at most one finding, for the campaign."""
        fixed = any(one.bounds and one.bounds.method == METHOD for one in recorded.findings)
        if recorded.runs > 1 and fixed:
            yield found(
                self,
                where="campaign",
                message=f"the campaign took {recorded.runs} runs, and its bounds are for one look",
                advice="list every campaign that was started; to stop early, register when",
            )
