"""Frameworks in Python: the same document as in YAML, the same checks, places in Python files."""

import inspect
import traceback
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from full_framework import FULL
from shipworthy.frameworks import compile_rulebook, read_framework
from shipworthy.frameworks.language.authoring import (
    Framework,
    all_of,
    any_of,
    at_least,
    definition,
    requirement,
)
from shipworthy.kernel import Problem
from shipworthy.records import AllOf, AnyOf, AtLeast, Atom


def started(**keys) -> Framework:
    framework = Framework(
        "example",
        **{"title": "Example", "publisher": "us", "version": "1", "deployments": ["api"], **keys},
    )
    framework.source(
        "s", title="S", digest="unknown", location="here", retrieved="unknown", standing="ours"
    )
    framework.clause(
        "c1", source="s", section="a", paraphrase="p", modality="must", actor="we", category="EC2"
    )
    framework.gate("deploy", levels=["stop", "deploy"], go="deploy")
    framework.role("lead", duty="decides")
    framework.governance(quorum=["lead"])
    return framework


def with_rule(framework: Framework, **keys) -> Framework:
    framework.rule("r1", **{"title": "R", "gate": "deploy", "ceiling": "stop", **keys})
    return framework


def when_of(framework: Framework, condition):
    with_rule(framework, clauses=["c1"], when=condition)
    return framework.document().rules[0].rule.when


def full() -> Framework:
    """The example that uses every layer, in Python."""
    f = Framework(
        "example",
        title="Example",
        publisher="us",
        version="1",
        in_force={"from": "2026-01-01", "until": "2026-12-31", "review_by": "2026-06-30"},
        supersedes="example-0",
        deployments=["internal", "api"],
        summary={"scope": "models above an amount of computation"},
        change_log_complete=True,
    )
    s = f.source(
        "s", title="S", digest="unknown", location="here", retrieved="unknown", standing="ours"
    )
    plain = {"source": s, "section": "a", "paraphrase": "p", "modality": "must", "actor": "we"}
    c1 = f.clause(
        "c1",
        **plain,
        category="EC2",
        hedges=["where practicable"],
        provenance="primary",
        topics=["thresholds"],
        domains=["cyber"],
        level="high",
        standard="uniquely enables",
        deadline="2 days",
        contradicts=["c2"],
    )
    c2 = f.clause("c2", **plain, category="EC2", hedges=["if others already do"])
    c3 = f.clause("c3", **plain, category="EC1")
    c4 = f.clause("c4", **plain, category="G", not_executable="about people")
    practicable = f.hedge(
        "practicable",
        phrase="where practicable",
        kind="feasibility",
        clause=c1,
        about="cost",
        bounded_by="nothing",
    )
    others = f.hedge(
        "others",
        phrase="if others already do",
        kind="availability",
        clause=c2,
        controlled_by="regulator",
    )
    f.term(
        "residual",
        phrase="residual risk",
        definition="what remains of severe risk",
        rests_on=["severe"],
    )
    f.term("severe", phrase="severe")
    f.covers("cyber", standing="threshold", clauses=[c1])
    f.covers("nuclear", standing="excluded", reason="left to states")
    f.announced(since="0.9", about="hold clause removed", clauses=["old:c9", c1])
    ctf = f.evaluation(
        "ctf",
        about="exercises",
        phase="before",
        elicitation="tools",
        cadence="at each model",
        clauses=[c1],
    )
    f.outcome(
        "intrusion",
        about="networks are broken into",
        domains=["cyber"],
        clauses=[c1],
        scenarios={
            "alone": {
                "about": "one person does what took a team",
                "evidence": ["compute", "cyber"],
                "when": f.deployment >= "api",
                "evaluations": [ctf],
                "clauses": [c1],
                "threat": {
                    "actor": "one person",
                    "resources": "a month",
                    "path": ["find a way in", "move on"],
                    "barriers": [
                        {
                            "step": "find a way in",
                            "barrier": "systems are patched",
                            "until": "2027-06-30",
                        }
                    ],
                },
            }
        },
    )
    f.exempt("missing-deadline", at=c1, reason="a gate")
    lead = f.role("lead", duty="decides")
    board = f.role("board", duty="oversees", named=False)
    f.governance(
        quorum=[lead],
        decides=[{"clause": c4, "roles": [lead, board], "mode": "any"}],
        elements={
            "escalation": {"standing": "absent"},
            "go-no-go": {"standing": "present", "clauses": [c4], "note": "yes it is"},
        },
        amendment={
            "text": "the board",
            "stricter": [lead],
            "looser": [lead, board],
            "notice_days": 30,
            "enumerate_looser": True,
            "review_months": 12,
            "change_log": "hedged",
            "justification": "absent",
        },
    )
    f.gate("deploy", levels=["stop", "deploy"], go="deploy")
    compute = f.quantity("compute", "1e24 operations", riskier="up", judged_by=lead, bound="upper")
    cyber = f.levels(
        "cyber",
        ["moderate", "high", "critical"],
        riskier="up",
        judged_by=lead,
        concerns="capability",
        domains=["cyber"],
        measured_by=[ctf],
        baseline="a search engine",
    )
    worst = f.levels(
        "worst",
        ["low", "mid", "top"],
        riskier="up",
        definitions=[
            definition("mid", when=cyber >= "high", unless_discretion=others, clauses=[c2])
        ],
    )
    f.scope(compute >= 100, clauses=[c3])
    f.rule(
        "r1",
        title="R",
        gate="deploy",
        clauses=[c1],
        when=(worst >= "mid") & (f.deployment >= "api"),
        requires=[
            requirement(
                "q1",
                title="Q",
                condition=cyber < "critical",
                bound_stated=False,
                illustrative=True,
                unless_discretion=[practicable, others],
            )
        ],
        ceiling="stop",
        unless_discretion=practicable,
    )
    return f


def test_python_and_yaml_give_the_same_document(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text(FULL)
    here, there = full().document(), read_framework(file)
    assert msgspec.structs.replace(here, digest=there.digest) == there


def test_a_file_with_the_text_gives_the_same_document_and_the_same_rulebook(tmp_path):
    framework = full()
    file = tmp_path / "f.yaml"
    file.write_text(framework.text())
    assert read_framework(file) == framework.document()
    ours = compile_rulebook(framework.document())
    assert compile_rulebook(read_framework(file)).digest == ours.digest


def test_operators_write_conditions():
    f = started()
    cyber = f.levels("cyber", ["low", "mid", "high"], riskier="up", judged_by="lead")
    live = f.flag("live", riskier="down", judged_by="lead")
    hours = f.quantity("hours", "h", riskier="up", judged_by="lead")
    asr = f.rate("asr", "asr.violence.bare", riskier="up")
    found = when_of(
        f,
        (cyber >= "mid") & live & (hours > Decimal("40.50"))
        | (asr.upper < "0.10")
        | at_least(2, cyber == "high", cyber != "low", hours <= 3),
    )
    assert found == AnyOf(
        of=(
            AllOf(
                of=(
                    Atom(field="cyber", operator=">=", value="mid"),
                    Atom(field="live", operator="==", value="yes"),
                    Atom(field="hours", operator=">", value="40.50"),
                )
            ),
            Atom(field="asr", operator="<", value="0.10", bound="upper"),
            AtLeast(
                needed=2,
                of=(
                    Atom(field="cyber", operator="==", value="high"),
                    Atom(field="cyber", operator="!=", value="low"),
                    Atom(field="hours", operator="<=", value="3"),
                ),
            ),
        )
    )


def test_named_combinators_say_the_same_as_operators():
    f = started()
    cyber = f.levels("cyber", ["low", "mid", "high"], riskier="up", judged_by="lead")
    one, two, three = cyber >= "mid", cyber == "high", cyber != "low"
    assert (
        all_of(one, two, three).node.get("all").items == (one & two & three).node.get("all").items
    )
    assert any_of(one, two).node.get("any").items == (one | two).node.get("any").items


def line_of(function, text: str) -> int:
    lines, first = inspect.getsourcelines(function)
    return first + next(i for i, line in enumerate(lines) if text in line)


def faults(framework: Framework):
    with pytest.raises(Problem) as caught:
        framework.document()
    assert caught.value.exit_code == 2
    return caught.value.diagnostics


def test_a_fault_names_the_python_file_the_line_and_the_column():
    f = started()
    cyber = f.levels("cyber", ["low", "high"], riskier="up", judged_by="lead")
    with_rule(
        f,
        clauses=["c1"],
        when=(cyber >= "hgh"),
    )
    (fault,) = faults(f)
    assert fault.code == "framework-unknown-level"
    assert fault.help == "did you mean `high`?"
    line = line_of(test_a_fault_names_the_python_file_the_line_and_the_column, '"hgh"')
    assert (fault.location.file, fault.location.line) == (__file__, line)
    written = Path(__file__).read_text().splitlines()[line - 1]
    assert written[fault.location.column - 1 :].startswith('cyber >= "hgh"')


def test_a_requirement_and_a_definition_have_places_of_their_own():
    f = started()
    f.levels(
        "risk",
        ["low", "high"],
        riskier="up",
        definitions=[
            definition("hgh", when=f.deployment >= "api"),
        ],
    )
    with_rule(
        f,
        clauses=["c1"],
        requires=[
            requirement("q1", titel="Q", condition=f.deployment >= "api"),
        ],
    )
    this = test_a_requirement_and_a_definition_have_places_of_their_own
    found = [(fault.code, fault.location.line) for fault in faults(f)]
    assert ("framework-unknown-level", line_of(this, 'definition("hgh"')) in found
    assert ("framework-unknown-key", line_of(this, "titel=")) in found
    assert ("framework-missing-key", line_of(this, "titel=")) in found


def test_a_script_that_stops_at_a_fault_shows_every_place():
    policy = Framework("p", title="t")
    line = inspect.currentframe().f_lineno + 1
    policy.clause("one", section="", modality="shall")
    with pytest.raises(Problem) as caught:
        policy.text()
    shown = "".join(traceback.format_exception(caught.value))
    assert f"{__file__}:{line}:" in shown
    assert shown.count("error[framework-") == len(caught.value.diagnostics) > 1


def test_all_faults_are_gathered_and_unknown_keys_get_the_nearest_one():
    f = started(publishr="us")
    f.hedge("h", phrase="maybe", kind="modal", clause="c1")
    with_rule(f, clauses=["c1"], when=f.deployment >= "api", celing="stop")
    found = {fault.code for fault in faults(f)}
    assert found >= {"framework-unknown-key", "framework-type", "framework-unknown-hedge"}
    assert "did you mean `publisher`?" in [fault.help for fault in faults(f)]


def test_a_name_given_twice_is_a_fault():
    f = started()
    f.covers("cyber", standing="tracked")
    f.covers("cyber", standing="excluded")
    (fault,) = faults(f)
    assert fault.code == "framework-duplicate-key"
    assert "the first is at" in fault.help


@pytest.mark.parametrize("value", [0.1, None, object(), b"x"])
def test_a_value_without_an_exact_text_is_a_fault(value):
    (fault,) = faults(started(alpha=value))
    assert fault.code == "framework-type"
    assert "no value of a framework" in fault.message


def test_a_limit_that_is_a_float_is_refused_where_it_stands():
    asr = started().rate("asr", "asr.violence.bare", riskier="up")
    with pytest.raises(Problem) as caught:
        asr.upper < 0.1  # noqa: B015 - the comparison is what is tested
    (fault,) = caught.value.diagnostics
    assert fault.code == "framework-type"
    assert fault.location.file == __file__


def test_an_invisible_character_is_a_fault():
    (fault,) = faults(started(title="Exam\u200bple"))
    assert fault.code == "framework-encoding"


@pytest.mark.parametrize(
    "misuse",
    [
        lambda a: a >= "low" and a <= "high",
        lambda a: not (a >= "low"),
        lambda a: "low" <= a <= "high",
    ],
)
def test_python_words_that_would_lose_a_condition_are_refused(misuse):
    cyber = started().levels("cyber", ["low", "mid", "high"], riskier="up", judged_by="lead")
    with pytest.raises(Problem, match="neither true nor false"):
        misuse(cyber)


def test_a_condition_that_no_file_could_hold_is_refused():
    cyber = started().levels("cyber", ["low", "high"], riskier="up", judged_by="lead")
    deep = cyber >= "high"
    for _ in range(6):
        deep = any_of(deep)
    with pytest.raises(Problem, match="nested too deep"):
        all_of(any_of(any_of(deep)))


def test_the_deepest_condition_that_is_allowed_can_be_printed_and_read(tmp_path):
    f = started()
    cyber = f.levels("cyber", ["low", "high"], riskier="up", judged_by="lead")
    deep = cyber >= "high"
    while True:
        try:
            deep = any_of(deep)
        except Problem:
            break
    risk = f.levels(
        "risk", ["low", "high"], riskier="up", definitions=[definition("high", when=deep)]
    )
    with_rule(f, clauses=["c1"], when=deep)
    file = tmp_path / "f.yaml"
    file.write_text(f.text())
    assert read_framework(file) == f.document()
    assert risk.name == "risk"
