"""Building a report: sections in their order, every claim resolved, everything checked."""

from collections.abc import Callable, Sequence
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.stages.reporting.checks import (
    check_anchors,
    check_records,
    check_section,
    claim_ids,
    cleaned,
)
from shipworthy.stages.reporting.claims import ClaimBook, derivation
from shipworthy.stages.reporting.context import Context
from shipworthy.stages.reporting.document import (
    SCHEMA,
    Code,
    Document,
    Evidence,
    Quote,
    Section,
    say,
)
from shipworthy.stages.reporting.inputs import ReportInput
from shipworthy.stages.reporting.sections import (
    appendix,
    check,
    decision,
    framework,
    limitations,
    live,
    results,
    risks,
    subject,
    submission,
    summary,
)
from shipworthy.stages.reporting.sections.battery import PARTS, controls

SectionBuilder = Callable[[Context], Section | None]
"""Returns a section, or None where the records have nothing of what it is about."""

SECTION_IDS: Final = (
    "summary",
    "subject",
    "framework",
    "risks",
    "submission",
    "results",
    "benign",
    "trust",
    "controls",
    "decision",
    "live",
    "limitations",
    "check",
    "appendix",
)
"""The sections that every report has, in this order; others may stand between them."""

SECTIONS: Final[tuple[SectionBuilder, ...]] = (
    summary.build,
    subject.build,
    framework.build,
    risks.build,
    submission.build,
    results.build,
    *(part.build for part in PARTS),
    controls.build,
    decision.build,
    live.build,
    limitations.build,
    check.build,
    appendix.build,
)


def build_report(report: ReportInput, sections: Sequence[SectionBuilder] = SECTIONS) -> Document:
    """Build the document of a report.

    Raises:
        Problem: `report-mismatch` when the records do not belong together, `report-section` when
            a section is missing, `report-number` for a number without evidence, `report-claim`
            for a claim that no record gives.
    """
    check_records(report)
    book = ClaimBook(report)
    context = Context(report=report, book=book)
    built = tuple(section for builder in sections if (section := builder(context)))
    _check_order([section.id for section in built])
    for section in built:
        check_section(section)
    document = Document(
        schema=SCHEMA,
        generator=report.generator,
        generated_at=report.generated_at,
        title=say(Quote(text=report.plan.subject.name, source="plan")),
        subtitle=say(
            "for deployment as ",
            Code(text=report.plan.deployment),
            " under ",
            Quote(text=report.rulebook.title, source="rulebook"),
            " ",
            Code(text=report.rulebook.version),
        ),
        sections=built,
        evidence=_evidence(built, book),
    )
    check_anchors(document)
    return cleaned(document)


def _evidence(sections: tuple[Section, ...], book: ClaimBook) -> tuple[Evidence, ...]:
    """Resolve every claim that a section shows."""
    owners: dict[str, str] = {}
    for section in sections:
        for claim_id in claim_ids(section):
            owners.setdefault(claim_id, section.id)
    return tuple(
        Evidence(claim=book.claim(claim_id, owner), derivation=derivation(claim_id))
        for claim_id, owner in sorted(owners.items())
    )


def _check_order(ids: list[str]) -> None:
    required = [name for name in ids if name in SECTION_IDS]
    if tuple(required) != SECTION_IDS:
        missing = [name for name in SECTION_IDS if name not in ids]
        what = f"lacks section `{missing[0]}`" if missing else "has its sections out of order"
        raise Problem.of(
            "report-section",
            f"the report {what}",
            help=f"the order is {', '.join(f'`{name}`' for name in SECTION_IDS)}",
        )
