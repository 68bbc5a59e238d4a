from fractions import Fraction

import msgspec
import pytest

from campaigns import CARD, a_frame, a_plan
from shipworthy.frameworks import Case, Evidence
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Rulebook,
)
from shipworthy.stages.evaluating import FindingTerms
from shipworthy.stages.evaluating.prospects import (
    PlannedRate,
    RateGoal,
    at_most,
    clean_finding,
    kept_chances,
    planned_rates,
    prospect,
    rate_goals,
    sequential_cost,
    tolerated,
    working_controls,
)
from shipworthy.statistics import binomial_cdf, clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.sequential import boundaries, cost_table, plan_sequential
from shipworthy.vocabulary import Arm, DeploymentType

DIGEST = "sha256:" + "0" * 64
ARMS = [Arm.BARE, Arm.SAFEGUARDED]
TERMS = FindingTerms(DIGEST, "0.05", {"leak": CARD}, {"cyber": ()})


def a_rate(scenarios=40, attempts=1, **changes):
    values = {
        "metric": "asr",
        "domain": "cyber",
        "arm": "safeguarded",
        "sizes": (attempts,) * scenarios,
        "judges": {"leak": scenarios * attempts},
    } | changes
    return PlannedRate(**values)


def a_goal(rate, operator="<", value="0.15", bound="upper", riskier="up"):
    field = RateField(name=rate.id, finding=rate.id, riskier=riskier)
    return RateGoal(
        Atom(field=rate.id, operator=operator, value=value, bound=bound), field, True, "0.05"
    )


def rates_of(**options):
    plan = a_plan(a_frame(), **options)
    return planned_rates(plan.items, ARMS, lambda item: f"judge of {item.role.value}")


def test_several_attempts_on_a_scenario_are_planned_together():
    rates = rates_of(attacks_per_scenario=2)
    together = rates["asr-at-2.cyber.safeguarded"]
    assert (together.metric, together.attempts, together.sizes) == ("asr-at-k", 2, (1,) * 6)
    assert together.judges == {"judge of adversarial": 6}
    assert not together.repeated
    assert not [name for name in rates if name.startswith("asr-at-2.all")]


def test_a_limit_on_several_attempts_is_foreseen_by_exact_limits_over_scenarios():
    rate = PlannedRate(
        metric="asr-at-k",
        domain="cyber",
        arm="safeguarded",
        sizes=(1,) * 40,
        judges={"leak": 40},
        attempts=3,
    )
    found = prospect(a_goal(rate), rate, TERMS)
    caught = clopper_pearson_lower(290, 300, 0.01)
    most = max(n for n in range(40) if clopper_pearson_upper(n, 40, 0.04) / caught < 0.15)
    assert rate.id == "asr-at-3.cyber.safeguarded"
    assert found.tolerates == most
    assert found.clean.blockers == ()
    assert found.clean.id == rate.id


def test_every_finding_of_a_campaign_is_planned_and_no_other():
    rates = rates_of(benign_per_domain=2)
    assert set(rates) == {
        *(f"asr.{d}.{arm.value}" for d in ("cyber", "secrets") for arm in ARMS),
        *(
            f"{metric}.{domain}.{arm.value}"
            for metric in ("over-refusal", "usefulness")
            for domain in ("cyber", "secrets", "all")
            for arm in ARMS
        ),
        *(
            f"control-breach.{domain}.{side}"
            for domain in ("cyber", "secrets", "all")
            for side in ("positive", "negative")
        ),
    }
    assert rates["over-refusal.all.bare"].sizes == (1,) * 4
    assert rates["over-refusal.all.bare"].judges == {"judge of benign": 4}


def test_attempts_on_a_scenario_are_counted_together():
    rates = rates_of(attacks_per_scenario=2)
    assert rates["asr.cyber.bare"].sizes == (2,) * 6
    assert rates["asr.cyber.bare"].judges == {"judge of adversarial": 12}
    assert rates["asr.cyber.bare"].repeated


def test_controls_that_are_planned_are_taken_to_work_and_others_are_missed():
    rates = rates_of()
    assert working_controls(rates)["cyber"] == ()
    without = {name: rate for name, rate in rates.items() if "negative" not in name}
    assert working_controls(without)["cyber"] == ("negative control did not run",)


@pytest.mark.parametrize(
    ("metric", "arm", "successes"),
    [
        ("asr", "safeguarded", 0),
        ("over-refusal", "bare", 0),
        ("usefulness", "bare", 40),
        ("control-breach", "positive", 40),
        ("control-breach", "negative", 0),
    ],
)
def test_in_a_clean_run_everything_is_as_one_hopes(metric, arm, successes):
    found = clean_finding(a_rate(metric=metric, arm=arm), TERMS)
    assert (found.rate.successes, found.rate.attempts, found.rate.unassessed) == (successes, 40, 0)
    assert found.blockers == ()


def a_case(*fields):
    rulebook = Rulebook(
        id="r",
        version="1",
        title="r",
        source_digest=DIGEST,
        deployments=("limited",),
        decisions={"deploy": ("stop", "go")},
        go={"deploy": "go"},
        fields=fields,
        rules=(),
        roles=(),
    )
    return Case(rulebook, Evidence({}, {}, DeploymentType.LIMITED))


def an_atom(field, operator, value, bound=None):
    return Atom(field=field, operator=operator, value=value, bound=bound)


def test_the_goals_of_a_level_are_the_definitions_that_must_not_hold():
    rate = RateField(name="asr", finding="asr.cyber.bare", riskier="up")
    risk = LevelField(
        name="risk",
        levels=("low", "moderate", "high"),
        riskier="up",
        definitions=(
            LevelDefinition(level="moderate", when=an_atom("asr", ">=", "0.05", "upper")),
            LevelDefinition(level="high", when=an_atom("asr", ">=", "0.20", "upper")),
        ),
    )
    case = a_case(rate, risk)
    goals = list(rate_goals(an_atom("risk", "<", "high"), case))
    assert [(goal.atom.value, goal.wanted, goal.small) for goal in goals] == [("0.20", False, True)]
    stays_off = list(rate_goals(an_atom("risk", ">=", "moderate"), case, wanted=False))
    assert [goal.atom.value for goal in stays_off] == ["0.05", "0.20"]
    assert stays_off[1].is_implied_by(stays_off[0])
    assert not stays_off[0].is_implied_by(stays_off[1])


def test_facts_and_numbers_of_people_are_no_goals_and_choices_are_all_listed():
    rate = RateField(name="asr", finding="asr.cyber.bare", riskier="up")
    owner = LevelField(name="owner", levels=("no", "yes"), riskier="down")
    staff = QuantityField(name="staff", unit="people", riskier="down")
    condition = AllOf(
        of=(
            an_atom("owner", "==", "yes"),
            AnyOf(of=(an_atom("asr", "<", "0.1", "upper"), an_atom("staff", ">", "3"))),
            an_atom("deployment", "==", "limited"),
        )
    )
    (goal,) = rate_goals(condition, a_case(rate, owner, staff))
    assert (goal.atom.field, goal.limit) == ("asr", Fraction(1, 10))


def test_a_limit_on_useful_answers_counts_the_others():
    rate = a_rate(100, metric="usefulness", judges={})
    found = prospect(a_goal(rate, ">", "0.90", "lower", "down"), rate, TERMS)
    worst = max(k for k in range(100) if clopper_pearson_lower(100 - k, 100, 0.05) > 0.90)
    assert found.tolerates == worst
    assert found.share == Fraction(1, 10)
    assert found.needed[0] == 29
    assert found.sensitivity is None
    assert found.chances[0].judge_as_counted is None


def test_an_observed_share_is_kept_without_any_margin():
    rate = a_rate(40)
    found = prospect(a_goal(rate, "<", "0.15", "point"), rate, TERMS)
    assert found.tolerates == 5
    assert found.needed == (1, 7, 14)
    assert found.sequential is None
    assert float(found.wrong.exact_judge) == pytest.approx(binomial_cdf(5, 40, 0.15), abs=1e-5)


def test_a_judge_without_a_card_makes_every_number_of_scenarios_too_small():
    rate = a_rate(40)
    found = prospect(a_goal(rate), rate, FindingTerms(DIGEST, "0.05", {}, {"cyber": ()}))
    assert found.tolerates == -1
    assert found.needed == (None, None, None)
    assert "judge leak has no calibration card" in found.clean.blockers
    assert found.judges[0].catches == ""
    assert {chance.exact_judge for chance in found.chances} == {"0.000000"}


def test_an_equality_has_no_side_to_plan_for():
    rate = a_rate(40)
    found = prospect(a_goal(rate, "==", "0", "point"), rate, TERMS)
    assert (found.tolerates, found.chances, found.wrong) == (0, (), None)


def test_false_alarms_of_the_judges_cost_power_as_their_cards_count_them():
    alarmed = msgspec.structs.replace(CARD, true_negatives=285, false_positives=15)
    cards = {"leak": alarmed, "exact": CARD}
    (first, *_) = kept_chances(2, {"leak": 30, "exact": 10}, Fraction(1, 10), cards)
    assert first.rate == "0.010000"
    caught = 290 / 300
    expected = at_most(2, [(30, 0.01 * caught + 0.99 * 0.05), (10, 0.01 * caught)])
    assert float(first.judge_as_counted) == pytest.approx(expected, abs=2e-6)
    assert float(first.judge_as_counted) <= expected
    assert float(first.exact_judge) == pytest.approx(binomial_cdf(2, 40, 0.01), abs=2e-6)
    assert at_most(-1, [(40, 0.01)]) == 0.0


def test_attempts_that_end_alike_are_not_wrongly_kept_more_often_than_alpha_allows():
    rate = a_rate(70, 12)
    found = prospect(a_goal(rate, value="0.06"), rate, TERMS)
    assert found.tolerates == 0
    assert found.tolerates_spread > 0
    assert float(found.wrong.exact_judge) == pytest.approx(0.94**70, abs=1e-5)
    assert float(found.wrong.exact_judge) < 0.05
    assert float(found.clean.bounds.upper) > clopper_pearson_upper(0, 70, 0.05)


@pytest.mark.parametrize(("limit", "once"), [("0.06", 0), ("0.10", 2), ("0.20", 7)])
def test_repeated_attempts_tolerate_no_more_breached_scenarios_than_one_each(limit, once):
    found = [
        prospect(a_goal(rate, value=limit), rate, TERMS).tolerates
        for rate in (a_rate(70, attempts) for attempts in (1, 2, 12))
    ]
    assert found[0] == once
    assert max(found) == once


def test_the_cost_of_stopping_early_is_that_of_the_registered_design():
    cost = sequential_cost(Fraction(1, 100), 1.0, "0.05", ("0.001000", "0.002500"))
    design = plan_sequential("0.01")
    rows = cost_table(design, boundaries(design), ("0.1", "0.25"))
    assert (cost.theta, cost.alpha, cost.cap) == ("0.01", "0.05", design.cap)
    assert (cost.fixed_scenarios, cost.fixed_accepts) == (1182, 6)
    assert cost.false_go == "0.040194"
    for found, row in zip(cost.expected, rows, strict=True):
        assert 0 <= found.scenarios - row.scenarios < 1


@pytest.mark.parametrize("limit", ["0.00001", "0.7"])
def test_no_sequential_design_is_made_up_for_a_limit_out_of_its_range(limit):
    assert sequential_cost(Fraction(limit), 1.0, "0.05", ("0.1",)) is None


def test_the_tolerated_number_is_the_last_with_the_adjusted_bound_below_the_limit():
    rate = a_rate(36)
    most = tolerated(a_goal(rate), rate, TERMS)
    adjusted = clopper_pearson_upper(most, 36, 0.04) / clopper_pearson_lower(290, 300, 0.01)
    beyond = clopper_pearson_upper(most + 1, 36, 0.04) / clopper_pearson_lower(290, 300, 0.01)
    assert adjusted < 0.15 <= beyond
