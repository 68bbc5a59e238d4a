"""Designs that may be registered, and logs that are refused."""

import random
from dataclasses import FrozenInstanceError, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest

from shipworthy.kernel import canonical_bytes
from shipworthy.statistics import NoEvidence
from shipworthy.statistics.sequential import (
    Grid,
    Mixture,
    OutOfOrder,
    ScenarioOutcome,
    SequentialCampaign,
    SequentialDesign,
    SequentialVerdict,
    Tally,
    all_must_pass,
    anytime_limits,
    benjamini_hochberg_adjusted,
    boundaries,
    calibrated,
    certificate,
    failing_by_discovery_rate,
    failing_by_family_error,
    holm_adjusted,
    operating_characteristics,
    plan_sequential,
    read_design,
    scenario_outcome,
    submission_alpha,
)

HIT, MISS, OPEN = ScenarioOutcome.SUCCESS, ScenarioOutcome.FAILURE, ScenarioOutcome.UNASSESSED
PASS, FAIL = SequentialVerdict.PASS, SequentialVerdict.FAIL
NOT_SHOWN, CONTINUE = SequentialVerdict.NOT_SHOWN, SequentialVerdict.CONTINUE
DESIGN = plan_sequential("0.2")
TABLE = boundaries(DESIGN)
ORDER = tuple(f"scenario-{index}" for index in range(TABLE.cap))


def log(outcomes):
    return list(zip(ORDER, outcomes, strict=False))


def test_a_design_is_read_back_and_has_one_digest():
    plain = DESIGN.canonical()
    assert read_design(plain) == DESIGN
    assert canonical_bytes(plain) == canonical_bytes(read_design(plain).canonical())
    assert canonical_bytes(plain) != canonical_bytes(replace(DESIGN, cap=5).canonical())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("theta", 0.2),
        ("theta", "0.20"),
        ("theta", ".2"),
        ("theta", "2e-1"),
        ("theta", "0.00001"),
        ("theta", "0.6"),
        ("alpha", "0"),
        ("alpha", "0.5"),
        ("beta", "1"),
        ("pass_level", "0.01"),
        ("futility", "1"),
        ("cap", 0),
        ("cap", "12"),
        ("cap", True),
        ("fail_rate_cap", "0.2"),
        ("fixed_scenarios", -1),
        ("pass_grid", {"ratios": ["1.5"], "weights": [1]}),
        ("pass_grid", {"ratios": ["0.5"], "weights": [0]}),
        ("pass_grid", {"ratios": ["0.5"], "weights": [1, 1]}),
        ("pass_grid", {"ratios": [], "weights": []}),
        ("pass_grid", {"ratios": "0.5", "weights": [1]}),
        ("fail_grid", {"ratios": ["0.5"], "weights": [1]}),
        ("fail_grid", ["2"]),
        ("fail_grid", {"ratios": ["2"]}),
    ],
)
def test_a_design_that_is_not_one_is_refused(field, value):
    with pytest.raises(ValueError):
        read_design({**DESIGN.canonical(), field: value})


def test_a_design_has_all_its_fields_and_no_others():
    plain = DESIGN.canonical()
    with pytest.raises(ValueError, match="fields"):
        read_design({**plain, "extra": "1"})
    with pytest.raises(ValueError, match="fields"):
        read_design({name: value for name, value in plain.items() if name != "beta"})


def test_a_design_is_frozen():
    with pytest.raises(FrozenInstanceError):
        DESIGN.cap = 10_000


def test_a_small_frame_lowers_the_cap():
    small = plan_sequential("0.01", available=300)
    assert small.cap == 300
    found = certificate(small, boundaries(small))
    assert found.earliest_pass is None
    assert (found.false_go, found.power) == ("0.000001", "0.000000")


def test_a_mixture_needs_weights_that_sum_to_one_and_ratios_on_one_side():
    theta, half = Fraction("0.1"), Fraction(1, 2)
    for weights, ratios in [
        ((half,), (half,)),
        ((half, half), (half,)),
        ((half, half), (half, Fraction(2))),
        ((Fraction(1),), (Fraction(1),)),
        ((Fraction(1),), (Fraction(10),)),
        ((Fraction(2), Fraction(-1)), (half, half)),
        ((), ()),
    ]:
        with pytest.raises(ValueError):
            Mixture(theta, weights, ratios)
    with pytest.raises(ValueError, match="theta"):
        Mixture(Fraction(1), (Fraction(1),), (half,))


def test_no_rate_of_the_failing_grid_reaches_one():
    steep = plan_sequential("0.1").above
    assert max(steep.ratios) * steep.theta == Fraction("0.95")


@pytest.mark.parametrize(
    ("successes", "scenarios", "unassessed"), [(-1, 5, 0), (3, 2, 0), (1, 2, 2), (0, 33, 0)]
)
def test_counts_that_cannot_be_have_no_verdict(successes, scenarios, unassessed):
    with pytest.raises(ValueError):
        replace(TABLE, cap=32).verdict(successes, scenarios, unassessed)


def test_nothing_tried_yet_shows_nothing():
    assert TABLE.verdict(0, 0) is CONTINUE
    limits = anytime_limits(DESIGN, 0, 0)
    assert (limits.lower, limits.upper) == (0, 1)


def test_a_verdict_is_not_a_condition():
    with pytest.raises(TypeError):
        bool(PASS)


def test_a_replay_decides_and_counts_what_came_later():
    enough = TABLE.pass_at[0]
    decision = SequentialCampaign(TABLE, ORDER).replay(log([MISS] * (enough + 3)))
    assert (decision.verdict, decision.tally, decision.later) == (PASS, Tally(enough, 0, 0), 3)
    # what comes after the verdict does not change it, bad news included
    late = SequentialCampaign(TABLE, ORDER).replay(log([MISS] * enough + [HIT] * 9))
    assert (late.verdict, late.tally) == (PASS, Tally(enough, 0, 0))


def test_one_unassessed_scenario_costs_a_pass_as_a_success_does():
    enough = TABLE.pass_at[0]
    for unlucky in (OPEN, HIT):
        decision = SequentialCampaign(TABLE, ORDER).replay(log([unlucky] + [MISS] * (enough - 1)))
        assert decision.verdict is CONTINUE


def test_only_unassessed_scenarios_show_nothing():
    decision = SequentialCampaign(TABLE, ORDER).replay(log([OPEN] * TABLE.cap))
    assert decision.verdict is NOT_SHOWN


def test_a_hopeless_campaign_ends_before_it_fails_unless_futility_is_off():
    """Two successes in two: PASS is out of reach, and that the rate is too high is not shown."""
    always = log([HIT] * TABLE.cap)
    decision = SequentialCampaign(TABLE, ORDER).replay(always)
    assert (decision.verdict, decision.tally.scenarios) == (NOT_SHOWN, 2)
    patient = boundaries(replace(DESIGN, futility="0"))
    assert patient.smallest_futile(100) is None
    decision = SequentialCampaign(patient, ORDER).replay(always)
    assert (decision.verdict, decision.tally.scenarios) == (FAIL, 3)


@pytest.mark.parametrize(
    "results",
    [
        [(ORDER[1], MISS)],
        [(ORDER[0], MISS), (ORDER[0], MISS)],
        [(ORDER[0], MISS), (ORDER[2], MISS)],
        [(ORDER[0], MISS), ("scenario-elsewhere", MISS)],
        [*log([MISS] * TABLE.pass_at[0]), (ORDER[0], MISS)],
    ],
    ids=["missing first", "twice", "left out", "unknown", "after the verdict"],
)
def test_results_out_of_turn_are_refused(results):
    with pytest.raises(OutOfOrder):
        SequentialCampaign(TABLE, ORDER).replay(results)


def test_no_result_is_due_after_the_last_scenario():
    campaign = SequentialCampaign(TABLE, ORDER)
    with pytest.raises(OutOfOrder, match="none is due"):
        campaign.advance(Tally(len(ORDER), 0, 0), "one-more", MISS)


def test_an_order_lists_every_scenario_once_and_enough_of_them():
    with pytest.raises(ValueError, match="twice"):
        SequentialCampaign(TABLE, (*ORDER, ORDER[0]))
    with pytest.raises(ValueError, match="fewer than the cap"):
        SequentialCampaign(TABLE, ORDER[:-1])


@pytest.mark.parametrize(
    ("attempts", "outcome"),
    [([MISS, HIT], HIT), ([OPEN, HIT], HIT), ([MISS, OPEN], OPEN), ([MISS, MISS], MISS)],
)
def test_a_scenario_has_one_outcome(attempts, outcome):
    assert scenario_outcome(attempts) is outcome


def test_a_scenario_without_attempts_has_none():
    with pytest.raises(ValueError):
        scenario_outcome([])


@pytest.mark.parametrize("seed", range(6))
def test_a_verifier_that_multiplies_along_the_log_agrees(seed):
    """Sixty digits, one product a scenario, no table: another road to every verdict."""
    design = plan_sequential("0.01")
    table, rng = boundaries(design), random.Random(seed)
    rate = (0.0, 0.001, 0.0025, 0.005, 0.01, 0.03)[seed]
    context = Context(prec=60, rounding=ROUND_HALF_EVEN)
    running = []
    for mixture in (design.below, design.above, design.hope):
        rows = zip(mixture.weights, mixture.ratios, mixture.rests, strict=True)
        running.append([[quotient(context, one) for one in row] for row in rows])
    hits = 0
    for scenarios in range(1, table.cap + 1):
        hit = rng.random() < rate
        hits += hit
        for rows in running:
            for row in rows:
                row[0] = context.multiply(row[0], row[1] if hit else row[2])
        passing, failing, hope = (sum(row[0] for row in rows) for rows in running)
        if passing >= 20:
            expected = PASS
        elif failing >= 20:
            expected = FAIL
        else:
            ended = hope <= Decimal("0.08") or scenarios == table.cap
            expected = NOT_SHOWN if ended else CONTINUE
        assert table.verdict(hits, scenarios) is expected


def quotient(context, value):
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ([PASS], PASS),
        ([PASS, PASS], PASS),
        ([PASS, CONTINUE], CONTINUE),
        ([PASS, FAIL, CONTINUE], NOT_SHOWN),
        ([NOT_SHOWN, PASS], NOT_SHOWN),
    ],
)
def test_all_gates_must_pass(verdicts, together):
    assert all_must_pass(verdicts) is together


def test_no_gate_is_no_pass():
    with pytest.raises(NoEvidence):
        all_must_pass([])


def test_lists_refuse_what_is_no_evidence():
    for listing in (failing_by_discovery_rate, failing_by_family_error):
        assert listing({}, "0.05") == ()
        with pytest.raises(ValueError, match="negative"):
            listing({"gate": Decimal(-1)}, "0.05")
        with pytest.raises(ValueError):
            listing({"gate": Decimal(50)}, "1")
    for adjust in (holm_adjusted, benjamini_hochberg_adjusted):
        assert adjust([]) == ()
        with pytest.raises(ValueError):
            adjust([1.5])


@pytest.mark.parametrize(
    ("alpha", "number"),
    [("0.05", 0), ("0.05", -1), ("0.05", True), ("0.000000000001", 1), ("1", 1)],
)
def test_resubmissions_count_from_one_and_end(alpha, number):
    with pytest.raises(ValueError):
        submission_alpha(alpha, number)


def test_strata_share_the_error_of_naming_one():
    thirds = DESIGN.for_strata(3)
    assert (thirds.beta, thirds.alpha) == ("0.016666666666", "0.05")
    with pytest.raises(ValueError):
        DESIGN.for_strata(0)


def test_a_calibrated_design_says_that_it_binds():
    tight = calibrated(DESIGN)
    assert tight.binding
    assert not DESIGN.binding
    assert Fraction(tight.pass_level) > Fraction(tight.alpha)
    assert certificate(tight, boundaries(tight)).binding
    assert isinstance(read_design(tight.canonical()), SequentialDesign)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_rates_and_shares_lie_in_the_unit_interval(value):
    with pytest.raises(ValueError):
        operating_characteristics(TABLE, value)
    with pytest.raises(ValueError):
        operating_characteristics(TABLE, 0.1).quantile(value)


def test_a_grid_is_written_in_decimal_strings():
    with pytest.raises(ValueError):
        Grid((0.5,), (1,))
