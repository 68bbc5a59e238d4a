"""What the last attempts added is said among the limitations, and nothing where it is nothing."""

import pytest
from msgspec.structs import replace

from shipworthy.records import EffortFinding
from shipworthy.stages.reporting import build_report
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.document import Code, Emphasis, Limitations
from shipworthy.testing.reports import battery_report
from shipworthy.vocabulary import Arm

REPORT = battery_report()
FLAT = EffortFinding(
    id="capability.puzzles.bare",
    metric="capability",
    domain="puzzles",
    arm=Arm.BARE,
    attempts=4,
    half=2,
    early=5,
    late=0,
    never=15,
    open=0,
    cut=0,
    lower="0.000000",
    upper="0.150000",
    alpha="0.05",
    plan=REPORT.plan.digest,
)


def named(effort):
    """Which findings stand under which heading of the limitations."""
    report = build_report(replace(REPORT, efforts=(effort,)))
    items = next(one for one in walk(report) if isinstance(one, Limitations)).items
    found = {}
    for item in items:
        nodes = [*walk(item)]
        head = next((node.text for node in nodes if isinstance(node, Emphasis)), "")
        found[head.strip(". ")] = [node.text for node in nodes if isinstance(node, Code)]
    return found


def test_a_rate_that_still_rose_is_named():
    found = named(replace(FLAT, late=1, never=14))
    assert found["Still rising"] == [FLAT.id]
    assert "Cut short" not in found


def test_attempts_that_the_token_limit_ended_are_named():
    found = named(replace(FLAT, cut=3))
    assert found["Cut short"] == [FLAT.id]
    assert "Still rising" not in found


def test_a_flat_rate_without_cuts_is_no_limitation():
    assert not {"Still rising", "Cut short"} & named(FLAT).keys()


def test_an_effort_of_another_plan_is_refused():
    from shipworthy.kernel import Problem

    with pytest.raises(Problem) as refused:
        named(replace(FLAT, plan=REPORT.rulebook.digest))
    assert refused.value.diagnostics[0].code == "report-mismatch"
