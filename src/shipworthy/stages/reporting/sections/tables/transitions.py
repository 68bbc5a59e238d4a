"""Tables of transitions: what changed between the arms on the same scenarios, and by which test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.records import ANYTIME_PAIRED_METHOD, PAIRED_METHOD, PairedFinding
from shipworthy.stages.reporting.claims import is_reduction, row_anchor
from shipworthy.stages.reporting.context import domain_words
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Inlines,
    Row,
    Table,
    listed,
    number_column,
    say,
)
from shipworthy.stages.reporting.sections.tables.rates import arm_words

_TRANSITIONS: Final = ("both", "before_only", "after_only", "neither", "unpaired")


@dataclass(frozen=True, slots=True)
class _Method:
    """How a paired method is named: in a caption, over its p-values, and in full."""

    caption: str
    p_value: str
    sentence: str


_METHODS: Final = {
    PAIRED_METHOD: _Method(
        "Tango's interval, McNemar's test with the mid-p value",
        "McNemar mid-p",
        "is Tango's score interval and McNemar's test with the mid-p value, for a number of "
        "scenarios that was fixed beforehand",
    ),
    ANYTIME_PAIRED_METHOD: _Method(
        "limits at any time, mixture against a fair coin",
        "p, fair coin",
        "subtracts limits of each arm that hold at any time, however early it ended, and tests "
        "the scenarios that changed by a mixture of likelihood ratios against a fair coin",
    ),
}


def transition_table(
    anchor: str, caption: str, event: str, paired: Sequence[PairedFinding]
) -> Table:
    """Return what changed between the arms on the same scenarios: worst domain first, pool last.

    The caption and the head of the p-values name the method; where domains differ in it, the
    column of methods does.
    """
    rows = sorted(paired, key=_worst_first)
    methods = tuple(dict.fromkeys(finding.method for finding in rows))
    heads = (f"{event} in both", "before only", f"newly {event}", "neither", "unpaired")
    return Table(
        anchor=anchor,
        caption=say(f"{caption}: {_caption(methods)}"),
        columns=(
            Column(words=say("Domain")),
            Column(words=say("After")),
            *(number_column(head) for head in heads),
            number_column("Difference"),
            number_column("Interval"),
            Column(words=say("Reduction")),
            number_column(_p_head(methods)),
            *((Column(words=say("Method")),) if len(methods) > 1 else ()),
        ),
        rows=tuple(_row(finding, rows[0], several=len(methods) > 1) for finding in rows),
        note=_note(rows[0], methods),
    )


def _worst_first(finding: PairedFinding) -> tuple[bool, int, float, str]:
    newly, gain = finding.after_only, float(finding.difference)
    return finding.domain == "all", -newly, gain, finding.id


def _caption(methods: tuple[str, ...]) -> str:
    known = _METHODS.get(methods[0])
    if known is None or len(methods) > 1:
        return "intervals and p-values by the method in the last column"
    return known.caption


def _p_head(methods: tuple[str, ...]) -> str:
    known = _METHODS.get(methods[0])
    return "p" if known is None or len(methods) > 1 else known.p_value


def _row(finding: PairedFinding, worst: PairedFinding, *, several: bool) -> Row:
    name = f"paired:{finding.id}"
    counts = [say(ClaimRef(id=f"{name}#{key}")) for key in _TRANSITIONS]
    if finding.after_only:
        counts[2] = say(ClaimRef(id=f"{name}#after_only"), " ", Emphasis(text="worse"))
    pooled = finding.domain == "all" and worst.domain != "all"
    return Row(
        anchor=row_anchor("paired", finding.id),
        cells=(
            say(
                domain_words(finding.domain),
                say(", worst: ", domain_words(worst.domain)) if pooled else (),
            ),
            arm_words(finding.after),
            *counts,
            say(ClaimRef(id=f"{name}#difference")),
            say(
                ClaimRef(id=f"{name}#difference_lower"),
                " to ",
                ClaimRef(id=f"{name}#difference_upper"),
            ),
            _reduction(finding),
            say(ClaimRef(id=f"{name}#p_midp")),
            *((say(Code(text=finding.method)),) if several else ()),
        ),
    )


def _reduction(finding: PairedFinding) -> Inlines:
    """Say by how many times the rate fell at least, or that no fall was shown."""
    claim = ClaimRef(id=f"paired:{finding.id}#ratio_upper")
    if finding.ratio_upper is None:
        return say("not shown to be fewer: no limit")
    if is_reduction(finding):
        return say("at least ", claim, " fewer")
    return say("not shown to be fewer: at most ", claim, " times as many")


def _note(example: PairedFinding, methods: tuple[str, ...]) -> Inlines:
    told = [
        say(Code(text=method), f" {_METHODS[method].sentence}")
        for method in methods
        if method in _METHODS
    ]
    return say(
        "Each pair is a scenario assessed in both arms, with the event when any of its trials "
        "had it. Difference is the share before minus the share after: "
        "positive means fewer events after. Intervals are two-sided at confidence ",
        ClaimRef(id=f"paired:{example.id}#confidence"),
        " and allow for unassessed scenarios. Reduction is the rate before divided by the rate "
        "after: at least so many times, one-sided at the level of each end of the interval. Where "
        "the rate before may be nothing, there is no limit. ",
        *(say(listed(told, "; "), ".") if told else ()),
    )
