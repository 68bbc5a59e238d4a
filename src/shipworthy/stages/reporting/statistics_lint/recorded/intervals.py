"""Intervals that cannot be, and bounds at a level that nobody registered or accepts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Final

from shipworthy.records import PAIRED_METHOD, Finding, PairedFinding
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    REDRAW,
    Recorded,
    RecordFinding,
    RecordSeverity,
    found,
    number,
)

_SLACK: Final = Decimal("0.000001")
"""Recorded limits are rounded outwards to six digits, the observed rate is exact."""


class IntervalWithoutWidth:
    """Finds intervals whose limits are equal."""

    id: ClassVar[str] = "interval-without-width"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "an interval without width"
    why: ClassVar[str] = "it claims a certainty that no finite sample gives"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such interval."""
        for where, lower, upper in _intervals(recorded):
            if number(lower) is not None and number(lower) == number(upper):
                yield found(
                    self,
                    where=where,
                    message=f"the interval of `{where}` runs from {lower} to {upper}",
                    advice=REDRAW,
                )


class IntervalOutOfOrder:
    """Finds limits that are no numbers, out of range, in the wrong order or beside the rate."""

    id: ClassVar[str] = "interval-out-of-order"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "limits that cannot belong together"
    why: ClassVar[str] = "whatever is read from them was not computed from these counts"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such interval."""
        for finding in recorded.findings:
            if fault := _fault(finding):
                yield self._found(finding.id, fault)
        for paired in recorded.paired:
            if fault := _paired_fault(paired):
                yield self._found(f"paired {paired.id}", fault)

    def _found(self, where: str, fault: str) -> RecordFinding:
        return found(
            self,
            where=where,
            message=f"`{where}`: {fault}",
            advice=REDRAW,
        )


class UnregisteredAlpha:
    """Finds bounds at a level other than that of the plan."""

    id: ClassVar[str] = "unregistered-alpha"
    severity: ClassVar[RecordSeverity] = "error"
    title: ClassVar[str] = "a bound at a level that the plan did not register"
    why: ClassVar[str] = "a level chosen after the outcomes is no error level"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such bound."""
        registered = {number(level) for level in recorded.levels}
        for finding in recorded.findings:
            if finding.bounds and number(finding.bounds.alpha) not in registered:
                yield found(
                    self,
                    where=finding.id,
                    message=(
                        f"the bounds of `{finding.id}` are at alpha {finding.bounds.alpha}, the "
                        f"plan registered {', '.join(dict.fromkeys(recorded.levels))}"
                    ),
                    advice=f"{REDRAW}, at the level of the plan",
                )


class WeakAlpha:
    """Finds bounds at a level weaker than the framework accepts."""

    id: ClassVar[str] = "weak-alpha"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a bound at a level weaker than the framework accepts"
    why: ClassVar[str] = "no requirement is kept by such a bound, however low it is"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such bound."""
        accepted = number(recorded.rulebook.alpha)
        for finding in recorded.findings:
            level = number(finding.bounds.alpha) if finding.bounds else None
            if level is not None and accepted is not None and level > accepted:
                yield found(
                    self,
                    where=finding.id,
                    message=(
                        f"the bounds of `{finding.id}` are at alpha {level:f}, the framework "
                        f"accepts up to {recorded.rulebook.alpha}"
                    ),
                    advice="plan the campaign at the level of the framework",
                )


def _intervals(recorded: Recorded) -> Iterator[tuple[str, str, str]]:
    for finding in recorded.findings:
        if finding.bounds:
            yield finding.id, finding.bounds.lower, finding.bounds.upper
    for paired in recorded.paired:
        yield f"paired {paired.id}", paired.difference_lower, paired.difference_upper


def _fault(finding: Finding) -> str:
    bounds = finding.bounds
    if bounds is None:
        return ""
    lower, upper, adjusted = map(number, (bounds.lower, bounds.upper, bounds.upper_adjusted))
    if lower is None or upper is None or adjusted is None:
        return f"a limit of {bounds.lower}, {bounds.upper}, {bounds.upper_adjusted} is no number"
    if not 0 <= lower <= upper <= adjusted <= 1:
        return (
            f"lower {lower:f}, upper {upper:f} and upper with the judge's misses {adjusted:f} do "
            "not ascend from 0 to 1"
        )
    rate = finding.rate
    # a sequential stream may be read at a look before its end, so its limits are not the last ones;
    # where people read, the rate is the judge's and the limits are theirs; those of a mean tilt are
    # none of the share of tilted topics
    if rate.attempts and not bounds.method.startswith(("sequential", "two-phase", "topic")):
        point = Decimal(rate.successes) / Decimal(rate.attempts)
        if not lower - _SLACK <= point <= upper + _SLACK:
            return (
                f"{rate.successes} of {rate.attempts} does not lie between {lower:f} and {upper:f}"
            )
    return ""


def _paired_fault(paired: PairedFinding) -> str:
    limits = (paired.difference_lower, paired.difference, paired.difference_upper)
    lower, point, upper = map(number, limits)
    if lower is None or point is None or upper is None:
        return f"a number of {', '.join(limits)} is none"
    if not -1 <= lower <= upper <= 1:
        return f"the difference runs from {lower:f} to {upper:f}"
    if not lower - _SLACK <= point <= upper + _SLACK:
        return f"the difference {point:f} does not lie between {lower:f} and {upper:f}"
    return _ratio_fault(paired)


def _ratio_fault(paired: PairedFinding) -> str:
    """Say how the limit of a fall contradicts the pairs that were seen."""
    if paired.ratio_upper is None:
        return ""
    limit = number(paired.ratio_upper)
    if limit is None or limit <= 0:
        return f"the ratio of the rates has a limit of {paired.ratio_upper}"
    before = paired.both + paired.before_only
    seen = Decimal(paired.both + paired.after_only) / before if before else None
    # arms that end early have limits of their own, whatever the pairs say
    if paired.method == PAIRED_METHOD and (seen is None or limit < seen - _SLACK):
        shown = "undefined" if seen is None else f"{seen:.6f}"
        return f"the ratio of the rates is at most {limit:f}, and {shown} was seen"
    return ""
