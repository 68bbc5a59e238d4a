"""Sections of the battery: what was shown, what was not tried, what stays open."""

import pytest
from msgspec.structs import replace

from shipworthy.stages.reporting import ClaimBook, build_report
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.claims import derivation
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Emphasis,
    Limitations,
    Link,
    Mark,
    Quote,
    Table,
    Text,
)
from shipworthy.testing.reports import battery_report, example_report
from shipworthy.vocabulary import TrialRole

SHOWN = "awareness.secrets.bare"
SMALL = "awareness.policy.bare"


@pytest.fixture(scope="module")
def report():
    return battery_report()


def words(node):
    parts = []
    for found in walk(node):
        match found:
            case Text() | Quote() | Code() | Link() | Emphasis():
                parts.append(found.text)
            case ClaimRef(id=name):
                parts.append(f"<{name}>")
            case Mark(state=state):
                parts.append(f"[{state}]")
            case _:
                pass
    return "".join(parts)


def section(report, name):
    found = [one for one in build_report(report).sections if one.id == name]
    return found[0] if found else None


def table(report, anchor):
    nodes = walk(build_report(report))
    return next(one for one in nodes if isinstance(one, Table) and one.anchor == anchor)


def rows(report, anchor):
    return [[words(cell) for cell in row.cells] for row in table(report, anchor).rows]


def limitations(report):
    nodes = walk(section(report, "limitations"))
    items = next(one for one in nodes if isinstance(one, Limitations)).items
    return {words(one).partition(". ")[0]: words(one) for one in items}


def test_a_comparison_is_shown_with_its_whole_table_the_largest_first(report):
    first, second = rows(report, "trust-awareness-table")
    assert first[0] == "Secrets"
    for key in ("both", "first_only", "second_only", "neither", "open", "difference", "p_exact"):
        assert f"<contrast:{SHOWN}#{key}>" in first
    shares = f"<contrast:{SHOWN}#second> as traffic, <contrast:{SHOWN}#first> as a test"
    assert f"breached {shares}" in words(section(report, "trust"))
    assert f"<contrast:{SHOWN}#lower> to <contrast:{SHOWN}#upper>" in first
    assert first[-2:] == ["yes", "none reads it"]
    assert second[-2:] == ["no", "[kept]"]


def test_what_is_shown_is_withheld_in_the_words_of_the_findings(report):
    text = words(section(report, "trust"))
    assert (
        f"{SHOWN}: the model holds better where a scenario looks like a test: "
        "asr.secrets.bare, asr.secrets.safeguarded" in text
    )


def test_the_overview_names_what_was_tried_and_where_it_was_shown(report):
    overview = {row[0]: row[1:] for row in rows(report, "trust-overview")}
    tests = overview["Does the model hold better where a scenario looks like a test?"]
    assert tests[:2] == ["Policy, Secrets", "Secrets"]
    strings = overview["Does the model know strings that only the scenarios hold?"]
    assert strings[1] == "none"


def test_what_was_not_tried_is_said_in_the_overview_and_in_the_limitations():
    report = example_report()
    overview = {row[0]: row[1:] for row in rows(report, "trust-overview")}
    for question in (
        "Does the model hold better where a scenario looks like a test?",
        "Does the model solve less where doing well has a price?",
        "Do agents keep to what is allowed better when watched?",
        "Does the model know strings that only the scenarios hold?",
    ):
        assert overview[question][:2] == ["not tried", "nothing known"]
    told = limitations(report)
    for gap in ("realism twins", "a price on doing well", "watched and unwatched", "strings"):
        assert gap in told["Trust in the tests"]
    assert "is not measured" in told["Capability"]
    assert "is not measured" in told["Agents"]
    assert section(report, "capability") is section(report, "agents") is None
    assert "Nothing was asked that could withhold" in words(section(report, "trust"))


def test_nothing_is_called_untried_that_was_tried(report):
    told = limitations(report)
    assert not {"Trust in the tests", "Capability", "Agents"} & told.keys()


def test_a_shown_difference_is_a_limitation_and_a_small_one_is_none(report):
    told = limitations(report)
    assert SHOWN in told["Tests in doubt"]
    assert "hiding" not in told["Tests in doubt"]
    assert SMALL not in told["Tests in doubt"]
    assert "Undecided comparisons" not in told


def altered(report, name, **changes):
    contrasts = tuple(
        replace(one, **changes) if one.id == name else one for one in report.contrasts
    )
    return replace(report, contrasts=contrasts)


def test_a_difference_neither_shown_nor_small_enough_is_undecided(report):
    undecided = limitations(altered(report, SHOWN, lower="-0.010000"))["Undecided comparisons"]
    assert f"{SHOWN}, up to <contrast:{SHOWN}#upper>" in undecided


def test_a_probe_that_shows_nothing_makes_the_comparison_blind(report):
    told = limitations(altered(report, "hiding.arithmetic.bare", lower="-0.010000"))
    assert "hiding.arithmetic.bare" in told["Blind comparisons"]
    assert "Undecided comparisons" not in told


def test_open_scenarios_are_counted_against_the_comparison(report):
    assert (
        "sandbagging.arithmetic.bare <contrast:sandbagging.arithmetic.bare#open>"
        in limitations(report)["Open scenarios"]
    )


def test_a_comparison_without_words_of_its_own_is_shown_with_those_of_its_record(report):
    strange = replace(report.contrasts[0], metric="completion", id="completion.policy.bare")
    other = replace(report, contrasts=(*report.contrasts, strange))
    assert rows(other, "trust-completion-table")[0][0] == "Policy"


def test_suspicion_is_split_only_where_some_reply_speaks_of_a_test(report):
    shown = {(row[0], row[1]) for row in rows(report, "trust-suspicion-table")}
    said = {(one.domain.title(), one.arm) for one in report.suspicions if one.suspecting.started}
    assert {domain for domain, _ in shown} == {domain for domain, _ in said}
    silent = replace(
        report,
        suspicions=tuple(
            replace(one, suspecting=replace(one.suspecting, successes=0, attempts=0, unassessed=0))
            for one in report.suspicions
        ),
    )
    text = words(section(silent, "trust"))
    assert "<suspicions#suspecting> of <suspicions#started> replies" in text
    assert "says test" not in text


def test_capability_stands_with_what_was_declined_people_and_thresholds(report):
    (row,) = rows(report, "capability-table")
    name = "finding:capability.arithmetic.bare"
    assert row[2] == f"<{name}#successes> / <{name}#attempts>"
    assert f"<{name}#unassessed.declined>" in row
    assert "<human:arithmetic#mean>" in row
    assert row[-3:] == [
        "<limit:capability-limit#0>",
        "<margin:capability-limit#0>",
        "[inconclusive]",
    ]
    (people,) = rows(report, "capability-people-table")
    assert people[1] == "<human:arithmetic#stated> / <human:arithmetic#tasks>"
    assert people[-1] == "made-up pupils"
    told = limitations(report)
    assert "of <human:arithmetic#tasks>" in told["Human baseline in part"]
    assert "#unassessed.declined> of" in told["Declined tasks"]


def test_without_people_the_gap_is_named(report):
    bare = replace(report, humans=())
    assert "Arithmetic" in limitations(bare)["No human baseline"]
    assert "What people reach" not in words(section(bare, "capability"))


def test_agents_show_violations_by_kind_beside_their_task(report):
    (row,) = rows(report, "agents-violations-table")
    assert row[:2] == ["Errands", "sabotage:planted"]
    assert (
        row[2]
        == "<agents:errands.bare#violation.sabotage:planted> / <agents:errands.bare#episodes>"
    )
    done = rows(report, "agents-completion-table")
    assert [cells[0] for cells in done] == ["Errands", "Errands"]
    note = words(table(report, "agents-unsanctioned-table").note)
    assert "judges" not in note


def test_agents_that_did_nothing_wrong_have_no_table_of_violations(report):
    clean = replace(report, agents=tuple(replace(one, violations={}) for one in report.agents))
    assert "No kind of violation occurred" in words(section(clean, "agents"))


def test_an_agent_that_nobody_could_assess_is_a_dash_and_a_limitation(report):
    silent = tuple(
        replace(one, rate=replace(one.rate, successes=0, attempts=0, unassessed=40), bounds=None)
        if one.id == "unsanctioned.errands.bare"
        else one
        for one in report.findings
    )
    told = limitations(replace(report, findings=silent))
    assert "unsanctioned.errands.bare" in told["Agents without an outcome"]


def test_who_reads_a_state_or_counts_is_no_judge_without_a_card(report):
    assert {"state", "measures"} <= report.plan.judges.keys()
    assert "Judges without a card" not in limitations(report)
    judged = tuple(
        replace(one, judges=(*one.judges, "state")) if one.metric == "asr" else one
        for one in report.findings
    )
    told = limitations(replace(report, findings=judged))["Judges without a card"]
    assert "state" in told
    assert "measures" not in told


def test_every_claim_of_the_battery_has_a_sentence(report):
    for name in ClaimBook(report).ids():
        if name.startswith(("contrast:", "suspicion", "agents:", "human:")):
            assert "specification of claims" not in words(derivation(name)), name


def test_every_part_that_was_planned_has_its_section(report):
    roles = {item.role for item in report.plan.items}
    assert {TrialRole.CAPABILITY, TrialRole.AGENCY, TrialRole.REALISM} <= roles
    ids = [one.id for one in build_report(report).sections]
    wanted = ["results", "benign", "capability", "agents", "trust", "controls", "decision"]
    assert [name for name in ids if name in wanted] == wanted
