"""Every rule for records fires on its bad example and is silent on its good one."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from campaigns import CARD, a_frame, a_plan, trials_of
from shipworthy.kernel import Problem
from shipworthy.records import (
    METHOD,
    SEQUENTIAL_METHOD,
    Atom,
    Fact,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.stages.evaluating import aggregate, draw_findings
from shipworthy.stages.reporting.statistics_lint import (
    RECORD_RULES,
    Recorded,
    lint_records,
    lint_report_input,
    recorded_in,
    refuse_impossible_statistics,
)
from shipworthy.testing.battery import battery_rulebook
from shipworthy.testing.reports import battery_report, example_report
from shipworthy.vocabulary import Arm, Breached, Rate, Refused, TrialRole, Unassessed

RULES = {rule.id: rule for rule in RECORD_RULES}
FINDING = "asr.cyber.bare"


def rulebook(*atoms, fields=(), alpha="0.05"):
    atoms = atoms or (Atom(field="cyber", operator="<", value="0.1", bound="upper"),)
    requires = tuple(
        Requirement(id=f"limit-{n}", title=f"limit {n}", condition=atom, clauses=("c",))
        for n, atom in enumerate(atoms, 1)
    )
    return Rulebook(
        id="small",
        version="1.0",
        title="Small framework",
        source_digest="",
        deployments=("limited",),
        decisions={"deploy": ("hold", "deploy")},
        go={"deploy": "deploy"},
        fields=(RateField(name="cyber", finding=FINDING, riskier="up"), *fields),
        rules=(
            Rule(
                id="limits", gate="deploy", when=None, requires=requires, ceiling="hold", clauses=()
            ),
        ),
        roles=(),
        alpha=alpha,
    )


def measured(plan, decide=lambda item, arm: None, **options):
    """The records of a real campaign over simulated trials."""
    found = draw_findings(aggregate(trials_of(plan, decide)), plan, {"leak": CARD})
    terms = {"rulebook": rulebook(), "runs": 1} | options
    return Recorded(
        gate="deploy",
        alpha=plan.alpha,
        levels=(plan.alpha,),
        items=plan.items,
        findings=found.findings,
        paired=found.paired,
        **terms,
    )


def breached(*numbers):
    """Every second cell of these scenarios of each domain is breached in the bare arm."""

    def decide(item, arm):
        if item.role is not TrialRole.ADVERSARIAL or arm is not Arm.BARE:
            return None
        return Breached() if int(item.scenario[-3:]) in numbers else None

    return decide


@cache
def once(**options):
    """Sixty-four scenarios, each tried once in each arm; four are breached."""
    plan = a_plan(a_frame(("cyber",), 64), attacks=("plain",))
    return measured(plan, breached(1, 2, 3, 4), **options)


@cache
def twice(each, *numbers):
    """Scenarios under two attacks each."""
    plan = a_plan(a_frame(("cyber",), each), attacks_per_scenario=2)
    return measured(plan, breached(*numbers))


def with_finding(recorded, name=FINDING, bounds=None, **changes):
    """The same records with one finding altered; `bounds` alters its bounds."""

    def altered(one):
        if one.id != name:
            return one
        if bounds:
            changes["bounds"] = replace(one.bounds, **bounds)
        return replace(one, **changes)

    return rebuilt(recorded, findings=tuple(altered(one) for one in recorded.findings))


def rebuilt(recorded, **changes):
    names = Recorded.__dataclass_fields__
    return Recorded(**{name: getattr(recorded, name) for name in names} | changes)


def unpaired():
    def decide(item, arm):
        silent = item.role is TrialRole.ADVERSARIAL and arm is Arm.SAFEGUARDED
        return Unassessed(reason="timeout") if silent else None

    plan = a_plan(a_frame(("cyber",), 64), attacks=("plain",))
    return measured(plan, decide)


def refusing(domain):
    """Forty twins in each of three domains; the bare model refuses those of one."""

    def decide(item, arm):
        hit = item.role is TrialRole.BENIGN and item.domain == domain and arm is Arm.BARE
        return Refused(by="model") if hit else None

    return measured(a_plan(a_frame(("cyber", "secrets", "bio"), 40), attacks=("plain",)), decide)


@cache
def compared():
    """The records of a campaign that compares conditions."""
    return recorded_in(battery_report())


def asking(*atoms, alpha="0.05", accepted="0.05", fields=(), facts=()):
    book = rulebook(*atoms, fields=fields, alpha=accepted)
    return Recorded(
        rulebook=book, gate="deploy", alpha=alpha, levels=(alpha,), items=(), facts=facts
    )


def quantity(name, unit="", bound="upper"):
    return QuantityField(name=name, unit=unit, riskier="up", bound=bound)


LIMIT = Atom(field="cyber", operator="<", value="0.1", bound="upper")
POINT = Atom(field="cyber", operator="<", value="0.1", bound="point")
P_VALUE = Atom(field="balance-p-value", operator=">", value="0.05")
FORECAST = Atom(field="asr-forecast", operator="<", value="0.1")
GAP = Atom(field="field-gap", operator="<", value="0.1")


def examples():
    """Rule to its bad and its good records."""
    whole = once()
    sequential = frozenset({"cyber"})
    table = next(one for one in whole.paired if one.id == "asr.cyber")
    others = tuple(one for one in whole.paired if one is not table)
    cut = replace(table, neither=table.neither - 3)
    return {
        "interval-without-width": (
            with_finding(whole, bounds={"upper": whole.by_id[FINDING].bounds.lower}),
            whole,
        ),
        "interval-out-of-order": (with_finding(whole, bounds={"upper": "0.03"}), whole),
        "unregistered-alpha": (with_finding(whole, bounds={"alpha": "0.2"}), whole),
        "weak-alpha": (
            rebuilt(whole, rulebook=rulebook(alpha="0.01")),
            rebuilt(whole, rulebook=rulebook(alpha="0.05")),
        ),
        "rate-without-basis": (with_finding(whole, bounds={"method": ""}), whole),
        "attempts-unaccounted": (
            with_finding(whole, rate=replace(whole.by_id[FINDING].rate, attempts=60, unassessed=0)),
            whole,
        ),
        "scenarios-do-not-fit": (
            with_finding(twice(64, 1, 2, 3), bounds={"scenarios": 128}),
            twice(64, 1, 2, 3),
        ),
        "attempts-as-independent": (
            with_finding(twice(64, 1, 2, 3), bounds={"design_effect": "1.000000"}),
            twice(64, 1, 2, 3),
        ),
        "design-effect-assumed": (twice(20, 1, 2, 3), whole),
        "rate-per-attempt": (twice(64, 1, 2, 3), whole),
        "point-as-evidence": (asking(POINT), asking(LIMIT)),
        "significance-as-evidence": (
            asking(P_VALUE, fields=(quantity("balance-p-value"),)),
            asking(GAP, fields=(quantity("field-gap", "points"),)),
        ),
        "forecast-as-evidence": (
            asking(FORECAST, fields=(quantity("asr-forecast"),)),
            asking(GAP, fields=(quantity("field-gap", "points"),)),
        ),
        "corrected-conjunction": (
            asking(LIMIT, LIMIT, LIMIT, alpha="0.016667"),
            asking(LIMIT, LIMIT, LIMIT, alpha="0.05"),
        ),
        "fixed-bound-after-looks": (
            rebuilt(whole, sequential=sequential),
            with_finding(
                with_finding(
                    rebuilt(whole, sequential=sequential, paired=()),
                    bounds={"method": SEQUENTIAL_METHOD},
                ),
                "asr.cyber.safeguarded",
                bounds={"method": SEQUENTIAL_METHOD},
            ),
        ),
        "looks-between-runs": (rebuilt(whole, runs=3), rebuilt(whole, runs=1)),
        "comparison-without-pairs": (rebuilt(whole, paired=(cut, *others)), whole),
        "pooled-over-domains": (
            rebuilt(
                whole,
                findings=(
                    *whole.findings,
                    replace(whole.by_id[FINDING], id="asr.all.bare", domain="all"),
                ),
            ),
            whole,
        ),
        "pooled-hides-domain": (refusing("cyber"), refusing("none")),
        "contrast-without-table": (rebuilt(compared(), contrasts=()), compared()),
        "difference-out-of-reach": (
            rebuilt(compared(), rulebook=battery_rulebook()),
            rebuilt(compared(), rulebook=rulebook()),
        ),
    }


EXAMPLES = examples()


def rules_in(recorded):
    return {finding.rule for finding in lint_records(recorded)}


def test_every_rule_has_examples():
    assert set(EXAMPLES) == set(RULES)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_rule_fires_on_its_bad_example_only(rule):
    bad, good = EXAMPLES[rule]
    assert rule in rules_in(bad)
    assert rule not in rules_in(good)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_finding_says_where_what_and_what_would_be_right(rule):
    for finding in lint_records(EXAMPLES[rule][0]):
        assert finding.where
        assert finding.message
        assert finding.advice
        if RULES[finding.rule].severity == "warning":
            assert finding.severity == "warning"


def test_what_a_report_prints_of_a_rule_holds_no_digit():
    for rule in RECORD_RULES:
        assert not any(letter.isnumeric() for letter in rule.title + rule.why)


def test_a_clean_campaign_has_no_finding():
    assert lint_records(once()) == ()


def test_findings_are_errors_first_and_the_same_each_time():
    recorded = rebuilt(with_finding(twice(20, 1), bounds={"alpha": "0.2"}), runs=2)
    found = lint_records(recorded)
    assert [one.severity for one in found] == sorted(one.severity for one in found)
    assert found == lint_records(recorded)


@pytest.mark.parametrize("limit", ["0.000000", "-1", "nan", "0.4"])
def test_a_limit_of_a_fall_that_the_pairs_contradict_is_an_error(limit):
    whole = once()
    table = next(one for one in whole.paired if one.id == "asr.cyber")
    half = replace(table, both=2, before_only=2, ratio_upper=limit)
    (found,) = [
        one
        for one in lint_records(rebuilt(whole, paired=(half,)))
        if one.where == "paired asr.cyber" and "ratio" in one.message
    ]
    assert (found.rule, found.severity) == ("interval-out-of-order", "error")
    right = replace(half, ratio_upper="1.200000")
    assert not [
        one for one in lint_records(rebuilt(whole, paired=(right,))) if "ratio" in one.message
    ]


def test_several_attempts_counted_together_are_no_fault():
    whole = twice(64, 1, 2)
    assert whole.by_id["asr-at-2.cyber.safeguarded"].rate.started == 64
    assert not [one for one in lint_records(whole) if "asr-at-2" in one.message]
    less = with_finding(
        whole, "asr-at-2.cyber.bare", rate=Rate(successes=1, attempts=9, unassessed=0)
    )
    assert "attempts-unaccounted" in {one.rule for one in lint_records(less)}


@pytest.mark.parametrize(
    ("numbers", "warned"), [((), False), ((1,), False), ((1, 2), True), ((1, 2, 3), False)]
)
def test_only_a_bound_with_an_assumption_in_it_is_said_to_have_one(numbers, warned):
    """No or one breached scenario: each is worth one attempt, which assumes nothing."""
    found = [one for one in lint_records(twice(64, *numbers)) if one.where == FINDING]
    assert [one.rule for one in found] == ["design-effect-assumed"] * warned


def test_a_framework_that_limits_what_several_attempts_reach_is_not_told_to():
    atom = Atom(field="cyber", operator="<", value="0.1", bound="upper")
    told = [one for one in lint_records(twice(64)) if one.rule == "rate-per-attempt"]
    assert [one.advice.rpartition(" ")[2] for one in told] == ["`asr-at-2`"]
    for finding, warned in (("asr-at-2.cyber.bare", False), ("asr-at-3.cyber.bare", True)):
        book = replace(
            rulebook(atom), fields=(RateField(name="cyber", finding=finding, riskier="up"),)
        )
        rules = {one.rule for one in lint_records(rebuilt(twice(64), rulebook=book))}
        assert ("rate-per-attempt" in rules) is warned


def test_a_bound_over_few_scenarios_says_that_it_supports_nothing_good():
    (found, _) = [one for one in lint_records(twice(20)) if one.rule == "design-effect-assumed"]
    assert "each of 20 scenarios; with fewer than 60 the bound supports no good" in found.message


def test_nothing_assessed_in_both_arms_is_a_warning_and_a_missing_table_an_error():
    (silent,) = [one for one in lint_records(unpaired()) if one.rule == "comparison-without-pairs"]
    assert silent.severity == "warning"
    missing = lint_records(rebuilt(once(), paired=()))
    assert {one.severity for one in missing} == {"error"}
    assert {one.where for one in missing} == {
        "paired asr.cyber",
        "paired over-refusal.all",
        "paired over-refusal.cyber",
    }


def test_unassessed_attempts_without_their_reasons_are_unaccounted():
    recorded = with_finding(unpaired(), "asr.cyber.safeguarded", unassessed={})
    assert "attempts-unaccounted" in rules_in(recorded)


def test_a_limit_that_is_no_number_is_out_of_order():
    recorded = with_finding(once(), bounds={"upper": "about a tenth"})
    assert "interval-out-of-order" in rules_in(recorded)


def test_a_fact_whose_record_is_a_forecast_is_found_only_where_a_condition_reads_it():
    fact = Fact(field="field-gap", value="0.05", judged_by="Ada", record="forecast of May")
    asked = asking(GAP, fields=(quantity("field-gap"),), facts=(fact,))
    assert "forecast-as-evidence" in rules_in(asked)
    unread = asking(LIMIT, fields=(quantity("field-gap"),), facts=(fact,))
    assert rules_in(unread) == set()


def test_a_requirement_of_another_gate_is_not_read():
    asked = asking(POINT)
    assert rules_in(rebuilt(asked, gate="develop")) == set()


@pytest.mark.parametrize(
    ("alpha", "found"),
    [
        ("0.025", True),
        ("0.0246", True),
        ("0.0125", False),
        ("0.02", False),
        ("0.05", False),
        ("0.1", False),
    ],
)
def test_a_corrected_alpha_is_the_accepted_one_over_the_number_of_requirements(alpha, found):
    asked = asking(LIMIT, LIMIT, alpha=alpha)
    assert ("corrected-conjunction" in rules_in(asked)) is found


OUTCOMES = st.sampled_from(["breached", "held", "unassessed"])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(OUTCOMES, min_size=96, max_size=96),
    st.integers(2, 12),
    st.integers(1, 2),
    st.sampled_from(["0.01", "0.05", "0.2", "0.4"]),
)
def test_whatever_a_campaign_meets_its_records_have_no_error(outcomes, each, attacks, alpha):
    plan = a_plan(a_frame(each=each), attacks_per_scenario=attacks)
    plan = replace(plan, alpha=alpha, submission=replace(plan.submission, alpha=alpha))
    drawn = iter(outcomes)

    def decide(item, arm):
        if item.role is not TrialRole.ADVERSARIAL:
            return None
        outcome = next(drawn)
        return {"breached": Breached(), "unassessed": Unassessed(reason="timeout")}.get(outcome)

    errors = [one for one in lint_records(measured(plan, decide)) if one.severity == "error"]
    assert errors == []


def test_altered_records_are_refused_with_every_error():
    report = example_report()
    assert [one for one in lint_report_input(report) if one.severity == "error"] == []
    refuse_impossible_statistics(report, "runs/example")
    first = report.findings[0]
    assert first.bounds.method == METHOD
    flat = replace(first, bounds=replace(first.bounds, upper=first.bounds.lower))
    with pytest.raises(Problem) as caught:
        refuse_impossible_statistics(
            replace(report, findings=(flat, *report.findings[1:])), "runs/example"
        )
    assert {one.code for one in caught.value.diagnostics} == {"report-statistics"}
    assert caught.value.exit_code.value == 4
    assert "interval-without-width" in caught.value.render()
