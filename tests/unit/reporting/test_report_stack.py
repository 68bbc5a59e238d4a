"""The report says whether a low rate is the work of the model or of the layers."""

import msgspec
import pytest

from shipworthy.records import Passage
from shipworthy.stages.reporting import build_report
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.document import Heading, Table
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report

STACK = small_report().stacks[0]
UNTESTED = {
    "complied": Passage(),
    "scenarios": 0,
    "missed": 0,
    "caught": 0,
    "miss_lower": None,
    "miss_upper": None,
}


def built(report=None, **changes):
    """Return the report with its one stack changed."""
    report = small_report() if report is None else report
    stacks = (msgspec.structs.replace(STACK, **changes),)
    return build_report(msgspec.structs.replace(report, stacks=stacks))


def words(node):
    """Return prose, claim ids and names of a part of the document, in order."""
    found = (getattr(one, "text", getattr(one, "id", "")) for one in walk(node))
    return " ".join(word for word in found if isinstance(word, str) and word)


def table(document, anchor):
    return next(n for n in walk(document) if isinstance(n, Table) and n.anchor == anchor)


def results(document):
    return next(section for section in document.sections if section.id == "results")


def test_what_the_bare_model_complied_with_is_followed_to_its_end():
    (row,) = table(built(), "results-stack-complied").rows
    told = words(row)
    for key in ("attempts", "held", "rewritten", "declined", "open", "through"):
        assert f"stack:cyber#complied.{key}" in told
    assert "stack:cyber#miss_lower to stack:cyber#miss_upper" in " ".join(told.split())
    assert "stack:cyber#scenarios  scenarios:  hardly tested" in told


@pytest.mark.parametrize(
    ("scenarios", "said"), [(1, " scenario:  hardly tested"), (29, "hardly"), (30, " scenarios")]
)
def test_few_scenarios_are_called_few(scenarios, said):
    (row,) = table(built(scenarios=scenarios), "results-stack-complied").rows
    assert said in words(row.cells[-1])
    assert ("hardly" in words(row.cells[-1])) is (scenarios < 30)


def test_layers_that_nothing_reached_were_not_tested_and_have_no_limit():
    document = built(**UNTESTED)
    (row,) = table(document, "results-stack-complied").rows
    assert words(row.cells[-1]) == "not tested: the bare model was not seen to comply"
    assert words(row.cells[-2]) == "—"
    factors = words(table(document, "results-stack-factors").rows[0])
    assert "stack:cyber#miss" not in factors.split()
    assert "stack:cyber#compliance" in factors


def test_no_claim_of_the_section_is_a_share_held_of_nothing():
    book = {one.claim.id for one in built(**UNTESTED).evidence}
    assert not {"stack:cyber#miss", "stack:cyber#miss_lower", "stack:cyber#miss_upper"} & book


def test_the_factors_are_given_with_their_counts():
    told = words(table(built(), "results-stack-factors").rows[0])
    for part, whole, share in (
        ("complied.assessed", "pairs", "compliance"),
        ("complied.through", "complied.assessed", "miss"),
        ("resisted.through", "resisted.assessed", "new"),
        ("breached", "pairs", "after"),
    ):
        assert f"stack:cyber#{part}  /  stack:cyber#{whole}  =  stack:cyber#{share}" in told


def test_a_layer_stands_beside_its_price():
    told = words(table(built(), "results-stack-layers").rows[0])
    assert "stack:cyber#complied.held_by.input-filter" in told
    report = example_report()
    rows = table(build_report(report), "results-stack-layers").rows
    domain, layer = report.stacks[0].domain, report.plan.arms[1].stack.layers[0].name
    refused = f"finding:over-refusal.{domain}.safeguarded#held_by.{layer}"
    assert any(refused in words(row) for row in rows)


def test_a_layer_that_did_nothing_under_attack_is_named():
    report = small_report()
    findings = tuple(msgspec.structs.replace(one, held_by={}) for one in report.findings)
    silent = msgspec.structs.replace(report, findings=findings)
    assert "Idle layers" not in words(results(built()))
    assert "Idle layers" in words(results(built(silent)))
    assert "Idle layers" not in words(results(built(silent, rewrote={"input-filter": 3})))


def test_a_plan_of_one_arm_says_nothing_of_layers():
    document = build_report(msgspec.structs.replace(small_report(), stacks=()))
    anchors = {node.anchor for node in walk(document) if isinstance(node, Table | Heading)}
    assert not any(anchor.startswith("results-stack") for anchor in anchors)
