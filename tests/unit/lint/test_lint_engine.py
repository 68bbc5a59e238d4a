from dataclasses import dataclass

import msgspec
import pytest

from shipworthy.frameworks import load_framework
from shipworthy.frameworks.document import LintExemption
from shipworthy.frameworks.lint import LintFinding, Subject, lint, lint_rules
from shipworthy.kernel import Location, Problem

STARTER = load_framework("starter")


@dataclass(frozen=True)
class EveryClause:
    id: str = "every-clause"
    severity: str = "warning"
    title: str = "a clause"
    why: str = "for the test"

    def check(self, document):
        for clause in reversed(document.clauses):
            yield LintFinding(
                rule=self.id,
                severity=self.severity,
                message="here",
                subject=Subject("clause", clause.id),
                clauses=(clause.id,),
            )


def exempting(*exemptions):
    return msgspec.structs.replace(STARTER, exemptions=exemptions)


def test_findings_come_in_file_order_whatever_order_a_rule_yields():
    places = {
        ("clause", clause.id): Location("f.yaml", line, 3)
        for line, clause in enumerate(STARTER.clauses, start=1)
    }
    found = lint(STARTER, (EveryClause(),), places).findings
    assert [one.subject.id for one in found] == [clause.id for clause in STARTER.clauses]
    assert str(found[0].location) == "f.yaml:1:3"


def test_a_finding_without_a_place_stands_at_the_head_of_the_framework():
    places = {("framework", ""): Location("f.yaml", 1, 1)}
    assert {str(one.location) for one in lint(STARTER, (EveryClause(),), places).findings} == {
        "f.yaml:1:1"
    }


def test_an_exemption_takes_out_only_what_it_points_at_and_keeps_it_with_the_reason():
    document = exempting(LintExemption(rule="every-clause", at="arms", reason="because"))
    report = lint(document, (EveryClause(),))
    assert "arms" not in {one.subject.id for one in report.findings}
    assert len(report.findings) == len(STARTER.clauses) - 1
    assert [(one.finding.subject.id, one.reason) for one in report.exempted] == [
        ("arms", "because")
    ]


def test_an_exemption_without_a_place_takes_out_the_whole_rule():
    report = lint(
        exempting(LintExemption(rule="every-clause", at="", reason="r")), (EveryClause(),)
    )
    assert not report.findings
    assert len(report.exempted) == len(STARTER.clauses)


@pytest.mark.parametrize(("rule", "at"), [("every-clause", "nowhere"), ("every-claus", "")])
def test_an_exemption_that_exempts_nothing_is_a_finding(rule, at):
    report = lint(exempting(LintExemption(rule=rule, at=at, reason="r")), (EveryClause(),))
    idle = [one for one in report.findings if one.rule == "idle-exemption"]
    assert [one.subject for one in idle] == [Subject("exemption", "0")]


def test_an_exemption_from_a_rule_that_was_not_run_is_not_called_idle():
    document = exempting(LintExemption(rule="every-clause", at="nowhere", reason="r"))
    report = lint(document, (EveryClause(),), only=["idle-exemption"])
    assert not report.findings


def test_an_unknown_rule_is_named_with_the_nearest_one():
    with pytest.raises(Problem, match="no lint rule `hedge-feasability`") as caught:
        lint(STARTER, lint_rules(), only=["hedge-feasability"])
    assert "hedge-feasibility" in caught.value.diagnostics[0].help


def test_lint_says_the_same_twice():
    assert lint(STARTER, lint_rules()) == lint(STARTER, lint_rules())
