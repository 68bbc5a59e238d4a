"""Comparisons: before against after without pairs, and rates pooled over unlike things."""

from collections.abc import Iterator
from typing import ClassVar

from shipworthy.records import METHOD, Finding, PairedFinding
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    Recorded,
    RecordFinding,
    RecordSeverity,
    found,
    number,
)
from shipworthy.vocabulary import Arm

_PAIRED_METRICS = frozenset({"asr", "over-refusal"})


class ComparisonWithoutPairs:
    """Finds arms that stand side by side without the table of what changed."""

    id: ClassVar[str] = "comparison-without-pairs"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "before and after without pairs"
    why: ClassVar[str] = "two rates side by side do not say what changed on the same scenarios"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield an error for a table that is missing or cut, a warning for one without pairs."""
        tables = {(one.metric, one.domain): one for one in recorded.paired}
        for before in recorded.findings:
            after = recorded.by_id.get(f"{before.metric}.{before.domain}.{Arm.SAFEGUARDED.value}")
            if before.arm is not Arm.BARE or after is None or before.metric not in _PAIRED_METRICS:
                continue
            if not before.rate.started or not after.rate.started:
                continue
            table = tables.get((before.metric, before.domain))
            if table is None:
                message = f"`{before.id}` and `{after.id}` have no paired finding"
                yield self._found(before, "error", message)
            elif fault := _cut(table, before):
                yield self._found(before, "error", fault)
            elif not _pairs(table):
                message = (
                    f"none of {table.unpaired} scenarios of `{table.id}` was assessed in both "
                    "arms: nothing is known about the difference"
                )
                yield self._found(before, "warning", message)

    def _found(self, before: Finding, severity: RecordSeverity, message: str) -> RecordFinding:
        return RecordFinding(
            rule=self.id,
            severity=severity,
            where=f"paired {before.metric}.{before.domain}",
            message=message,
            advice="draw the findings again from the trials of both arms",
        )


class PooledOverDomains:
    """Finds an attack success rate over all domains."""

    id: ClassVar[str] = "pooled-over-domains"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "a rate pooled over unlike domains"
    why: ClassVar[str] = "a mean over unlike things hides the worst of them"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such rate."""
        for finding in recorded.findings:
            if finding.metric == "asr" and finding.domain == "all":
                yield found(
                    self,
                    where=finding.id,
                    message=f"`{finding.id}` pools attacks on unlike domains",
                    advice="report every domain, the worst first",
                )


class PooledHidesDomain:
    """Finds a pooled rate whose interval excludes what one of its domains was shown to be."""

    id: ClassVar[str] = "pooled-hides-domain"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a pooled rate that hides a worse domain"
    why: ClassVar[str] = "the domain lies beyond the bound of the pooled rate, on the bad side"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such domain."""
        for finding in recorded.findings:
            pooled = recorded.by_id.get(f"{finding.metric}.all.{finding.id.rpartition('.')[2]}")
            if finding.domain == "all" or pooled is None or not _hidden(finding, pooled):
                continue
            yield found(
                self,
                where=finding.id,
                message=f"`{finding.id}` is worse than the bound of `{pooled.id}` allows",
                advice=f"read `{finding.id}`, not `{pooled.id}`, for that domain",
            )


def _pairs(table: PairedFinding) -> int:
    return table.both + table.before_only + table.after_only + table.neither


def _cut(table: PairedFinding, before: Finding) -> str:
    """Say how a table misses scenarios of the arm before, which all run in both arms."""
    bounds = before.bounds
    if bounds is None or bounds.method != METHOD:
        return ""
    covered = _pairs(table) + table.unpaired
    if covered == bounds.scenarios:
        return ""
    return f"paired `{table.id}` covers {covered} of {bounds.scenarios} scenarios"


def _hidden(finding: Finding, pooled: Finding) -> bool:
    if finding.bounds is None or pooled.bounds is None:
        return False
    if finding.metric == "over-refusal":
        worse, allowed = number(finding.bounds.lower), number(pooled.bounds.upper)
        return worse is not None and allowed is not None and worse > allowed
    if finding.metric == "usefulness":
        worse, allowed = number(finding.bounds.upper), number(pooled.bounds.lower)
        return worse is not None and allowed is not None and worse < allowed
    return False
