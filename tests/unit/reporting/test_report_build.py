"""Building: a loose number, a missing section or foreign records stop the report."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem
from shipworthy.stages.reporting import (
    SECTION_IDS,
    SECTIONS,
    ClaimBook,
    Context,
    Section,
    build_report,
)
from shipworthy.stages.reporting.charts import ForestPlot
from shipworthy.stages.reporting.checks import claim_ids, clean_text
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Column,
    Emphasis,
    Figure,
    Link,
    Moment,
    Paragraph,
    Quote,
    Row,
    Table,
    Text,
    paragraph,
    say,
)
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report


def _built_with(*blocks):
    def extra(context):
        return Section(id="extra", title="Extra", blocks=blocks)

    return build_report(small_report(), (*SECTIONS, extra))


@pytest.mark.parametrize(
    "words",
    [
        say("a rate of 3 per cent"),
        say(Emphasis(text="half is ½")),
        say(Link(text="section 4", target="#results")),
        say("٣ in Arabic digits"),
    ],
)
def test_a_number_without_evidence_is_refused_by_section(words):
    with pytest.raises(Problem, match=r"section `extra` has a number without evidence"):
        _built_with(Paragraph(words=words))


def test_a_number_in_a_section_title_is_refused():
    def extra(context):
        return Section(id="extra", title="All 7 domains", blocks=())

    with pytest.raises(Problem, match="number without evidence"):
        build_report(small_report(), (*SECTIONS, extra))


def test_a_number_in_a_figure_description_is_refused():
    plot = ForestPlot(title="Rates", description="7 rows", rows=())
    figure = Figure(anchor="f", chart=plot, caption=say("Rates"), table="results-rates")

    with pytest.raises(Problem, match="number without evidence"):
        _built_with(figure)


def test_names_dates_and_quoted_words_may_hold_digits():
    document = _built_with(
        paragraph(
            Code(text="Q4_0"),
            Moment(at="2026-11-22T05:04:03Z"),
            Quote(text="below 5 %", source="rulebook"),
            ClaimRef(id="plan#items"),
        )
    )

    assert document.sections[-1].id == "extra"


def test_a_claim_that_no_record_gives_is_refused_by_section():
    with pytest.raises(Problem, match="section `extra` shows claim `finding:nothing#upper`"):
        _built_with(paragraph(ClaimRef(id="finding:nothing#upper")))


@pytest.mark.parametrize("missing", SECTION_IDS)
def test_a_report_without_one_of_its_sections_is_refused(missing):
    context = Context(report=small_report(), book=ClaimBook(small_report()))
    kept = tuple(
        builder
        for builder in SECTIONS
        if (section := builder(context)) is not None and section.id != missing
    )

    with pytest.raises(Problem, match=f"lacks section `{missing}`"):
        build_report(small_report(), kept)


def test_sections_out_of_order_are_refused():
    with pytest.raises(Problem, match="out of order"):
        build_report(small_report(), SECTIONS[::-1])


def test_a_link_out_of_the_report_is_refused():
    with pytest.raises(Problem, match="outside of the report"):
        _built_with(paragraph(Link(text="elsewhere", target="https://example.org/")))


def test_a_table_without_rows_is_refused():
    table = Table(anchor="t", caption=say("Nothing"), columns=(Column(words=say("A")),), rows=())

    with pytest.raises(Problem, match="has no rows"):
        _built_with(table)


def test_a_row_that_does_not_match_the_columns_is_refused():
    row = Row(cells=(say("one"), say("too many")))
    table = Table(anchor="t", caption=say("T"), columns=(Column(words=say("A")),), rows=(row,))

    with pytest.raises(Problem, match="do not match"):
        _built_with(table)


def test_an_anchor_that_occurs_twice_is_refused():
    row = Row(cells=(say("one"),), anchor="results-rates")
    table = Table(anchor="t", caption=say("T"), columns=(Column(words=say("A")),), rows=(row,))

    with pytest.raises(Problem, match="`results-rates` occurs twice"):
        _built_with(table)


def test_a_figure_without_its_table_is_refused():
    plot = ForestPlot(title="Rates", description="Rows", rows=())
    figure = Figure(anchor="f", chart=plot, caption=say("Rates"), table="nowhere")

    with pytest.raises(Problem, match="names table `nowhere`"):
        _built_with(figure)


def _replaced(report, **changes):
    return msgspec.structs.replace(report, **changes)


def test_a_finding_of_another_plan_is_refused():
    report = small_report()
    stranger = msgspec.structs.replace(report.findings[0], plan="sha256:" + "0" * 64)

    with pytest.raises(Problem, match="another plan"):
        build_report(_replaced(report, findings=(stranger, *report.findings[1:])))


def test_a_decision_about_another_subject_is_refused():
    report = small_report()
    decision = msgspec.structs.replace(report.decision, subject="sha256:" + "0" * 64)

    with pytest.raises(Problem, match="another plan"):
        build_report(_replaced(report, decision=decision))


def test_a_decision_under_another_rulebook_is_refused():
    report = small_report()
    rulebook = msgspec.structs.replace(report.rulebook, version="2.0")

    with pytest.raises(Problem, match="another rulebook"):
        build_report(_replaced(report, rulebook=rulebook))


def test_a_signature_over_another_draft_is_refused():
    report = example_report()
    note = msgspec.structs.replace(report.signoffs[0], decision="sha256:" + "0" * 64)

    with pytest.raises(Problem, match="over another draft"):
        build_report(_replaced(report, signoffs=(note,)))


def test_the_evidence_index_holds_exactly_the_claims_that_are_shown():
    document = build_report(example_report())

    assert [entry.claim.id for entry in document.evidence] == sorted(
        set(claim_ids(document.sections))
    )


def test_the_same_records_give_the_same_document():
    assert build_report(example_report()) == build_report(example_report())


def test_a_campaign_without_any_finding_still_gives_a_report():
    report = _replaced(
        small_report(), findings=(), paired=(), cells=(), cards=(), newly_breached=()
    )

    document = build_report(report)

    assert tuple(section.id for section in document.sections) == SECTION_IDS


@given(st.text())
def test_cleaned_text_holds_nothing_that_hides_or_reorders(text):
    cleaned = clean_text(text)

    assert all(
        unicodedata.category(letter) not in {"Cc", "Cs"} or letter in "\n\t" for letter in cleaned
    )
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_cleaning_keeps_ordinary_text(text):
    assert clean_text(text) == text


def test_bidi_and_control_characters_are_stripped_from_the_whole_document():
    report = small_report()
    subject = msgspec.structs.replace(report.plan.subject, name="model \u202egpj.exe\x1b[31m")
    plan = msgspec.structs.replace(report.plan, subject=subject)
    decision = msgspec.structs.replace(report.decision, plan=plan.digest, subject=subject.digest)
    findings = tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.findings)
    paired = tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.paired)
    stacks = tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.stacks)

    document = build_report(
        _replaced(
            report, plan=plan, decision=decision, findings=findings, paired=paired, stacks=stacks
        )
    )

    assert document.title[0] == Quote(text="model gpj.exe[31m", source="plan")
    assert not any(
        mark in node.text
        for node in document.title
        if isinstance(node, Text | Quote)
        for mark in "\u202e\x1b"
    )
