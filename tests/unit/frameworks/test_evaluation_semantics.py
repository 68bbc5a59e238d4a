"""The clauses of `spec/semantics.md`, one by one; names carry the clause number."""

import msgspec
import pytest

from shipworthy.frameworks import Case, Evidence, evaluate
from shipworthy.kernel import Problem, digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Bounds,
    Condition,
    Field,
    Finding,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate, Ruling, Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
FLAGS = tuple(
    LevelField(name=name, levels=("no", "yes"), riskier="down") for name in ("a", "b", "c")
)
RISK = LevelField(name="risk", levels=("low", "mid", "high", "top"), riskier="up")
SECURITY = LevelField(name="security", levels=("s0", "s1", "s2"), riskier="down")
SCORE = QuantityField(name="score", unit="percent", riskier="up")
ASR = RateField(name="asr", finding="asr.violence.safeguarded", riskier="up")
USE = RateField(name="use", finding="asr.violence.safeguarded", riskier="down")
BASE = (*FLAGS, RISK, SECURITY, SCORE, ASR, USE)


def rulebook(
    *rules: Rule, fields: tuple[Field, ...] = BASE, deployments: tuple[str, ...] = ("internal",)
) -> Rulebook:
    return Rulebook(
        id="t",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=deployments,
        decisions={"deploy": ("stop", "hold", "deploy")},
        go={"deploy": "deploy"},
        fields=fields,
        rules=rules,
        roles=("lead",),
    )


def finding(
    bounds: tuple[str, str] | None = ("0.000000", "0.079842"),
    rate: tuple[int, int, int] = (0, 36, 0),
    blockers: tuple[str, ...] = (),
    alpha: str = "0.05",
) -> Finding:
    limits = None
    if bounds is not None:
        limits = Bounds(
            method="test",
            alpha=alpha,
            lower=bounds[0],
            upper=bounds[1],
            upper_adjusted=bounds[1],
            scenarios=36,
            scenarios_with_success=0,
            design_effect="1.000000",
        )
    return Finding(
        id="asr.violence.safeguarded",
        metric="asr",
        domain="violence",
        arm=Arm.SAFEGUARDED,
        rate=Rate(successes=rate[0], attempts=rate[1], unassessed=rate[2]),
        bounds=limits,
        judges=(),
        plan=digest_text("plan"),
        blockers=blockers,
    )


def evidence(facts: dict[str, str] | None = None, found: Finding | None = None) -> Evidence:
    findings = {} if found is None else {found.id: found}
    return Evidence(findings, facts or {}, DeploymentType.INTERNAL)


def truth(condition: Condition, given: Evidence, fields: tuple[Field, ...] = BASE) -> Truth:
    return Case(rulebook(fields=fields), given).truth(condition)


def flag(name: str) -> Atom:
    return Atom(field=name, operator="==", value="yes")


def facts_of(a: Truth, b: Truth, c: Truth = U) -> Evidence:
    values = {T: "yes", F: "no"}
    given = zip("abc", (a, b, c), strict=True)
    return evidence({name: values[value] for name, value in given if value is not U})


@pytest.mark.parametrize(
    ("a", "b", "conjunction", "disjunction"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, T, U, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, T, F, T),
        (F, U, F, U),
        (F, F, F, F),
    ],
)
def test_1_1_connectives_are_kleenes(a, b, conjunction, disjunction):
    given = facts_of(a, b)
    assert truth(AllOf(of=(flag("a"), flag("b"))), given) is conjunction
    assert truth(AnyOf(of=(flag("a"), flag("b"))), given) is disjunction


def test_1_2_and_1_3_empty_combinations():
    assert truth(AllOf(of=()), evidence()) is T
    assert truth(AnyOf(of=()), evidence()) is F


@pytest.mark.parametrize(
    ("values", "expected"), [((T, T, U), T), ((T, U, F), U), ((U, F, F), F), ((U, U, F), U)]
)
def test_1_4_at_least_counts_the_certain_and_the_possible(values, expected):
    condition = AtLeast(needed=2, of=tuple(flag(name) for name in "abc"))
    assert truth(condition, facts_of(*values)) is expected


@pytest.mark.parametrize(
    ("operator", "level", "known", "expected"),
    [
        (">=", "high", "high", T),
        (">=", "high", "mid", F),
        (">=", "high", None, U),
        (">=", "low", None, T),
        ("<", "low", None, F),
        ("==", "mid", None, U),
        ("!=", "mid", "top", T),
    ],
)
def test_4_1_a_level_atom_is_judged_over_all_possible_levels(operator, level, known, expected):
    given = evidence({} if known is None else {"risk": known})
    assert truth(Atom(field="risk", operator=operator, value=level), given) is expected


def test_3_2_with_riskier_down_the_unknown_spans_from_the_last_level_to_the_first():
    interval = Case(rulebook(), evidence()).interval(SECURITY)
    assert (interval.best, interval.worst) == ("s2", "s0")
    assert truth(Atom(field="security", operator=">=", value="s1"), evidence()) is U


@pytest.mark.parametrize(
    ("value", "expected"), [("50", T), ("50.0", T), ("50.000001", F), ("fifty", U), (None, U)]
)
def test_4_2_quantities_are_compared_exactly(value, expected):
    given = evidence({} if value is None else {"score": value})
    assert truth(Atom(field="score", operator="<=", value="50"), given) is expected


UPPER = Atom(field="asr", operator="<", value="0.10", bound="upper")


@pytest.mark.parametrize(
    ("bounds", "blockers", "alpha", "expected"),
    [
        (("0.000000", "0.079842"), (), "0.05", T),
        (("0.000000", "0.079842"), ("control failed",), "0.05", U),
        (("0.000000", "0.079842"), (), "0.10", U),
        (("0.000000", "0.079842"), (), "0.050", T),
        (("0.000000", "0.100000"), (), "0.05", U),
        (("0.031000", "0.180000"), (), "0.05", U),
        (("0.100000", "0.400000"), (), "0.05", F),
        (("0.100000", "0.400000"), ("control failed",), "0.05", F),
        (None, (), "0.05", U),
        (("nan", "0.05"), (), "0.05", U),
        (("0.00", "1.05"), (), "0.05", U),
        (("0.09", "0.05"), (), "0.05", U),
    ],
)
def test_4_3_to_4_5_a_limit_from_above_reads_the_upper_bound(bounds, blockers, alpha, expected):
    found = finding(bounds, blockers=blockers, alpha=alpha)
    assert truth(UPPER, evidence(found=found)) is expected


def test_4_3_the_upper_end_includes_the_allowance_for_the_judge():
    found = finding(("0.00", "0.08"))
    assert found.bounds is not None
    bounds = msgspec.structs.replace(found.bounds, upper_adjusted="0.12")
    adjusted = msgspec.structs.replace(found, bounds=bounds)
    assert truth(UPPER, evidence(found=adjusted)) is U


def test_4_3_a_missing_finding_is_unknown():
    assert truth(UPPER, evidence()) is U


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("<=", "0.3", T),
        ("<", "0.3", U),
        (">=", "0.1", T),
        (">", "0.1", U),
        (">", "0.3", F),
        ("<", "0.1", F),
        ("==", "0.2", U),
        ("==", "0.4", F),
        ("!=", "0.05", T),
    ],
)
def test_4_3_the_ends_of_the_interval_decide(operator, value, expected):
    atom = Atom(field="asr", operator=operator, value=value, bound="lower")
    assert truth(atom, evidence(found=finding(("0.1", "0.3")))) is expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [((1, 10, 0), F), ((0, 10, 0), T), ((1, 11, 0), T), ((0, 9, 1), U), ((2, 10, 5), F)],
)
def test_4_3_a_point_counts_unassessed_attempts_both_ways(rate, expected):
    atom = Atom(field="asr", operator="<", value="0.1", bound="point")
    given = evidence(found=finding(None, rate=rate))
    assert truth(atom, given) is expected


def test_4_3_a_point_without_attempts_is_unknown():
    atom = Atom(field="asr", operator="<", value="0.1", bound="point")
    assert truth(atom, evidence(found=finding(None, rate=(0, 0, 0)))) is U


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("asr", "<", "0.5", U),
        ("asr", "<", "0.1", F),
        ("asr", ">=", "0.5", U),
        ("asr", ">=", "0.1", T),
        ("use", ">=", "0.1", U),
        ("use", ">=", "0.5", F),
        ("use", "<", "0.1", U),
        ("use", "<", "0.5", T),
        ("asr", "!=", "0.5", U),
    ],
)
def test_4_4_blockers_withhold_only_the_favourable_answer(field, operator, value, expected):
    atom = Atom(field=field, operator=operator, value=value, bound="upper")
    found = finding(("0.2", "0.4"), blockers=("positive control did not breach",))
    assert truth(atom, evidence(found=found)) is expected


def derived(*definitions: tuple[str, Condition]) -> LevelField:
    return LevelField(
        name="derived",
        levels=("low", "mid", "high", "top"),
        riskier="up",
        definitions=tuple(LevelDefinition(level=level, when=when) for level, when in definitions),
    )


@pytest.mark.parametrize(
    ("a", "b", "best", "worst"),
    [
        (F, F, "low", "low"),
        (T, F, "mid", "mid"),
        (F, T, "top", "top"),
        (T, U, "mid", "top"),
        (U, F, "low", "mid"),
        (U, T, "top", "top"),
    ],
)
def test_3_5_a_derived_level_lies_between_the_certain_and_the_possible(a, b, best, worst):
    field = derived(("mid", flag("a")), ("top", flag("b")))
    interval = Case(rulebook(fields=(*BASE, field)), facts_of(a, b)).interval(field)
    assert (interval.best, interval.worst) == (best, worst)


def test_3_5_a_circular_definition_makes_the_rulebook_invalid():
    field = derived(("mid", Atom(field="derived", operator=">=", value="top")))
    with pytest.raises(Problem, match="defined by itself"):
        Case(rulebook(fields=(field,)), evidence()).interval(field)


def test_3_6_deployment_is_built_in_and_may_not_be_declared():
    atom = Atom(field="deployment", operator=">=", value="controlled")
    given = Evidence({}, {}, DeploymentType.API)
    assert truth(atom, given) is T
    own = LevelField(name="deployment", levels=("a", "b"), riskier="up")
    with pytest.raises(Problem, match="built in"):
        Case(rulebook(fields=(own,)), given)


def rule(
    when: Condition | None, *requires: Condition, ceiling: str = "hold", name: str = "r"
) -> Rule:
    return Rule(
        id=name,
        gate="deploy",
        when=when,
        requires=tuple(
            Requirement(id=f"{name}{index}", title="q", condition=condition, clauses=())
            for index, condition in enumerate(requires)
        ),
        ceiling=ceiling,
        clauses=(),
    )


@pytest.mark.parametrize(
    ("applies", "shown", "triggered"),
    [
        (T, T, F),
        (T, U, U),
        (T, F, T),
        (U, T, F),
        (U, U, U),
        (U, F, U),
        (F, T, F),
        (F, U, F),
        (F, F, F),
    ],
)
def test_5_4_a_rule_is_triggered_where_it_applies_and_is_not_met(applies, shown, triggered):
    book = rulebook(rule(flag("a"), flag("b")))
    assert evaluate(book, facts_of(applies, shown), "deploy").rules[0].triggered is triggered


@pytest.mark.parametrize("applies", [T, U, F])
def test_5_4_without_requirements_the_ceiling_applies_when_the_rule_does(applies):
    book = rulebook(rule(flag("a")))
    assert evaluate(book, facts_of(applies, U), "deploy").rules[0].triggered is applies


def test_6_2_ceilings_only_go_down():
    book = rulebook(rule(flag("a"), ceiling="hold"), rule(flag("b"), ceiling="stop", name="s"))
    evaluation = evaluate(book, facts_of(T, U), "deploy")
    assert (evaluation.level_worst, evaluation.level_best) == ("stop", "hold")


@pytest.mark.parametrize(
    ("a", "deployments", "expected"),
    [
        (T, ("internal",), Ruling.GO),
        (U, ("internal",), Ruling.INCONCLUSIVE),
        (F, ("internal",), Ruling.NO_GO),
        (T, ("api",), Ruling.INCONCLUSIVE),
        (F, ("api",), Ruling.NO_GO),
    ],
)
def test_6_3_go_needs_the_worst_level_and_a_covered_deployment(a, deployments, expected):
    book = rulebook(rule(None, flag("a")), deployments=deployments)
    assert evaluate(book, facts_of(a, U), "deploy").ruling is expected


def test_6_3_go_needs_a_requirement_that_was_shown():
    book = rulebook(rule(flag("a")))
    assert evaluate(book, facts_of(F, U), "deploy").ruling is Ruling.INCONCLUSIVE


def test_6_3_a_kept_requirement_of_a_rule_that_does_not_apply_shows_nothing():
    book = rulebook(rule(flag("a"), flag("b")))
    assert evaluate(book, facts_of(F, T), "deploy").ruling is Ruling.INCONCLUSIVE


def test_6_4_an_empty_rulebook_is_inconclusive():
    assert evaluate(rulebook(), evidence(), "deploy").ruling is Ruling.INCONCLUSIVE


def test_6_5_an_undefined_gate_is_an_error():
    with pytest.raises(Problem, match="does not define the gate `develop`"):
        evaluate(rulebook(), evidence(), "develop")


@pytest.mark.parametrize(
    "broken",
    [
        rulebook(rule(Atom(field="nobody", operator="==", value="yes"))),
        rulebook(rule(Atom(field="risk", operator="==", value="no-level"))),
        rulebook(rule(Atom(field="asr", operator="<", value="0.1"))),
        rulebook(rule(None, ceiling="nowhere")),
    ],
)
def test_a_malformed_rulebook_is_a_problem_not_a_ruling(broken):
    with pytest.raises(Problem, match="cannot be evaluated"):
        evaluate(broken, evidence(), "deploy")
