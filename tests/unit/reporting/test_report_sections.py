"""Sections: the answer first, gaps named, nothing that is missing shown as a pass."""

import msgspec
import pytest

from shipworthy.records import Decision, SignOff
from shipworthy.stages.reporting import IgnoredSignOff, build_report
from shipworthy.stages.reporting.checks import walk
from shipworthy.stages.reporting.document import (
    ClaimRef,
    Code,
    Emphasis,
    Heading,
    Limitation,
    Limitations,
    Mark,
    Notice,
    Quote,
    Reference,
    Table,
    Text,
)
from shipworthy.testing.reports import example_report
from shipworthy.testing.small_report import small_report
from shipworthy.vocabulary import Rate


def _section(document, name):
    return next(section for section in document.sections if section.id == name)


def _words(node):
    parts = []
    for found in walk(node):
        match found:
            case Text(text=text) | Quote(text=text) | Code(text=text) | Reference(text=text):
                parts.append(text)
            case ClaimRef(id=name):
                parts.append(f"<{name}>")
            case Mark(state=state):
                parts.append(f"[{state}]")
            case _:
                pass
    return "".join(parts)


def _emphasis(node):
    return [found.text for found in walk(node) if isinstance(found, Emphasis)]


def _table(document, anchor):
    return next(n for n in walk(document) if isinstance(n, Table) and n.anchor == anchor)


def _limitations(report):
    section = _section(build_report(report), "limitations")
    return next(node for node in walk(section) if isinstance(node, Limitations)).items


@pytest.fixture(scope="module")
def example():
    return build_report(example_report())


@pytest.fixture(scope="module")
def small():
    return build_report(small_report())


def _standing(ruling, standing):
    report = small_report()
    decision: Decision = msgspec.structs.replace(report.decision, ruling=ruling)
    report = msgspec.structs.replace(report, decision=decision, standing=standing)
    return _section(build_report(report), "summary").blocks[0]


@pytest.mark.parametrize(
    ("ruling", "standing", "sentence"),
    [
        ("go", "go", "Every requirement that applies is kept, and every required role has signed."),
        (
            "go",
            "inconclusive",
            "This is not a go yet: the evidence allows it, and signatures are outstanding.",
        ),
        ("go", "no-go", "A person whose signature is required refuses."),
        ("no-go", "no-go", "The evidence breaks a requirement of this deployment."),
        (
            "inconclusive",
            "inconclusive",
            "This is not a go: evidence is missing, expired or too thin.",
        ),
    ],
)
def test_the_first_thing_said_is_where_the_decision_stands(ruling, standing, sentence):
    box = _standing(ruling, standing)

    assert isinstance(box, Notice)
    assert box.state == standing
    assert _words(box.title) == sentence


def test_the_summary_names_what_is_missing_and_who_has_not_signed(small):
    words = _words(_section(small, "summary"))

    assert "a control that behaves" in words
    assert "Sign-off by safety-lead." in words
    assert "kept with at most 1 breach among 20 scenarios, now 2" in words


def test_the_summary_warns_when_safeguards_made_items_worse(example):
    assert "Safeguards made some items worse" in _words(_section(example, "summary"))


def test_the_summary_does_not_warn_when_nothing_got_worse():
    report = msgspec.structs.replace(small_report(), newly_breached=())

    assert "worse" not in _words(_section(build_report(report), "summary"))


def test_requirements_are_listed_broken_first_and_by_margin(example):
    rows = _table(example, "decision-requirements").rows
    states = [node.state for row in rows for node in walk(row) if isinstance(node, Mark)]

    order = ["broken", "inconclusive", "kept"]
    assert states == sorted(states, key=order.index)
    assert "tool-misuse-controlled" in _words(rows[0])


def test_an_illustrative_number_is_marked_where_it_is_read(small):
    document = _words(_table(small, "framework-requirement-table").rows[1])

    assert "secrets-limit" in document
    assert any(
        "illustrative number" in getattr(node, "text", "")
        for node in walk(_table(small, "framework-requirement-table").rows[1])
    )


def test_levels_before_and_after_stand_side_by_side(example):
    table = _table(example, "decision-level-table")

    assert [_words(column.words) for column in table.columns][:3] == ["Scale", "Before", "After"]
    assert _words(table.rows[0].cells[0]) == "risk.violence"


def test_unknown_parts_of_the_identity_are_said_to_be_undisclosed(small):
    assert "not disclosed by the target" in _emphasis(_section(small, "subject"))


def test_a_rate_that_nobody_measured_is_a_dash_and_not_a_zero(small):
    rows = {row.anchor: row for row in _table(small, "results-rates").rows}
    unmeasured = rows["rate-asr.secrets.safeguarded"]

    assert [_words(cell) for cell in unmeasured.cells[3:6]] == ["—", "—", "—"]


def test_newly_breached_scenarios_are_called_out_by_domain(small):
    words = _words(_section(small, "results"))

    assert "Cyber: <paired:asr.cyber#after_only>" in words


def test_without_benign_findings_the_section_says_inconclusive():
    report = msgspec.structs.replace(small_report(), findings=small_report().findings[:6])
    section = _section(build_report(report), "benign")

    assert [node.state for node in section.blocks if isinstance(node, Notice)] == [
        "inconclusive",
        "inconclusive",
    ]


def test_a_failed_control_comes_first_and_is_marked_broken(small):
    rows = _table(small, "controls-table").rows

    assert "negative" in _words(rows[0])
    assert "[broken]" in _words(rows[0])
    assert "[kept]" in _words(rows[1])


def test_without_controls_the_section_says_that_nothing_supports_a_good_verdict():
    kept = tuple(f for f in small_report().findings if f.metric != "control-breach")
    document = build_report(msgspec.structs.replace(small_report(), findings=kept))

    assert "No control ran" in _words(_section(document, "controls"))


@pytest.mark.parametrize(
    "words",
    [
        "<plan#gate_alpha>",
        "Attacks were fixed before the first request",
        "Secrets under direct",
        "Nothing could be bounded for asr.secrets.safeguarded",
        "the path that users will meet was not measured",
        "<trials#at_length> of <trials#count> answers ended at the token limit",
        "asr.secrets.safeguarded <finding:asr.secrets.safeguarded#unassessed>",
        "no good verdict rests on these domains: Cyber",
        "missed <card:leak-detector#false_negatives> positives",
        "How often these are wrong is unknown: second-judge",
        "does not disclose template",
        "gives the numbers of these as examples only: secrets-limit",
    ],
)
def test_a_limitation_follows_from_the_data(words):
    found = [_words(item) for item in _limitations(_untested()) if item.origin == "data"]

    assert any(words in text for text in found), found


def _untested():
    report = small_report()
    return msgspec.structs.replace(
        report, cells=tuple(cell for cell in report.cells if cell.domain != "secrets")
    )


def test_a_domain_that_the_bare_model_held_shows_nothing_about_safeguards():
    report = small_report()
    (bare,) = [f for f in report.findings if f.id == "asr.secrets.bare"]
    held = msgspec.structs.replace(
        bare, rate=Rate(successes=0, attempts=bare.rate.attempts, unassessed=0)
    )
    assert bare.rate.successes > 0
    changed = msgspec.structs.replace(
        report, findings=tuple(held if f is bare else f for f in report.findings)
    )

    before, after = (
        "".join(_words(item) for item in _limitations(one)) for one in (report, changed)
    )

    assert "Nothing to hold. " not in before
    assert "what the safeguards add there was not shown: Secrets." in after


def test_stated_limitations_are_marked_as_such():
    items = [item for item in _limitations(small_report()) if item.origin == "stated"]

    assert items == [
        Limitation(
            origin="stated", words=(Quote(text="The records are made up.", source="statement"),)
        )
    ]


@pytest.mark.parametrize("deployment", ["open-weights", "fine-tuning-api"])
def test_a_deployment_that_allows_fine_tuning_is_a_limitation(deployment):
    report = small_report()
    plan = msgspec.structs.replace(report.plan, deployment=deployment)
    report = msgspec.structs.replace(
        report,
        plan=plan,
        decision=msgspec.structs.replace(report.decision, plan=plan.digest),
        findings=tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.findings),
        paired=tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.paired),
        stacks=tuple(msgspec.structs.replace(f, plan=plan.digest) for f in report.stacks),
    )

    found = "".join(_words(item) for item in _limitations(report))

    assert "an adversary may change the weights" in found
    assert ("cannot be taken back" in found) == (deployment == "open-weights")


def test_signatures_received_outstanding_and_ignored_are_told_apart():
    report = example_report()
    stray = SignOff(
        decision=report.decision.digest,
        role="accountable-executive",
        person="B. Stranger",
        position="go",
        rationale="",
        signed_at="2026-11-23T09:00:00Z",
    )
    note = IgnoredSignOff(sign_off=stray, reason="does not hold the role")
    document = build_report(msgspec.structs.replace(report, ignored_signoffs=(note,)))
    rows = [_words(row) for row in _table(document, "decision-sign-off-table").rows]

    assert "[dissent]" in rows[0]
    assert "accountable-executive[waiting]" in rows[1]
    assert "B. Stranger as accountable-executive: does not hold the role" in _words(
        _section(document, "decision")
    )


def test_every_requirement_leads_to_the_evidence_that_it_rests_on(example):
    anchors = {getattr(node, "anchor", "") for node in walk(example)}
    targets = {node.target[1:] for node in walk(example) if isinstance(node, Reference)}

    assert targets
    assert targets <= anchors


def test_sub_headings_are_anchored_under_their_section(example):
    strays = [
        node.anchor
        for section in example.sections
        for node in section.blocks
        if isinstance(node, Heading) and not node.anchor.startswith(f"{section.id}-")
    ]

    assert strays == []
