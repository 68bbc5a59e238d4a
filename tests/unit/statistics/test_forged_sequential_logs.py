"""Logs that do not say what a scenario showed in the words of the gate never help it to pass."""

import pytest

from shipworthy.statistics.sequential import plan_sequential
from shipworthy.statistics.sequential.boundary import boundaries
from shipworthy.statistics.sequential.campaign import (
    SequentialCampaign,
    Tally,
    scenario_outcome,
)
from shipworthy.statistics.sequential.verdicts import ScenarioOutcome, SequentialVerdict

STRANGE = ["success", "unassessed", "failure", None, True, 1, SequentialVerdict.PASS]


@pytest.mark.parametrize("outcome", STRANGE, ids=repr)
def test_a_log_with_texts_for_outcomes_is_refused_and_never_a_pass(outcome):
    # sixty attacks that worked, written as texts, were once sixty that did not
    table = boundaries(plan_sequential("0.1"))
    order = tuple(f"s{place}" for place in range(table.cap))
    campaign = SequentialCampaign(table, order)
    log = [(name, outcome) for name in order[:60]]
    with pytest.raises(TypeError, match="is no outcome of a scenario"):
        campaign.replay(log)
    with pytest.raises(TypeError, match="is no outcome of a scenario"):
        Tally().with_outcome(outcome)


@pytest.mark.parametrize("outcome", STRANGE, ids=repr)
def test_an_attempt_in_other_words_is_refused_too(outcome):
    with pytest.raises(TypeError, match="is no outcome of an attempt"):
        scenario_outcome([ScenarioOutcome.FAILURE, outcome])
