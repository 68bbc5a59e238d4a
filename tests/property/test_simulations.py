"""Every statistical promise on simulated data, a short run; `benchmarks/simulations.py` runs long.

A promise fails here when a few hundred runs refute it. Methods that are known to fail must be seen
to fail: otherwise the simulations could not tell.
"""

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from shipworthy.statistics.sequential import SequentialVerdict, boundaries, plan_sequential
from simulations import balances, gates, judging, naming, pairs, rates, repeating, watching
from simulations.catalogue import NAMED, PROCEDURES
from simulations.promises import (
    Ground,
    Mean,
    Median,
    Promise,
    Sense,
    Share,
    generator,
    measure,
)

pytestmark = pytest.mark.slow

RUNS = 200
PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"


def found(procedure, setting, runs, claim):
    """What one claim achieves in one setting."""
    rng = generator(NAMED[procedure], setting, "")
    simulated = NAMED[procedure].simulate(setting, runs, rng)
    return next(one.measured for one in simulated if one.claim.startswith(claim))


def documented():
    """Claims of the table in the documentation, by procedure."""
    table = PAGE.read_text().partition("<!-- simulations: begin -->")[2]
    lines = table.partition("<!-- simulations: end -->")[0].strip().splitlines()[2:]
    claims = {}
    for line in lines:
        procedure, claim, *_ = line.removeprefix("| ").split(" | ")
        claims.setdefault(procedure, []).append((claim, line))
    return claims


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda one: one.name)
def test_no_promise_is_refuted_and_every_one_is_documented(procedure):
    rows = measure(procedure, RUNS)
    assert [(row.claim, row.refuted) for row in rows if row.refuted] == []
    written = documented()[procedure.name]
    assert {claim for claim, _ in written} == {row.claim for row in rows if not row.detail}
    assert not any("refuted" in line for _, line in written)


def test_the_documentation_lists_no_procedure_that_is_not_simulated():
    assert list(documented()) == list(NAMED)


def test_a_promise_is_refuted_by_what_lies_wholly_on_its_wrong_side():
    most, least, equal = (Promise(Ground.PROVED, sense, 0.05) for sense in Sense)
    assert most.refuted(0.051, 0.06)
    assert not most.refuted(0.049, 0.06)
    assert least.refuted(0.03, 0.049)
    assert not least.refuted(0.03, 0.051)
    assert equal.refuted(0.03, 0.049)
    assert equal.refuted(0.051, 0.06)
    assert not equal.refuted(0.049, 0.051)


def test_limits_of_what_was_simulated_are_those_of_clopper_and_pearson():
    # Newcombe, Statistics in Medicine 17:857 (1998): 15 of 148
    assert Share(15, 148).limits(0.95) == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert Share(0, 20).limits(0.95) == pytest.approx((0.0, 0.1684), abs=5e-5)
    assert Median.of(range(1, 101)).limits(0.95) == (40, 61)  # ranks of a sign test, n = 100
    low, high = Mean.of(np.array([1.0, 2.0, 3.0, 4.0])).limits(0.95)
    assert (low + high) / 2 == pytest.approx(2.5)
    assert (high - low) / 2 == pytest.approx(1.96 * (5 / 3) ** 0.5 / 2, rel=1e-3)


@pytest.mark.parametrize("pursuit", ["0", "1"])
@pytest.mark.parametrize(("theta", "rate", "lost"), [("0.05", 0.05, 0.5), ("0.2", 0.5, 0.2)])
def test_simulated_gates_decide_as_their_tables_do(theta, rate, lost, pursuit):
    table = boundaries(replace(plan_sequential(theta), pursuit=pursuit))
    draws = np.random.default_rng(1).random((60, table.cap))
    verdicts, lengths = gates.run_gates(table, iter([draws]), rate, lost)
    for row, verdict, length in zip(draws, verdicts, lengths, strict=True):
        unknown, most = np.cumsum(row < rate * lost), np.cumsum(row < rate)
        decided = (
            table.verdict(int(most[at] - unknown[at]), at + 1, int(unknown[at]))
            for at in range(table.cap)
        )
        steps = list(islice(decided, int(length)))
        assert steps[-1].value == verdict
        assert set(steps[:-1]) <= {SequentialVerdict.CONTINUE}


def test_a_setting_draws_the_same_numbers_whatever_else_runs():
    whole = measure(NAMED["drift canaries"], 50)
    assert measure(NAMED["drift canaries"], 50) == whole
    assert measure(NAMED["drift canaries"], 50, "another") != whole


LOOKING = "for contrast: one-look limit, at the worst moment"
CONTRASTS = [
    ("clustered bound", rates.HARDEST[-2], 200, "for contrast", 0.2),
    ("unassessed attempts", rates.OpenRate(100, 0.05, 0.5, 0), 1000, "for contrast", 0.15),
    ("two-phase reading, declared", judging.READINGS[1], 400, "for contrast", 0.07),
    ("rate over a judge's sensitivity", judging.CARDS[3], 1000, "for contrast", 0.1),
    ("limits at any moment", gates.Path(0.2, 200), 150, LOOKING, 0.1),
    ("the same question again", gates.Series("0.1", 100, 150), 200, "for contrast", 0.8),
    ("mean balance (two one-sided tests)", balances.Biased(50, 0.05), 2000, "for contrast", 0.09),
    ("rate by canaries", watching.Rare(1e-5, 0.5, 1.0), 1000, "for contrast", 0.07),
    ("forecast of the worst query", repeating.Scored("hidden mode"), 60, "short", 0.5),
]


@pytest.mark.parametrize(
    ("procedure", "setting", "runs", "claim", "share"), CONTRASTS, ids=lambda one: str(one)[:40]
)
def test_what_is_known_to_fail_is_seen_to_fail(procedure, setting, runs, claim, share):
    assert found(procedure, setting, runs, claim).value >= share


@pytest.mark.parametrize("rates_of", repeating.POPULATIONS)
def test_no_family_is_right_everywhere_and_neither_is_the_envelope(rates_of):
    # The figures behind the rule that forecasts raise alarms and support nothing.
    measured = repeating.envelopes(rates_of, 10, np.random.default_rng(2222))
    medians = {name: float(np.median(one)) for name, one in measured.forecasts.items()}
    assert len(medians) >= 3
    assert max(abs(value - measured.truth) for value in medians.values()) > 0.1
    assert 3 <= measured.encloses <= measured.reaches
    if rates_of in {"beta", "half immune"}:
        assert measured.reaches >= 9


@pytest.mark.parametrize(("margin", "expected"), [(0.01, 545), (0.02, 243), (0.05, 90)])
def test_an_equal_field_is_declared_after_few_replays(margin, expected):
    setting = pairs.Field(margin, 0.002, 0.0)
    replays = found("field against laboratory", setting, 1000, "replays")
    assert replays.value == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(("times", "events"), [(2, 31.5), (3, 17.3), (10, 7.5), (30, 5.3)])
def test_a_risen_rate_is_noticed_after_few_events(times, events):
    setting = watching.Watched(1e-5, 1e8, times)
    assert found("rise of a rate", setting, 400, "events").value == pytest.approx(events, rel=0.08)


def test_a_search_names_the_failing_stratum_for_a_quarter_of_the_draws():
    setting = naming.Strata(20, "0.05", 0.15, 0.002)
    searches = naming.run_searches(setting, 20, random.Random(5))
    assert searches.right >= 19
    assert searches.saving.value >= 4
