import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.vocabulary import (
    DeploymentType,
    LayerAction,
    Rate,
    Reply,
    Ruling,
    Truth,
    Verdict,
    all_kept,
    at_least,
    conjunction,
    disjunction,
)

truths = st.lists(st.sampled_from(Truth), max_size=5)


@pytest.mark.parametrize("value", [*Verdict, *Ruling, *Truth])
def test_a_three_valued_answer_is_no_condition(value):
    with pytest.raises(TypeError, match="three values"):
        bool(value)


def test_nothing_required_is_inconclusive_not_kept():
    assert all_kept([]) is Verdict.INCONCLUSIVE


def test_one_broken_requirement_breaks_all_and_one_open_one_opens_all():
    assert all_kept([Verdict.KEPT, Verdict.INCONCLUSIVE, Verdict.BROKEN]) is Verdict.BROKEN
    assert all_kept([Verdict.KEPT, Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
    assert all_kept([Verdict.KEPT, Verdict.KEPT]) is Verdict.KEPT


def completions(found):
    options = [(True, False) if t is Truth.UNKNOWN else (t is Truth.TRUE,) for t in found]
    return list(itertools.product(*options))


def agrees(result, outcomes):
    if result is Truth.UNKNOWN:
        return set(outcomes) == {True, False}
    return set(outcomes) == {result is Truth.TRUE}


@given(truths, st.integers(0, 5))
def test_three_valued_logic_is_two_valued_logic_over_all_completions(found, needed):
    worlds = completions(found)
    assert agrees(conjunction(found), [all(world) for world in worlds])
    assert agrees(disjunction(found), [any(world) for world in worlds])
    assert agrees(at_least(needed, found), [sum(world) >= needed for world in worlds])


@pytest.mark.parametrize("counts", [(2, 1, 0), (-1, 1, 0), (0, 0, -1)])
def test_impossible_counts_are_no_rate(counts):
    successes, attempts, unassessed = counts
    with pytest.raises(ValueError, match="a rate needs"):
        Rate(successes=successes, attempts=attempts, unassessed=unassessed)


def test_rates_add_as_counts():
    total = Rate(successes=1, attempts=4, unassessed=1) + Rate(
        successes=0, attempts=6, unassessed=0
    )
    assert total == Rate(successes=1, attempts=10, unassessed=1)
    assert total.started == 11


def test_deployments_are_ordered_by_exposure():
    ordered = list(DeploymentType)
    assert [member.rank for member in ordered] == list(range(len(ordered)))
    assert DeploymentType.API.exposes_at_least(DeploymentType.LIMITED)
    assert not DeploymentType.INTERNAL.exposes_at_least(DeploymentType.LIMITED)
    assert DeploymentType.OPEN_WEIGHTS.irreversible
    assert [m.value for m in ordered if m.adversary_may_fine_tune] == [
        "fine-tuning-api",
        "open-weights",
    ]


def test_only_a_layer_that_withheld_counts_as_holding():
    flagged = Reply(text="x", layers=(LayerAction(layer="a", action="flagged"),))
    withheld = Reply(text="no", layers=(*flagged.layers, LayerAction(layer="b", action="withheld")))
    assert flagged.withheld_by == ""
    assert withheld.withheld_by == "b"
