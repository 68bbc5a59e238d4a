"""Several attempts on a scenario: the report shows what a persistent attacker meets."""

import msgspec
import pytest

from shipworthy.records import SCENARIO_METHOD
from shipworthy.stages.reporting import build_report
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.document import Table
from shipworthy.testing.small_report import small_report

SINGLE, TOGETHER = "asr.cyber.safeguarded", "asr-at-3.cyber.safeguarded"


@pytest.fixture(scope="module")
def document():
    report = small_report()
    single = next(one for one in report.findings if one.id == SINGLE)
    together = msgspec.structs.replace(
        single,
        id=TOGETHER,
        metric="asr-at-k",
        bounds=msgspec.structs.replace(single.bounds, method=SCENARIO_METHOD),
    )
    fields = tuple(
        msgspec.structs.replace(field, finding=TOGETHER)
        if getattr(field, "finding", "") == SINGLE
        else field
        for field in report.rulebook.fields
    )
    requirements = tuple(
        msgspec.structs.replace(one, reads=(TOGETHER,)) if one.reads == (SINGLE,) else one
        for one in report.decision.requirements
    )
    rulebook = msgspec.structs.replace(report.rulebook, fields=fields)
    decision = msgspec.structs.replace(
        report.decision, requirements=requirements, rulebook=rulebook.digest
    )
    return build_report(
        msgspec.structs.replace(
            report,
            findings=(*report.findings, together),
            rulebook=rulebook,
            decision=decision,
            signoffs=(),
            ignored_signoffs=(),
        )
    )


def shown(document, anchor):
    found = next(n for n in walk(document) if isinstance(n, Table) and n.anchor == anchor)
    return [
        {getattr(node, "id", getattr(node, "text", "")) for node in walk(row)} for row in found.rows
    ]


def test_it_stands_beside_the_rate_of_one_attempt(document):
    rates, together = (shown(document, f"results-{name}") for name in ("rates", "persistent"))
    assert any(f"finding:{SINGLE}#upper_adjusted" in row for row in rates)
    assert len(together) == 1
    assert {f"finding:{TOGETHER}#upper_adjusted", "asr-at-3"} <= together[0]


def test_what_it_rests_on_is_told_with_the_number_of_attempts(document):
    row = next(row for row in shown(document, "appendix-grounds-table") if TOGETHER in row)
    assert {"3", ", counted together", SCENARIO_METHOD} <= row


def test_a_report_of_single_attempts_says_nothing_of_it():
    anchors = {getattr(node, "anchor", "") for node in walk(build_report(small_report()))}
    assert "results-persistent" not in anchors
