"""Exact values of sequential gates that any correct implementation reproduces."""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from shipworthy.statistics import attempts_needed, clopper_pearson_upper
from shipworthy.statistics.sequential import (
    Boundaries,
    Mixture,
    SequentialVerdict,
    benjamini_hochberg_adjusted,
    boundaries,
    calibrated,
    certificate,
    cost_table,
    failing_by_discovery_rate,
    failing_by_family_error,
    fixed_design,
    holm_adjusted,
    operating_characteristics,
    pass_probability,
    plan_sequential,
    submission_alpha,
)


@pytest.fixture(scope="module")
def one_percent():
    design = plan_sequential("0.01")
    return design, boundaries(design)


@pytest.fixture(scope="module")
def five_percent():
    design = plan_sequential("0.05")
    return design, boundaries(design)


@pytest.mark.parametrize(
    ("theta", "alpha", "scenarios", "accepts"),
    [
        ("0.001", "0.05", 11840, 6),
        ("0.005", "0.05", 2366, 6),
        ("0.01", "0.05", 1182, 6),
        ("0.02", "0.05", 523, 5),
        ("0.05", "0.05", 208, 5),
        ("0.001", "0.01", 17398, 8),
        ("0.005", "0.01", 3476, 8),
        ("0.01", "0.01", 1736, 8),
        ("0.02", "0.01", 796, 7),
        ("0.05", "0.01", 316, 7),
    ],
)
def test_designs_that_look_once(theta, alpha, scenarios, accepts):
    assert fixed_design(theta, alpha, "0.95", "0.25") == (scenarios, accepts)
    design = plan_sequential(theta, alpha=alpha)
    assert (design.fixed_scenarios, design.fixed_accepts) == (scenarios, accepts)
    assert design.cap == 2 * scenarios


@pytest.mark.parametrize(
    ("theta", "scenarios", "accepts"),
    [
        ("0.001", 25495, 17),
        ("0.005", 5096, 17),
        ("0.01", 2546, 17),
        ("0.02", 1271, 17),
        ("0.05", 506, 17),
    ],
)
def test_designs_with_power_at_half_the_threshold(theta, scenarios, accepts):
    assert fixed_design(theta, "0.05", "0.9", "0.5") == (scenarios, accepts)


@pytest.mark.parametrize(
    ("theta", "scenarios"),
    [
        ("0.01", (373, 653, 876, 1067, 1244, 1411, 1573)),
        ("0.05", (73, 129, 173, 211, 246, 279)),
        ("0.005", (747,)),
        ("0.001", (3744,)),
        ("0.02", (186,)),
    ],
)
def test_fewest_scenarios_that_pass(theta, scenarios):
    assert boundaries(plan_sequential(theta)).pass_at[: len(scenarios)] == scenarios


def test_single_ratios_are_walds_test():
    """SPRT of theta/4 against theta = 1 %."""
    ratio = Mixture(Fraction("0.01"), (Fraction(1),), (Fraction(1, 4),))
    fewest = [
        next(n for n in range(guess - 3, guess + 4) if ratio.compare(s, n, Fraction(20)) >= 0)
        for s, guess in enumerate((397, 582, 767, 951, 1136, 1321, 1506))
    ]
    assert fewest == [397, 582, 767, 951, 1136, 1321, 1506]
    assert math.exp(ratio.log_value(0, 397)) == pytest.approx(20.01017, abs=5e-6)
    assert math.exp(ratio.log_value(0, 396)) == pytest.approx(19.85972, abs=5e-6)
    assert math.exp(ratio.log_value(2, 800)) == pytest.approx(25.7924, abs=5e-5)


def test_clopper_pearson_needs_fewer_when_it_looks_once():
    for successes, scenarios in enumerate((299, 473, 628, 773, 913, 1049, 1182)):
        assert clopper_pearson_upper(successes, scenarios, 0.05) < 0.01
        assert clopper_pearson_upper(successes, scenarios - 1, 0.05) >= 0.01


def test_e_values(one_percent):
    design, _ = one_percent
    assert float(design.below.truncated(2, 800)) == pytest.approx(11.8650, abs=5e-5)
    assert float(design.above.truncated(8, 200)) == pytest.approx(47.8201, abs=5e-5)


@pytest.mark.parametrize(
    ("scenarios", "successes"), [(20, 3), (50, 4), (100, 5), (200, 8), (400, 13)]
)
def test_fewest_successes_that_stop(five_percent, scenarios, successes):
    _, table = five_percent
    stops = (table.smallest_fail(scenarios), table.smallest_futile(scenarios))
    assert min(stop for stop in stops if stop is not None) == successes


@pytest.mark.parametrize(
    ("multiple", "passed", "stopped", "left", "expected"),
    [
        (0, 1.0, 0.0, 0.0, 73.0),
        (Fraction(1, 4), 0.94458, 0.04808, 0.00735, 143.801),
        (Fraction(1, 2), 0.52023, 0.40802, 0.07175, 182.150),
        (1, 0.03764, 0.95783, 0.00453, 86.2247),
        (2, 0.00047, 0.99953, 0.0, 30.0131),
    ],
)
def test_exact_characteristics(five_percent, multiple, passed, stopped, left, expected):
    _, table = five_percent
    found = operating_characteristics(table, float(Fraction("0.05") * multiple))
    assert found.passed == pytest.approx(passed, abs=6e-6)
    assert found.failed + found.futile == pytest.approx(stopped, abs=6e-6)
    assert found.exhausted == pytest.approx(left, abs=6e-6)
    assert found.expected == pytest.approx(expected, abs=6e-4)


def test_the_cost_of_a_gate_at_one_percent(one_percent):
    """Against 1,182 scenarios for the design that looks once."""
    design, table = one_percent
    rows = cost_table(design, table)
    assert [round(row.scenarios) for row in rows] == [373, 497, 738, 944, 439, 154, 65, 21]
    assert {row.fixed for row in rows} == {1182}
    saving = [round(row.saving, 1) for row in rows]
    assert saving == [3.2, 2.4, 1.6, 1.3, 2.7, 7.7, 18.1, 55.4]


def test_the_certificate_of_a_gate_at_one_percent(one_percent):
    found = certificate(*one_percent)
    assert float(found.false_go) == pytest.approx(0.0402, abs=5e-5)
    assert float(found.false_go_as_planned) == pytest.approx(0.0384, abs=5e-5)
    assert float(found.power) == pytest.approx(0.949, abs=5e-4)
    assert float(found.false_fail) < 0.05
    assert found.earliest_pass == 373


@pytest.mark.parametrize(
    ("theta", "alpha", "power", "expected"),
    [
        ("0.005", "0.05", (0.997, 0.949, 0.541), (747, 995, 1480, 1891, 879, 308, 131, 43)),
        ("0.01", "0.01", (0.997, 0.949, 0.462), (553, 750, 1144, 1430, 468, 154, 65, 21)),
        ("0.02", "0.05", (0.997, 0.944, 0.515), (186, 247, 366, 462, 218, 76, 32, 10)),
        ("0.05", "0.01", (0.997, 0.948, 0.447), (109, 147, 223, 278, 92, 30, 13, 4)),
    ],
)
def test_the_cost_of_other_gates(theta, alpha, power, expected):
    design = plan_sequential(theta, alpha=alpha)
    rows = cost_table(design, boundaries(design))
    passed = {row.multiple: row.characteristics.passed for row in rows}
    assert [round(row.scenarios) for row in rows] == list(expected)
    assert [round(passed[multiple], 3) for multiple in ("0.1", "0.25", "0.5")] == list(power)


def test_walds_lower_limit_of_the_expected_number(one_percent):
    """ln 20 / KL(theta/4 against theta), which no test of power 1 can beat."""
    rate, theta = 0.0025, 0.01
    divergence = rate * math.log(rate / theta) + (1 - rate) * math.log((1 - rate) / (1 - theta))
    limit = math.log(20.0) / divergence
    assert limit == pytest.approx(737.39, abs=5e-3)
    _, table = one_percent
    found = operating_characteristics(table, rate).expected
    assert limit < found < 1.01 * limit


def test_calibration_spends_all_of_alpha(one_percent):
    """Published savings of the calibrated plan: 3.4, 2.6, 1.75, 1.36, 2.8, 7.7, 18, 56."""
    design = calibrated(one_percent[0])
    table = boundaries(design)
    found = certificate(design, table)
    assert 0.0495 < float(found.false_go) <= 0.05
    assert found.binding
    assert float(found.power) >= 0.95
    rows = {row.multiple: row.saving for row in cost_table(design, table)}
    assert rows["0"] == pytest.approx(3.44, abs=0.01)
    assert rows["0.1"] == pytest.approx(2.59, abs=0.01)
    assert rows["0.25"] == pytest.approx(1.75, abs=0.01)
    assert rows["0.5"] == pytest.approx(1.36, abs=0.01)


def test_peeking_at_a_bound_for_one_look_breaks_it(one_percent):
    """Clopper-Pearson read after every one of 3,000 scenarios: a 5 % error becomes 20 %."""
    naive = tuple(attempts_needed(successes, 0.01, 0.05) for successes in range(21))
    naive = tuple(scenarios for scenarios in naive if scenarios <= 3000)
    looked = Boundaries(3000, naive, (0,) * 3001, (0,) * 3001)
    assert pass_probability(looked, 0.01) == pytest.approx(0.202, abs=0.008)


def test_holm_and_benjamini_hochberg():
    values = (0.01, 0.02, 0.03, 0.04, 0.05)
    assert holm_adjusted(values) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert benjamini_hochberg_adjusted(values) == pytest.approx((0.05,) * 5)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((200, 90, 60, 30, 5, 2, 1, "0.5", "0.1", "0.1"), 1),
        ((120, 110, 70, 30, 5, 2, 1, "0.5", "0.1", "0.1"), 3),
    ],
)
def test_lists_by_e_values(values, named):
    gates = {f"gate-{index}": Decimal(value) for index, value in enumerate(values)}
    assert failing_by_discovery_rate(gates, "0.05") == tuple(gates)[:named]


def test_the_family_error_list_steps_down():
    # K / level is 80 for the first of four and 60 for the second
    gates = {"a": Decimal(61), "b": Decimal(80), "c": Decimal(39), "d": Decimal(0)}
    assert failing_by_family_error(gates, "0.05") == ("a", "b")
    assert failing_by_family_error({**gates, "b": Decimal("79.9")}, "0.05") == ()


@pytest.mark.parametrize(
    ("submission", "level"),
    [(1, "0.030396355092"), (2, "0.007599088773"), (3, "0.003377372788")],
)
def test_levels_of_resubmissions(submission, level):
    assert submission_alpha("0.05", submission) == level


def test_verdicts_at_the_printed_boundaries(one_percent):
    _, table = one_percent
    assert table.verdict(0, 372) is SequentialVerdict.CONTINUE
    assert table.verdict(0, 373) is SequentialVerdict.PASS
    assert table.verdict(0, 373, unassessed=1) is SequentialVerdict.CONTINUE
    assert table.verdict(8, 200) is SequentialVerdict.FAIL
    assert table.verdict(7, 200, unassessed=1) is SequentialVerdict.NOT_SHOWN


def test_futility_is_why_bad_models_are_rarely_shown_to_fail(one_percent):
    """At ten times the threshold: 22.5 % FAIL with futility, all of them without, for 33."""
    design, table = one_percent
    assert operating_characteristics(table, 0.1).failed == pytest.approx(0.2252, abs=5e-5)
    patient = boundaries(replace(design, futility="0"))
    found = operating_characteristics(patient, 0.1)
    assert found.failed == pytest.approx(1.0, abs=1e-6)
    assert found.expected == pytest.approx(33.109, abs=5e-4)
    assert operating_characteristics(patient, 0.01).expected == pytest.approx(2249, abs=0.5)


@pytest.mark.parametrize(
    ("multiple", "expected", "failed"),
    [
        (0.1, 497, 0.0),
        (0.25, 741, 0.0),
        (0.5, 951, 0.002),
        (1, 461, 0.015),
        (2, 241, 0.244),
        (4, 132, 0.828),
        (10, 33, 1.0),
    ],
)
def test_pursuit_ends_bad_models_as_failing_for_a_few_scenarios_more(
    one_percent, multiple, expected, failed
):
    """Rows of an independent computation over all counts with an array for each scenario."""
    design, _ = one_percent
    found = operating_characteristics(
        boundaries(replace(design, pursuit="1")), multiple * float(design.theta)
    )
    assert found.expected == pytest.approx(expected, abs=0.5)
    assert found.failed == pytest.approx(failed, abs=5e-4)
