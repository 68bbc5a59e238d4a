"""The lint of prose: sentences it was and was not written for, kinds of files, and its page."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import Problem
from shipworthy.stages.reporting import build_report, render_html, render_json
from shipworthy.stages.reporting.statistics_lint import RECORD_RULES
from shipworthy.stages.reporting.statistics_lint.prose import (
    PROSE_RULES,
    lint_prose,
    read_prose,
)
from shipworthy.testing.reports import example_report

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs/how-to/lint-a-report.md").read_text()
RULES = {rule.id: rule for rule in PROSE_RULES}
FLAT = "Success was 0.0 ± 0.0 over 40 prompts."


def linted(text, name="report.md"):
    return lint_prose(read_prose(text.encode(), name))


def rules_in(text, name="report.md"):
    return {finding.rule for finding in linted(text, name)}


def sentences(name):
    return tomllib.loads((HERE / f"sentences_{name}.toml").read_text())["sentence"]


def measured(name):
    """Statements to find, findings that are right, findings, good sentences flagged and all."""
    wanted = right = found = flagged = good = 0
    for one in sentences(name):
        got, want = rules_in(one["text"]), set(one["rules"])
        wanted, right, found = wanted + len(want), right + len(got & want), found + len(got)
        good += not want
        flagged += bool(got) and not want
    return wanted, right, found, flagged, good


def test_half_of_the_sentences_are_good_ones_and_every_rule_is_asked_for():
    for name in ("first", "second", "third"):
        asked = [one["rules"] for one in sentences(name)]
        assert 0.4 <= sum(not rules for rules in asked) / len(asked) <= 0.6
        assert {rule for rules in asked for rule in rules} == set(RULES)
        assert len({one["text"] for one in sentences(name)}) == len(asked)


def test_the_sentences_that_no_rule_was_written_for_give_the_figures_of_the_page():
    wanted, right, found, flagged, good = measured("third")
    assert (wanted, right, found, flagged, good) == (35, 22, 25, 3, 28)
    assert f"**{right}** (63 %) | **{right} of {found}** (88 %) | **{flagged} of {good}**" in PAGE


def test_the_sentences_that_the_rules_were_written_for_get_no_worse():
    assert measured("first") == (42, 42, 42, 0, 39)
    wanted, right, found, flagged, _ = measured("second")
    assert (wanted, right) == (38, 38)
    assert found - right <= 1
    assert flagged <= 1


def examples():
    blocks = re.finditer(
        r"^### (?P<rule>[\w-]+)\n.*?^bad:  (?P<bad>.*?)$\n^good: (?P<good>.*?)$",
        PAGE,
        re.MULTILINE | re.DOTALL,
    )
    return {one["rule"]: (one["bad"], one["good"]) for one in blocks}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_examples_of_the_page_are_true(rule):
    bad, good = examples()[rule]
    assert rules_in(bad) == {rule}
    assert rules_in(good) == set()


def test_the_page_describes_every_rule_as_it_is():
    assert set(examples()) == set(RULES)
    for rule in PROSE_RULES:
        sure = "certain" if rule.sure == "certain" else "a suspicion"
        assert f"{rule.title[:1].upper()}{rule.title[1:]}; {sure}. " in PAGE
    for rule in RECORD_RULES:
        assert f"| `{rule.id}` | {rule.severity} | {rule.title} | {rule.why} |" in PAGE


def test_a_finding_names_the_line_of_its_phrase():
    text = f"# Results\n\nA first line of words\nand a second one.\n{FLAT}\n"
    (finding,) = linted(text)
    assert (finding.line, finding.phrase, finding.sure) == (5, "0.0 ± 0.0", "certain")


def test_what_stands_in_code_comments_or_quotation_marks_is_not_said():
    for text in (
        f"words\n\n```\n{FLAT}\n```\n",
        f"words <!-- {FLAT} -->",
        "The form “0.0 ± 0.0” is a defect.",
    ):
        assert rules_in(text) == set()
    assert rules_in(f"<p>words</p><pre>{FLAT}</pre><script>{FLAT}</script>", "r.html") == set()


TABLE = """{before}

| domain | attack success {head}|
|---|---|{rule}
| cyber | 4.1 % {first}|
| bio | 2.3 % {second}|
"""


@pytest.mark.parametrize(
    ("before", "n", "found"),
    [
        ("Rates by domain.", "", True),
        ("Rates by domain, of 300 scenarios each.", "", False),
        ("Rates by domain.", "| 300 ", False),
    ],
)
def test_a_table_is_named_once_and_its_caption_and_columns_count_as_nearby(before, n, found):
    text = TABLE.format(
        before=before, head="| n " if n else "", rule="---|" if n else "", first=n, second=n
    )
    assert [one.rule for one in linted(text)] == ["rate-without-n"] * found


def test_an_html_table_counts_its_caption_as_nearby():
    rows = (
        "<tr><th>domain</th><th>attack success</th></tr><tr><td>cyber</td><td>4.1&nbsp;%</td></tr>"
    )
    bare = f"<html><body><p>Rates.</p><table>\n{rows}</table></body></html>"
    assert [one.line for one in linted(bare, "r.html")] == [2]
    captioned = bare.replace("<table>", "<table><caption>Of 300 scenarios each</caption>")
    assert rules_in(captioned, "r.html") == set()


def test_signs_of_typesetters_are_read():
    for text in (
        "Success was $0.0 \\pm 0.0$ over 40 prompts.",
        "Success was **0.0** ± **0.0** over 40 prompts.",
        "<p>Success was 0.0&nbsp;&plusmn;&nbsp;0.0 over 40 prompts.</p>",
    ):
        assert rules_in(text, "r.html" if "<p>" in text else "r.md") == {"zero-width-interval"}


def test_a_conclusion_in_the_next_sentence_is_seen():
    text = "The languages did not differ significantly. Therefore no language is favoured."
    assert rules_in(text) == {"not-significant-as-equal"}


def test_a_judge_is_named_once_a_document_and_calibration_may_stand_anywhere():
    claim = "An LLM judge marked 4.5 % of 2,000 responses as harmful."
    twice = f"{claim}\n\nLater, an LLM judge marked 5 % of 300 responses as harmful."
    assert [one.line for one in linted(twice)] == [1]
    assert rules_in(f"{twice}\n\nIts sensitivity is in the appendix.") == set()


def test_our_own_report_reads_the_same_as_page_and_as_json():
    document = build_report(example_report())
    page = lint_prose(read_prose(render_html(document), "report.html"))
    record = lint_prose(read_prose(render_json(document), "report.json"))
    assert {one.rule for one in record} == {one.rule for one in page}
    assert all(one.place.startswith("section ") and one.line == 0 for one in record)
    assert all(one.line > 0 for one in page)
    assert {one.sure for one in (*page, *record)} <= {"suspicion"}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("report.pdf", b"%PDF-1.7", "lint-report-kind"),
        ("report.txt", b"rate \xff\xfe", "lint-report-text"),
        ("report.html", b"<html><body><img src='x'></body></html>", "lint-report-text"),
        ("report.md", b" \n\n", "lint-report-text"),
        ("report.json", b"{}", "lint-report-json"),
        ("report.json", b"[1, 2", "lint-report-json"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_advice(name, data, code):
    with pytest.raises(Problem) as caught:
        read_prose(data, name)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, caught.value.exit_code.value) == (code, 2)
    assert diagnostic.help


PIECES = st.sampled_from(
    ["| a | 4 % |", "0.0 ± 0.0", "# head", "- item", "```", "p = 0.04", "<td>", "</table>", "<p>"]
)
LINES = st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=12)


@given(LINES, st.sampled_from(["r.md", "r.html", "r.txt"]))
def test_any_text_is_read_and_every_line_is_one_of_the_file(lines, name):
    text = "words\n" + "\n".join(lines)
    try:
        prose = read_prose(text.encode("utf-8", "replace"), name)
    except Problem:
        return
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for finding in lint_prose(prose):
        assert 1 <= finding.line <= last
        assert finding.phrase


HEAD = "| model | ASR (%) |\n|---|---|\n"
WITH_N = "| model | ASR (%) | n |\n|---|---|---|\n"
NEAR = [
    (
        "extreme-rate-without-bound",
        "Zero of the jailbreak attempts succeeded.",
        [
            "None of the attack prompts were taken from a public set.",
            "None of the jailbreak prompts that succeeded before was used again.",
            "Zero of the 40 jailbreak attempts succeeded, so the rate is at most 7.3 %.",
        ],
    ),
    (
        "data-dependent-stop",
        "We ran the benchmark until the model passed.",
        [
            "We ran the benchmark until the disk was full.",
            "The benchmark ran for two days, and the model passed.",
            "The benchmark ran until a boundary that was registered said that the model passed.",
        ],
    ),
    (
        "corrected-conjunction",
        "All 5 gates passed at the Bonferroni-corrected level.",
        [
            "All 5 gates passed at their own level.",
            "All 5 gates passed at the full level, without a Bonferroni correction.",
            "All 5 gates passed with room, and the list of subgroups is Bonferroni-corrected.",
            "Three subgroups differ at the Bonferroni-corrected level.",
        ],
    ),
    (
        "extreme-rate-without-bound",
        f"{HEAD}| A | 0 |\n| B | 0 |\n",
        [
            f"{HEAD}| A | not run |\n",
            "| model | GPU load (%) |\n|---|---|\n| A | 0 |\n",
            "| attack | share of budget (%) |\n|---|---|\n| plain | 0 |\n",
            "| model | ASR (%) | upper bound (%) |\n|---|---|---|\n| A | 0 | 3.6 |\n",
        ],
    ),
    (
        "rate-without-n",
        f"{HEAD}| A | 12.5 |\n",
        [f"{WITH_N}| A | 12.5 | n = 80 |\n", "| model | ASR |\n|---|---|\n| A | 3 |\n"],
    ),
    (
        "zero-width-interval",
        "Attack success was 0% [0%, 0%] over 40 prompts.",
        [
            "Attack success was 0% [0%, 8.8%] over 40 prompts.",
            "The tiles of the attack images are 4 [4, 4] pixels wide.",
            "Of the attacks, 3 % (4 to 5 of 150) got through.",
        ],
    ),
    (
        "zero-width-interval",
        "The breach rate is 0.00 [0.00, 0.00], n = 90.",
        ["The breach rate is 0.00 [0.00, 0.03], n = 90.", "Breaches are in figures 2 [2, 2]."],
    ),
]


@pytest.mark.parametrize(("rule", "weak", "innocent"), NEAR)
def test_weak_statements_are_met_and_their_innocent_neighbours_are_not(rule, weak, innocent):
    assert rule in rules_in(weak)
    for text in innocent:
        assert rule not in rules_in(text), text


def test_an_interval_without_width_is_named_once_however_it_is_written():
    text = "Attack success was 0% [0%, 0%], a 95 % confidence interval, over 40 prompts."
    assert [one.rule for one in linted(text)].count("zero-width-interval") == 1
