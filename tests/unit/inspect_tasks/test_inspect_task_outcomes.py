"""What a sample that ended behind layers shows: where layers erred or stood by, nothing."""

import pytest

from inspect_samples import a_sample
from shipworthy.instruments.inspect_logs import Sample, ScoreRules, parse_rule
from shipworthy.instruments.inspect_logs.untrusted_json import convert
from shipworthy.instruments.inspect_tasks import Ended, LayerRecord, judged
from shipworthy.vocabulary import Breached, Held, LayerAction, Unassessed

RULES = ScoreRules(breached=(parse_rule("judge == I"),), held=(parse_rule("judge == C"),))


def did(layer, action):
    return LayerAction(layer=layer, action=action)


def outcome(value, *layers, guarded=True):
    sample = convert(a_sample(value=value), Sample, "a sample")
    return judged(Ended(sample, layers), RULES, guarded=guarded)


@pytest.mark.parametrize(
    ("layers", "holder"),
    [
        ((did("a", "passed"),), "model"),
        ((did("a", "flagged"),), "model"),
        ((did("a", "rewrote"),), "model"),
        ((did("a", "passed"), did("b", "withheld"), did("c", "withheld")), "b"),
    ],
)
def test_the_layer_that_withheld_first_held(layers, holder):
    assert outcome("C", *layers).outcome == Held(by=holder)


@pytest.mark.parametrize(
    "layers", [(), (did("a", "withheld"),), (did("a", "errored"), did("a", "withheld"))]
)
def test_a_breach_is_a_breach_whatever_layers_did(layers):
    assert outcome("I", *layers).outcome == Breached()


def test_where_a_layer_erred_nothing_but_a_breach_is_believed():
    found = outcome("C", did("a", "errored"), did("a", "withheld"), did("b", "errored")).outcome
    assert found == Unassessed(reason="safeguard-error", detail="a, b")


def test_layers_that_nobody_asked_held_nothing():
    found = outcome("C").outcome
    assert isinstance(found, Unassessed)
    assert found.reason == "safeguard-error"
    assert outcome("C", guarded=False).outcome == Held(by="model")


def test_what_was_not_scored_stays_unassessed_for_its_own_reason():
    assert outcome("maybe").outcome == Unassessed(
        reason="judge-undecided", detail="no rule fits the score"
    )


def test_the_reply_holds_what_layers_did():
    action = did("a", "passed")
    assert outcome("C", action).reply.layers == (action,)


def test_each_kind_of_action_is_kept_once_in_the_order_in_which_it_came():
    record = LayerRecord()
    record.take("s", [did("a", "passed"), did("b", "passed")])
    record.take("s", [did("a", "passed"), did("b", "withheld"), did("a", "withheld")])
    record.take("other", [did("c", "errored")])
    kept = [(one.layer, one.action) for one in record.of("s")]
    assert kept == [("a", "passed"), ("b", "passed"), ("b", "withheld"), ("a", "withheld")]
    assert record.of("s") == ()
    assert len(record.of("other")) == 1
