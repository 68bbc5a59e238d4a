"""The rules for records, in one place, and running them."""

from typing import Final

from shipworthy.stages.reporting.statistics_lint.recorded import (
    comparisons,
    contrasts,
    counts,
    intervals,
    requirements,
    stopping,
)
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    Recorded,
    RecordFinding,
    RecordRule,
)

RECORD_RULES: Final[tuple[RecordRule, ...]] = (
    intervals.IntervalWithoutWidth(),
    intervals.IntervalOutOfOrder(),
    intervals.UnregisteredAlpha(),
    intervals.WeakAlpha(),
    counts.RateWithoutBasis(),
    counts.AttemptsUnaccounted(),
    counts.ScenariosDoNotFit(),
    counts.AttemptsAsIndependent(),
    counts.DesignEffectAssumed(),
    counts.RatePerAttempt(),
    requirements.PointAsEvidence(),
    requirements.SignificanceAsEvidence(),
    requirements.ForecastAsEvidence(),
    requirements.CorrectedConjunction(),
    stopping.FixedBoundAfterLooks(),
    stopping.LooksBetweenRuns(),
    comparisons.ComparisonWithoutPairs(),
    comparisons.PooledOverDomains(),
    comparisons.PooledHidesDomain(),
    contrasts.ContrastWithoutTable(),
    contrasts.DifferenceOutOfReach(),
)


def lint_records(recorded: Recorded) -> tuple[RecordFinding, ...]:
    """Return what the rules find: errors first, then in the order of rules and records."""
    found = [finding for rule in RECORD_RULES for finding in rule.check(recorded)]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.severity != "error"))
