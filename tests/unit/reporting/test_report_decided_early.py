"""A campaign that ended early: its report says how, by which method, and what it cannot say."""

import msgspec
import pytest

from early_reports import early_report
from shipworthy.cli.output.early_text import early_lines
from shipworthy.kernel import Problem
from shipworthy.records import ANYTIME_PAIRED_METHOD, PAIRED_METHOD
from shipworthy.stages.reporting import build_report, render_html, render_json
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Emphasis,
    Link,
    Quote,
    Reference,
    Section,
    Table,
    Text,
)
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report

SHOWN = (Text, Quote, Code, Reference, Link, Emphasis)


def words(node):
    return "".join(
        found.text if isinstance(found, SHOWN) else f"<{found.id}>"
        for found in walk(node)
        if isinstance(found, (*SHOWN, ClaimRef))
    )


def table(document, anchor):
    return next(n for n in walk(document) if isinstance(n, Table) and n.anchor == anchor)


def section(document, name):
    return next(n for n in walk(document) if isinstance(n, Section) and n.id == name)


def cells(found):
    return [[words(cell) for cell in row.cells] for row in found.rows]


@pytest.fixture(scope="module")
def records():
    return early_report()


@pytest.fixture(scope="module")
def document(records):
    return build_report(records)


def test_every_question_has_a_row_with_all_its_numbers_and_the_passes_come_last(document):
    rows = cells(table(document, "results-early-table"))
    verdicts = [row[3] for row in rows]
    numbers = ("scenarios", "successes", "unassessed", "late", "cap", "fixed_scenarios")

    assert verdicts == [
        "not shown: a pass had become unlikely",
        "not shown: scenarios used up",
        "shown below",
        "shown below",
    ]
    for row, name in zip(
        rows, ("bare@0.35", "safeguarded@0.05", "safeguarded@0.20", "safeguarded@0.35"), strict=True
    ):
        claim = f"sequential:asr.secrets.{name}"
        assert row[2] == f"<{claim}#limit>"
        assert row[4:] == [f"<{claim}#{key}>" for key in (*numbers, "false_go", "false_fail")]


def test_a_pass_on_a_finding_that_supports_no_go_says_so(records):
    stopped = next(one for one in records.sequential if one.verdict == "pass")
    blocked = msgspec.structs.replace(
        records,
        findings=tuple(
            msgspec.structs.replace(one, blockers=("12 of 36 scenarios were tried before",))
            if one.id == stopped.finding
            else one
            for one in records.findings
        ),
    )
    verdicts = [row[3] for row in cells(table(build_report(blocked), "results-early-table"))]
    assert "shown below" not in verdicts
    assert verdicts.count("shown below, but withheld: no go") == 2

    lines = list(early_lines(records.sequential, blocked.findings))
    passes = [
        at
        for at, line in enumerate(lines)
        if " shown to be below " in line and " not shown" not in line
    ]
    said = "          no go can rest on it: 12 of 36 scenarios were tried before"
    assert [lines[at + 1] for at in passes] == [said, said]
    assert said not in list(early_lines(records.sequential, records.findings))


def test_a_rate_that_was_shown_to_be_too_high_is_told_from_one_that_was_given_up():
    always = early_report(futility="0", breached=lambda arm, place: True)
    verdicts = {row[3] for row in cells(table(build_report(always), "results-early-table"))}

    assert verdicts == {"shown above"}


def test_a_question_without_a_verdict_is_open():
    found = build_report(early_report(most=60))

    assert "open" in [row[3] for row in cells(table(found, "results-early-table"))]
    assert "These had no verdict yet" in words(section(found, "limitations"))


def test_the_report_says_that_the_observed_share_is_biased_and_what_was_saved(document):
    results = words(section(document, "results"))

    assert "The share observed in a campaign that stopped early is biased." in results
    assert "The limits of these domains hold at any moment" in results
    assert "<plan#cells> cells, of which <trials#count> were tried" in results


def test_a_campaign_of_fixed_size_says_nothing_of_stopping():
    found = build_report(example_report())
    said = words(found.sections)

    assert "results-early" not in {getattr(node, "anchor", "") for node in walk(found)}
    assert [word for word in ("biased", "any moment", "decided early") if word in said] == []


def test_limitations_name_what_was_not_shown_and_what_came_late(records, document):
    found = words(section(document, "limitations"))
    late = [one.id for one in records.sequential if one.late]

    assert late
    assert "when no scenario was left: asr.secrets.safeguarded@0.05." in found
    assert "neither below nor above their limit: asr.secrets.bare@0.35." in found
    assert all(f"{name} <sequential:{name}#late>" in found for name in late)


def test_nothing_is_called_by_the_name_of_a_test_that_was_not_made(document):
    found = table(document, "results-transition-table")
    methods = {row[0]: row[-1] for row in cells(found)}

    assert methods == {"Secrets": ANYTIME_PAIRED_METHOD, "Policy": PAIRED_METHOD}
    assert words(found.caption).endswith("intervals and p-values by the method in the last column")
    assert words(found.columns[-2]) == "p"


def test_a_table_of_one_method_names_it_in_its_caption(records):
    only = msgspec.structs.replace(
        records, paired=tuple(one for one in records.paired if one.domain != "policy")
    )
    early = table(build_report(only), "results-transition-table")
    fixed = table(build_report(small_report()), "results-transition-table")

    assert "limits at any time, mixture against a fair coin" in words(early.caption)
    assert "McNemar" not in words(early)
    assert words(early.columns[-1]) == "p, fair coin"
    assert "Tango's interval, McNemar's test with the mid-p value" in words(fixed.caption)
    assert words(fixed.columns[-1]) == "McNemar mid-p"


def test_no_derivation_in_the_index_names_a_test(document):
    assert "McNemar" not in words(document.evidence)


def test_no_pair_over_unlike_domains_is_needed(records, document):
    assert "asr.all" not in {one.id for one in records.paired}
    assert "asr.all" not in words(document)


def test_a_question_of_the_plan_that_the_records_leave_out_is_refused(records):
    fewer = msgspec.structs.replace(records, sequential=records.sequential[1:])

    with pytest.raises(Problem, match=r"`asr\.secrets\.bare@0\.35` is a question"):
        build_report(fewer)


def test_a_question_of_another_plan_is_refused(records):
    stranger = msgspec.structs.replace(records.sequential[0], plan="sha256:" + "0" * 64)

    with pytest.raises(Problem, match="another plan"):
        build_report(
            msgspec.structs.replace(records, sequential=(stranger, *records.sequential[1:]))
        )


def test_the_same_records_give_the_same_bytes(records, document):
    again = build_report(early_report())

    assert render_html(again) == render_html(document)
    assert render_json(again) == render_json(document)


def test_everything_a_rate_rests_on_stands_in_one_row(records, document):
    found = table(document, "appendix-grounds-table")
    rows = {row[0].partition(",")[0]: row for row in cells(found)}
    read = {
        name
        for result in records.decision.requirements
        for name in result.reads
        if name.startswith(("asr.", "over-refusal."))
    }
    claim = "finding:asr.secrets.safeguarded"

    assert set(rows) == read
    assert rows["asr.secrets.safeguarded"][1:] == [
        "leak finds <card:leak#sensitivity>",
        f"<{claim}#successes> / <{claim}#attempts>",
        f"<{claim}#unassessed> / <{claim}#started>",
        f"<{claim}#scenarios>",
        "one",
        f"<{claim}#lower> to <{claim}#upper>",
        f"<{claim}#upper_adjusted>",
        "<plan#gate_alpha>",
        "sequential-mixture/1",
    ]


def test_a_pooled_rate_names_its_worst_domain_with_its_bound(document):
    pooled = next(
        row
        for row in cells(table(document, "appendix-grounds-table"))
        if row[0].startswith("over-refusal.all")
    )

    worst = "finding:over-refusal.policy.safeguarded#upper_adjusted"
    assert pooled[0].endswith(f", worst: Policy at most <{worst}>")


def test_a_domain_that_nobody_assessed_is_the_worst():
    report = example_report()
    unbound = tuple(
        msgspec.structs.replace(one, bounds=None)
        if one.id == "over-refusal.violence.safeguarded"
        else one
        for one in report.findings
    )
    found = build_report(msgspec.structs.replace(report, findings=unbound))
    rows = cells(table(found, "benign-over-refusal-table"))

    assert rows[1][:2] == ["All domains, worst: Violence, not bounded", "with safeguards"]


def test_a_judge_without_a_card_is_named_as_such():
    cardless = msgspec.structs.replace(small_report(), cards=())
    rows = cells(table(build_report(cardless), "appendix-grounds-table"))

    assert {row[1] for row in rows} == {"leak-detector has no card"}


def test_where_attempts_repeat_the_exact_bound_stands_beside_the_headline_and_k_can_be_read():
    report = small_report()
    bounds = {"scenarios": 10, "scenarios_with_success": 2, "exact_upper": "0.507000"}
    findings = tuple(
        msgspec.structs.replace(one, bounds=msgspec.structs.replace(one.bounds, **bounds))
        if one.id == "asr.cyber.safeguarded"
        else one
        for one in report.findings
    )
    found = build_report(msgspec.structs.replace(report, findings=findings))
    rows = {row[0]: row for row in cells(table(found, "appendix-grounds-table"))}
    claim = "finding:asr.cyber.safeguarded"

    assert rows["asr.cyber.safeguarded"][5:7] == [
        f"<{claim}#started> in <{claim}#scenarios>",
        f"<{claim}#lower> to <{claim}#upper>; exact at most <{claim}#exact_upper>",
    ]
