"""Finding the stratum that fails, with far fewer draws than taking turns."""

import random

import pytest

from shipworthy.statistics.sequential import (
    ScenarioOutcome,
    SequentialVerdict,
    boundaries,
    fail_probability,
    plan_sequential,
    stratum_search,
)
from simulations.naming import Strata, run_searches

HIT, MISS, OPEN = ScenarioOutcome.SUCCESS, ScenarioOutcome.FAILURE, ScenarioOutcome.UNASSESSED
MANY = 100_000


def strata(number, size=MANY):
    return tuple((f"stratum-{index}", size) for index in range(number))


@pytest.mark.parametrize(("theta", "bad", "good"), [("0.05", 0.15, 0.002), ("0.05", 0.3, 0.002)])
def test_one_failing_stratum_among_twenty_costs_a_quarter_at_most(theta, bad, good):
    searches = run_searches(Strata(20, theta, bad, good), 40, random.Random(5))
    assert searches.right >= 38
    assert searches.saving.value >= 4


@pytest.mark.parametrize("theta", ["0.02", "0.05", "0.2"])
def test_any_wrong_name_has_probability_at_most_beta(theta):
    """Exactly, for every rule of choice: each stratum errs with at most beta / K."""
    design = plan_sequential(theta).for_strata(20)
    assert 20 * fail_probability(boundaries(design), float(theta)) <= 0.05


def test_the_choice_is_a_function_of_the_log():
    search = stratum_search(plan_sequential("0.2"), strata(4))
    rng = random.Random(8)
    outcomes = [rng.choice([HIT, MISS, MISS, OPEN]) for _ in range(60)]
    logs = []
    for _ in range(2):
        state, log = search.start(), []
        for outcome in outcomes:
            chosen = search.choose(state)
            if chosen is None:
                break
            log.append(chosen)
            state = search.record(state, chosen, outcome)
        logs.append((log, state))
    assert logs[0] == logs[1]
    assert set(logs[0][0]) == {0, 1, 2, 3}


def test_every_stratum_keeps_being_visited():
    search = stratum_search(plan_sequential("0.01"), strata(5))
    state = search.start()
    for _ in range(200):
        chosen = search.choose(state)
        # stratum 0 looks worst all the time, though never bad enough
        hit = chosen == 0 and state.tallies[0].scenarios % 40 == 3
        state = search.record(state, chosen, HIT if hit else MISS)
    assert min(tally.scenarios for tally in state.tallies) >= 200 * 0.3 / 5
    assert state.tallies[0].scenarios == max(tally.scenarios for tally in state.tallies)


def test_results_of_another_stratum_are_refused():
    search = stratum_search(plan_sequential("0.2"), strata(3))
    state = search.start()
    due = search.choose(state)
    with pytest.raises(ValueError, match="next"):
        search.record(state, (due + 1) % 3, MISS)


def test_unassessed_scenarios_never_name_a_stratum():
    search = stratum_search(plan_sequential("0.2"), strata(2, size=30))
    state = search.start()
    while (chosen := search.choose(state)) is not None:
        state = search.record(state, chosen, OPEN)
    assert search.failing(state) == ()
    assert {search.verdict(state, index) for index in (0, 1)} == {SequentialVerdict.NOT_SHOWN}
    assert state.draws == 60


def test_strata_that_pass_are_left_alone():
    search = stratum_search(plan_sequential("0.2"), strata(2))
    state = search.start()
    while (chosen := search.choose(state)) is not None:
        state = search.record(state, chosen, MISS)
    assert {search.verdict(state, index) for index in (0, 1)} == {SequentialVerdict.PASS}
    assert [tally.scenarios for tally in state.tallies] == [search.table.pass_at[0]] * 2


@pytest.mark.parametrize("listed", [(), (("a", 3), ("a", 4)), (("a", 0),)])
def test_strata_are_named_and_have_scenarios(listed):
    with pytest.raises(ValueError):
        stratum_search(plan_sequential("0.2"), listed)
