"""Two implementations of campaigns that stop early, without shared code: the same in everything."""

import random
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.statistics.sequential import (
    Grid,
    ScenarioOutcome,
    SequentialCampaign,
    SequentialDesign,
    Tally,
    boundaries,
    calibrated,
    certificate,
    plan_sequential,
    read_design,
)
from shipworthy.statistics.sequential.limits import anytime_lower, anytime_upper
from shipworthy.statistics.sequential.mixture import Mixture
from shipworthy_verify.sequential import certificate as promised
from shipworthy_verify.sequential import decide, evidence, limits
from shipworthy_verify.sequential import design as registered

UNIT = Fraction(1, 10**6)


def decimals(least, most, places=4):
    """Decimal strings in lowest form."""
    ends = (int(Decimal(end) * 10**places) for end in (least, most))
    return st.integers(*ends).map(lambda units: lowest(Decimal(units).scaleb(-places)))


def lowest(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rational(least, most):
    return decimals(least, most).map(Fraction)


@st.composite
def designs(draw):
    """Designs of up to 150 scenarios, default or odd in every field that a verdict depends on."""
    theta = draw(decimals("0.005", "0.5"))
    fail_theta = draw(decimals(theta, "0.9"))
    alpha = draw(decimals("0.001", "0.2"))
    ratios = st.lists(decimals("0.01", "0.99", 2), min_size=1, max_size=5)
    below = draw(ratios)
    above = draw(st.lists(decimals("1.01", "40", 2), min_size=1, max_size=5))
    weights = st.integers(1, 9)
    plain = {
        "theta": theta,
        "fail_theta": fail_theta,
        "alpha": alpha,
        "beta": draw(decimals("0.001", "0.4")),
        "pass_level": draw(st.one_of(st.just(alpha), decimals(alpha, "0.9"))),
        "power": "0.95",
        "alternative": draw(decimals("0.05", "0.9", 2)),
        "futility": draw(st.one_of(st.just("0"), decimals("0.01", "0.6"))),
        "pursuit": "0",
        "fixed_scenarios": draw(st.integers(1, 2000)),
        "fixed_accepts": draw(st.integers(0, 50)),
        "cap": draw(st.integers(1, 150)),
        "pass_grid": Grid(tuple(below), tuple(draw(weights) for _ in below)),
        "fail_grid": Grid(tuple(above), tuple(draw(weights) for _ in above)),
        "fail_rate_cap": "0.95",
    }
    if draw(st.booleans()):
        plain.update(pass_grid=registered_grid(), fail_grid=registered_grid(fail=True))
    if plain["pass_level"] == alpha:
        plain["pursuit"] = draw(st.sampled_from(["0", "0.3", "1", "2.5"]))
    return SequentialDesign(**plain)


def registered_grid(*, fail=False):
    design = plan_sequential("0.1")
    return design.fail_grid if fail else design.pass_grid


def outcomes(rate):
    """Streams in which about this share succeeds; some outcomes are open."""
    return st.lists(
        st.floats(0, 1).map(
            lambda u: "success" if u < rate else "unassessed" if u > 0.97 else "failure"
        ),
        max_size=150,
    )


def edges_of(table):
    """The tables of the product as the verifier writes edges, one number for each n."""
    rows = []
    for scenarios in range(table.cap + 1):
        passing = table.largest_pass(scenarios) if scenarios else None
        failing = table.smallest_fail(scenarios) if scenarios else None
        futile = table.smallest_futile(scenarios) if scenarios else None
        pursued = table.smallest_pursued(scenarios) if scenarios else None
        rows.append((-1 if passing is None else passing, failing, futile, pursued))
    return rows


def reachable(edge, scenarios):
    """Nothing where so many successes cannot be."""
    return None if edge is None or edge > scenarios else edge


@settings(max_examples=80, deadline=None)
@given(designs())
def test_edges_are_the_same_at_every_number_of_scenarios(design):
    where = decide.edges(registered.read_design(design.canonical()))
    for n, (passing, failing, futile, pursued) in enumerate(edges_of(boundaries(design))):
        if n:
            assert where.passes[n] == passing
            assert reachable(where.fails[n], n) == reachable(failing, n)
            assert reachable(where.futile[n], n) == reachable(futile, n)
            assert reachable(where.pursued[n], n) == reachable(pursued, n)


@settings(max_examples=120, deadline=None)
@given(designs(), st.data())
def test_verdicts_are_the_same(design, data):
    rate = data.draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 6.0])) * float(design.theta)
    stream = data.draw(outcomes(min(rate, 0.97)))[: design.cap]
    plain = registered.read_design(design.canonical())
    ours = decide.decide(decide.edges(plain), plain, stream)
    order = tuple(f"s{n}" for n in range(design.cap))
    log = zip(order, map(ScenarioOutcome, stream), strict=False)
    theirs = SequentialCampaign(boundaries(design), order).replay(log)
    assert ours.verdict == theirs.verdict.value
    tally = Tally(ours.scenarios, ours.successes, ours.unassessed)
    assert tally == theirs.tally


@settings(max_examples=80, deadline=None)
@given(designs())
def test_certificates_are_the_same(design):
    theirs = certificate(design, boundaries(design))
    plain = registered.read_design(design.canonical())
    where = decide.edges(plain)
    assert abs(promised.false_go(plain, where) - Fraction(theirs.false_go)) <= UNIT
    assert abs(promised.false_fail(plain, where) - Fraction(theirs.false_fail)) <= UNIT


def test_certificates_of_a_calibrated_design_obey_futility():
    design = calibrated(plan_sequential("0.05"))
    assert design.binding
    plain = registered.read_design(design.canonical())
    where = decide.edges(plain)
    theirs = certificate(design, boundaries(design))
    assert abs(promised.false_go(plain, where) - Fraction(theirs.false_go)) <= UNIT
    assert promised.false_go(plain, where) <= Fraction(design.alpha)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3000), st.data())
def test_limits_are_the_same_to_the_millionth(scenarios, data):
    known = data.draw(st.integers(0, scenarios))
    successes = data.draw(st.one_of(st.just(0), st.integers(0, known)))
    tally = Tally(scenarios, successes, data.draw(st.integers(0, scenarios - known)))
    level = data.draw(st.sampled_from(["0.05", "0.04", "0.0125", "0.001", "0.3"]))
    most = successes + tally.unassessed
    upper = limits.upper_limit(most, scenarios, Fraction(level))
    lower = limits.lower_limit(successes, scenarios, Fraction(level))
    assert upper == Fraction(anytime_upper(tally, level))
    assert lower == Fraction(anytime_lower(tally, level))


@settings(max_examples=200, deadline=None)
@given(
    rational("0.01", "0.6"),
    st.lists(st.tuples(rational("0.01", "0.99"), st.integers(1, 5)), min_size=1, max_size=4),
    st.lists(st.booleans(), max_size=60),
    rational("0.01", "40"),
)
def test_following_a_mixture_agrees_with_asking_about_its_end(theta, parts, moves, bar):
    """Also exactly at the bar: both fall back on whole numbers there."""
    rates = tuple(ratio * theta for ratio, _ in parts)
    total = sum(weight for _, weight in parts)
    weights = tuple(Fraction(weight, total) for _, weight in parts)
    mixture = evidence.Mixture(theta, weights, rates)
    point = mixture.start
    for move in moves:
        point = point.after(success=move)
    hits = sum(moves)
    theirs = Mixture(theta, weights, tuple(ratio for ratio, _ in parts))
    exact = sum(
        w * (q / theta) ** hits * ((1 - q) / (1 - theta)) ** (len(moves) - hits)
        for w, q in zip(weights, rates, strict=True)
    )
    for number in (bar, exact, exact + Fraction(1, 10**80), exact - Fraction(1, 10**80)):
        expected = (exact > number) - (exact < number)
        assert point.side(number) == expected
        assert mixture.side(hits, len(moves), number) == expected
        if number > 0:
            assert theirs.compare(hits, len(moves), number) == expected


def test_every_sequence_of_a_small_design_ends_alike():
    """Every outcome of seven scenarios: 3 to the 7."""
    design = replace(plan_sequential("0.4", alpha="0.2", available=7), futility="0.05", beta="0.4")
    plain = registered.read_design(design.canonical())
    where, table = decide.edges(plain), boundaries(design)
    order = tuple("abcdefg")
    ends = set()
    for stream in product(("success", "failure", "unassessed"), repeat=7):
        ours = decide.decide(where, plain, stream)
        log = zip(order, map(ScenarioOutcome, stream), strict=True)
        theirs = SequentialCampaign(table, order).replay(log)
        assert (ours.verdict, ours.scenarios) == (theirs.verdict.value, theirs.tally.scenarios)
        ends.add((ours.verdict, ours.scenarios))
    assert {verdict for verdict, _ in ends} == {"pass", "fail", "not-shown"}
    assert len(ends) > 5


def test_the_false_go_of_a_small_design_by_adding_up_every_sequence():
    design = plan_sequential("0.4", alpha="0.2", available=10)
    plain = registered.read_design(design.canonical())
    where = decide.edges(plain)
    passed = failed = Fraction(0)
    for stream in product((True, False), repeat=10):
        chance, hits = Fraction(1), 0
        for success in stream:
            chance *= plain.theta if success else 1 - plain.theta
        ends = [(n, hits := hits + success) for n, success in enumerate(stream, 1)]
        passed += chance * any(s <= where.passes[n] for n, s in ends)
        failed += chance * any(s >= where.fails[n] for n, s in ends)
    assert 0 < passed < Fraction(design.alpha)
    assert 0 <= promised.false_go(plain, where) - passed <= 2 * UNIT
    assert 0 <= promised.false_fail(plain, where) - failed <= 2 * UNIT


ODD = ["0", "1", "0.5", "0.50", ".5", "5e-1", "-0.1", "1000000", "", 0.5, None, True, 0, -1, 3, []]


@settings(max_examples=200, deadline=None)
@given(designs(), st.data())
def test_both_refuse_the_same_designs(design, data):
    plain = design.canonical()
    for name in data.draw(st.sets(st.sampled_from(sorted(plain)), max_size=2)):
        plain[name] = data.draw(st.sampled_from(ODD))
    if data.draw(st.booleans()):
        grid = plain[data.draw(st.sampled_from(["pass_grid", "fail_grid"]))]
        if isinstance(grid, dict):
            column = grid[data.draw(st.sampled_from(["ratios", "weights"]))]
            column[0] = data.draw(st.sampled_from(ODD))
    accepted = []
    for reader in (read_design, registered.read_design):
        try:
            reader(plain)
        except (ValueError, TypeError):
            accepted.append(False)
        else:
            accepted.append(True)
    assert accepted[0] == accepted[1], plain


@pytest.mark.parametrize("theta", ["0.01", "0.003"])
def test_a_long_stream_is_replayed_and_certified_in_a_second(theta):
    """The defaults at 1 %: 2,364 scenarios; at 0.3 %, 7,904. CPU seconds, generous."""
    design = plan_sequential(theta)
    draw = random.Random(7)
    stream = ["success" if draw.random() < float(theta) else "failure" for _ in range(design.cap)]
    begun = time.process_time()
    plain = registered.read_design(design.canonical())
    where = decide.edges(plain)
    found = decide.decide(where, plain, stream)
    promised.false_go(plain, where)
    promised.false_fail(plain, where)
    limits.upper_limit(found.successes, found.scenarios, plain.alpha)
    limits.lower_limit(found.successes, found.scenarios, plain.alpha)
    took = time.process_time() - begun
    assert took < (1 if theta == "0.01" else 3)


def test_terms_that_almost_vanish_can_come_back():
    """Rates so far apart that a term shrinks by thousands of digits while the other grows."""
    half, bar = Fraction(1, 2), Fraction(1, 10**9)
    mixture = evidence.Mixture(half, (half, half), (Fraction(1, 10**11), Fraction(49, 100)))
    point = mixture.start
    for move in [True] * 500 + [False] * 500:
        point = point.after(success=move)
    assert 0 < min(point.low) < Decimal("1e-5000")
    assert point.side(bar) == mixture.side(500, 1000, bar) == 1
