"""Before against after, scenario by scenario: the transition table and its tests."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shipworthy.kernel import Digest, decimal_string
from shipworthy.records import ANYTIME_PAIRED_METHOD, PAIRED_METHOD, Metric, PairedFinding
from shipworthy.stages.evaluating.aggregation import PairTable
from shipworthy.stages.evaluating.stopping import Stopping, paired_limits
from shipworthy.statistics import (
    PairedTable,
    mcnemar_exact,
    mcnemar_midp,
    paired_with_unassessed,
    relative_reduction_upper,
    tango_interval_with_unassessed,
)
from shipworthy.statistics.sequential.decimals import floor_decimal
from shipworthy.vocabulary import Arm

PAIRED_CONFIDENCE: Final = 0.95


def paired_finding(
    of: tuple[Metric, str], pairs: PairTable, plan: Digest, stopping: Stopping
) -> PairedFinding:
    """Return the comparison of both arms on the scenarios of a metric and domain."""
    metric, domain = of
    followed = metric == "asr" and stopping.follows(domain)
    counts, unpaired = pairs.transitions(stopping.compared(domain) if followed else None)
    table = PairedTable(
        both=counts[True, True],
        before_only=counts[True, False],
        after_only=counts[False, True],
        neither=counts[False, False],
    )
    measured = (
        _compare_at_any_time(table, domain, stopping) if followed else _compare(table, unpaired)
    )
    return PairedFinding(
        id=f"{metric}.{domain}",
        metric=metric,
        domain=domain,
        before=Arm.BARE,
        after=Arm.SAFEGUARDED,
        both=table.both,
        before_only=table.before_only,
        after_only=table.after_only,
        neither=table.neither,
        unpaired=unpaired,
        confidence=str(PAIRED_CONFIDENCE),
        difference=decimal_string(table.difference if table.pairs else 0.0),
        difference_lower=measured.lower,
        difference_upper=measured.upper,
        p_exact=measured.p_exact,
        p_midp=measured.p_midp,
        plan=plan,
        method=measured.method,
        ratio_upper=measured.ratio_upper,
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """What is shown of a difference, by which method."""

    method: str
    lower: str
    upper: str
    p_exact: str
    p_midp: str
    ratio_upper: str | None


def _compare(table: PairedTable, unpaired: int) -> _Compared:
    lower, upper, exact, midp = -1.0, 1.0, 1.0, 1.0
    ratio = None
    if table.pairs:
        interval = tango_interval_with_unassessed(table, unpaired, PAIRED_CONFIDENCE)
        lower, upper = interval.lower, interval.upper
        exact, midp = mcnemar_exact(table), mcnemar_midp(table)
        worst = paired_with_unassessed(table, unpaired).least_reduction
        ratio = relative_reduction_upper(worst, 0.5 + 0.5 * PAIRED_CONFIDENCE)
    return _Compared(
        method=PAIRED_METHOD,
        lower=decimal_string(lower, "down"),
        upper=decimal_string(upper, "up"),
        p_exact=decimal_string(exact, "up"),
        p_midp=decimal_string(midp, "up"),
        ratio_upper=None if ratio is None else decimal_string(ratio, "up"),
    )


def _compare_at_any_time(table: PairedTable, domain: str, stopping: Stopping) -> _Compared:
    """Compare arms whose ends depend on what was seen (`spec/sequential.md`, 9.9)."""
    limits = paired_limits(
        stopping.ending(domain, Arm.BARE.value),
        stopping.ending(domain, Arm.SAFEGUARDED.value),
        table,
        floor_decimal((1 - Fraction(str(PAIRED_CONFIDENCE))) / 4),
    )
    return _Compared(
        method=ANYTIME_PAIRED_METHOD,
        lower=limits.lower,
        upper=limits.upper,
        p_exact=limits.p_value,
        p_midp=limits.p_value,
        ratio_upper=limits.ratio_upper,
    )
