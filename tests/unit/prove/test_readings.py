"""What a used hedge takes out of a rulebook, by hand (`spec/semantics.md`, 11.2)."""

import pytest

from hedged_rulebooks import hedge
from shipworthy.frameworks import Evidence, evaluate
from shipworthy.frameworks.semantics.readings import Hedged, hedged, read_as
from shipworthy.kernel import Problem, digest_text
from shipworthy.records import (
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import DeploymentType

SCORE = QuantityField(name="score", unit="percent", riskier="up")
OWNER = LevelField(name="owner", levels=("no", "yes"), riskier="down")
RISK = LevelField(
    name="risk",
    levels=("low", "high"),
    riskier="up",
    definitions=(
        LevelDefinition(
            level="high",
            when=Atom(field="score", operator=">=", value="50"),
            discretion=("feasible",),
        ),
    ),
)
NAMED = Atom(field="owner", operator="==", value="yes")


def requirement(name, condition=NAMED, discretion=()):
    return Requirement(
        id=name, title="t", condition=condition, clauses=("c",), discretion=discretion
    )


def rule(name, when=None, requires=(), discretion=(), ceiling="hold"):
    return Rule(
        id=name,
        gate="deploy",
        when=when,
        requires=requires,
        ceiling=ceiling,
        clauses=(f"clause-{name}",),
        discretion=discretion,
    )


def book(*rules):
    return Rulebook(
        id="book",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("api",),
        decisions={"deploy": ("hold", "deploy")},
        go={"deploy": "deploy"},
        fields=(SCORE, OWNER, RISK),
        rules=rules,
        roles=(),
        hedges=(hedge("feasible"), hedge("practicable")),
    )


def level(rulebook, **facts):
    return evaluate(rulebook, Evidence({}, facts, DeploymentType.API), "deploy").level_worst


def test_a_released_rule_takes_no_part():
    given = book(rule("r", requires=(requirement("q"),), discretion=("feasible",)))
    assert level(given, owner="no", score="0") == "hold"
    assert level(read_as(given, {"feasible"}), owner="no", score="0") == "deploy"
    assert level(read_as(given, {"practicable"}), owner="no", score="0") == "hold"


def test_a_rule_that_asks_for_nothing_any_more_disappears():
    given = book(rule("r", requires=(requirement("q", discretion=("feasible",)),)))
    read = read_as(given, {"feasible"})
    assert read.rules == ()
    assert level(read, owner="no", score="0") == "deploy"


def test_a_rule_keeps_the_requirements_that_are_not_released():
    risky = Atom(field="score", operator="<", value="10")
    both = (requirement("named"), requirement("score", risky, ("feasible", "practicable")))
    read = read_as(book(rule("r", requires=both)), {"practicable"})
    assert [one.id for one in read.rules[0].requires] == ["named"]
    assert level(read, owner="no", score="0") == "hold"
    assert level(read, owner="yes", score="99") == "deploy"


def test_a_field_without_any_definition_left_stays_derived():
    high = Atom(field="risk", operator=">=", value="high")
    given = book(rule("r", when=high))
    assert level(given, score="60") == "hold"
    read = read_as(given, {"feasible"})
    assert read.fields[2].definitions
    assert level(read, score="60") == "deploy"
    assert level(read) == "deploy"
    answer = evaluate(read, Evidence({}, {}, DeploymentType.API), "deploy")
    assert answer.levels["risk"].worst == "low"


def test_an_unknown_hedge_is_refused_with_the_nearest():
    with pytest.raises(Problem) as caught:
        read_as(book(), {"feasable"})
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "hedge-unknown"
    assert "`feasible`" in diagnostic.help


def test_what_hedges_can_release_is_listed():
    both = (requirement("q1", discretion=("practicable",)), requirement("q2"))
    given = book(rule("r", requires=both, discretion=("feasible",)))
    assert list(hedged(given)) == [
        Hedged("definition", "risk high", (), ("feasible",)),
        Hedged("rule", "r", ("clause-r",), ("feasible",)),
        Hedged("requirement", "q1", ("c",), ("practicable",)),
    ]
