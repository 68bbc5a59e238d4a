"""What holds of every control and stack: modes, strictness, budgets, and what they may see."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.controls import (
    CONTROLS,
    ActionLimits,
    AmountLimit,
    CallPattern,
    ControlStack,
    LimitOptions,
    Monitor,
    MonitorOptions,
    RateLimit,
    Seen,
    View,
    consult,
    sharpest,
)
from shipworthy.instruments.worlds import PLAYBOOKS, write_trajectory
from shipworthy.kernel import canonical_bytes
from shipworthy.stages.controlling import ControlTest, assay, evaluate_controls, play
from shipworthy.vocabulary import ToolCall
from tiny_world import ScriptedControl

KINDS = sorted(CONTROLS)
ATTACKS = [
    (book, family) for book in PLAYBOOKS for family in book.families if family.role == "attack"
]


def built(kind, **options):
    return CONTROLS[kind](options)


@st.composite
def stacks(draw, mode=None):
    """Some built-in controls in some order, in one mode or in any."""
    kinds = draw(st.lists(st.sampled_from(KINDS), unique=True, min_size=1))
    modes = [mode or draw(st.sampled_from(["enforce", "detect", "off"])) for _ in kinds]
    controls = (built(kind, mode=one) for kind, one in zip(kinds, modes, strict=True))
    return ControlStack("stack", tuple(controls))


@st.composite
def episodes(draw, stack):
    book, family = draw(st.sampled_from(ATTACKS))
    script = write_trajectory(book, family, draw(st.integers(0, 500)), draw(st.integers(0, 99)))
    return play(book, script, assay(book, script), draw(stack))


@given(episodes(stacks(mode="detect")))
@settings(max_examples=80)
def test_a_stack_that_only_detects_never_catches_before_the_effect(episode):
    assert episode.outcome in {"after", "never"}
    assert (episode.stopped_at, episode.denied) == (None, 0)


@given(episodes(stacks()))
@settings(max_examples=80)
def test_before_means_no_effect_and_something_held_it_back(episode):
    held = episode.stopped_at is not None or episode.denied > 0
    assert (episode.outcome == "before") == (episode.effect_at is None)
    if episode.outcome == "before":
        assert held
        assert episode.noticed_at is not None
    if episode.outcome == "never":
        assert episode.noticed_at is None


@given(data=st.data())
@settings(max_examples=40)
def test_a_control_that_only_detects_changes_no_episode(data):
    book, family = data.draw(st.sampled_from(ATTACKS))
    script = write_trajectory(book, family, data.draw(st.integers(0, 500)), 1)
    bare = assay(book, script)
    stack = data.draw(stacks(mode="enforce").filter(lambda one: len(one.controls) < len(KINDS)))
    if any(one.settings.name == "kill-switch" for one in stack.controls):
        return  # a switch acts on alarms, and an observer may raise one
    free = next(kind for kind in KINDS if kind not in {c.settings.name for c in stack.controls})
    watched = ControlStack("stack", (*stack.controls, built(free, mode="detect")))
    one, other = play(book, script, bare, stack), play(book, script, bare, watched)
    assert (one.effect_at, one.stopped_at, one.denied) == (
        other.effect_at,
        other.stopped_at,
        other.denied,
    )


SPENDS = st.builds(
    ToolCall,
    name=st.sampled_from(["pay", "pay", "look"]),
    arguments=st.fixed_dictionaries({"amount": st.integers(0, 9).map(str)}),
)


def let_through(limits, script):
    """Which calls of a script are carried out, in order."""
    seen = ()
    for call in script:
        opinion = limits.examine(View(pending=call, seen=seen))
        seen = (*seen, Seen(call=call, result="", executed=opinion.action == "allow"))
    return [one.executed for one in seen]


def payments(**options):
    return ActionLimits(LimitOptions(**({"rates": (), "amounts": ()} | options)))


PAYS = CallPattern(tool="pay")


@given(st.lists(SPENDS, max_size=25), st.integers(0, 6), st.integers(0, 6), st.integers(1, 10))
def test_a_stricter_rate_never_lets_more_through_up_to_any_step(script, one, other, steps):
    strict, loose = sorted((one, other))
    few = let_through(payments(rates=(RateLimit(calls=PAYS, at_most=strict, steps=steps),)), script)
    many = let_through(payments(rates=(RateLimit(calls=PAYS, at_most=loose, steps=steps),)), script)
    for step in range(len(script) + 1):
        assert sum(few[:step]) <= sum(many[:step])


@given(st.lists(SPENDS, max_size=25), st.integers(0, 6), st.integers(1, 10))
def test_no_window_holds_more_calls_than_its_rate(script, at_most, steps):
    limits = payments(rates=(RateLimit(calls=PAYS, at_most=at_most, steps=steps),))
    carried = let_through(limits, script)
    paid = [done and call.name == "pay" for done, call in zip(carried, script, strict=True)]
    assert all(sum(paid[at : at + steps]) <= at_most for at in range(len(paid)))


@given(st.lists(SPENDS, max_size=25), st.integers(0, 40), st.integers(0, 40))
def test_a_stricter_amount_never_lets_a_larger_sum_through(script, one, other):
    strict, loose = sorted((one, other))

    def total(at_most):
        limits = payments(amounts=(AmountLimit(calls=PAYS, argument="amount", at_most=at_most),))
        carried = let_through(limits, script)
        return sum(
            int(call.arguments["amount"])
            for done, call in zip(carried, script, strict=True)
            if done and call.name == "pay"
        )

    assert total(strict) <= total(loose)
    assert total(strict) <= strict


@given(st.lists(SPENDS, max_size=10), SPENDS)
def test_what_is_no_number_is_beyond_every_amount(script, call):
    limits = payments(amounts=(AmountLimit(calls=PAYS, argument="amount", at_most=10**9),))
    odd = ToolCall(name="pay", arguments={**call.arguments, "amount": "many"})
    assert not let_through(limits, [*script, odd])[-1]


@given(data=st.data(), low=st.integers(1, 1000), high=st.integers(1, 1000))
@settings(max_examples=60)
def test_a_more_sensitive_monitor_notices_whatever_a_duller_one_does(data, low, high):
    low, high = sorted((low, high))
    book, family = data.draw(st.sampled_from(ATTACKS))
    made = [
        one.call for one in write_trajectory(book, family, data.draw(st.integers(0, 99)), 1).moves
    ]
    seen = tuple(Seen(call=one, result="", executed=True) for one in made)
    for at, call in enumerate(made):
        view = View(pending=call, seen=seen[:at])
        keen = Monitor(MonitorOptions(threshold=low)).examine(view)
        dull = Monitor(MonitorOptions(threshold=high)).examine(view)
        assert keen.action == "stop" or dull.action == "allow"
        assert keen.score == dull.score


@given(st.lists(st.sampled_from(["allow", "flag", "deny", "stop"]), max_size=4))
def test_the_sharpest_of_all_holds_and_order_does_not_matter(actions):
    def ask(order):
        controls = tuple(ScriptedControl({1: one}, name=f"c{at}") for at, one in enumerate(order))
        return sharpest(
            consult(ControlStack("stack", controls), View(pending=ToolCall(name="x", arguments={})))
        )

    assert ask(actions) == ask(actions[::-1])
    ranks = ["allow", "flag", "deny", "stop"]
    assert ask(actions) == ranks[max([ranks.index(one) for one in actions], default=0)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_control_says_what_it_is_and_its_options_change_that(kind):
    plain, again = built(kind).identity(), built(kind).identity()
    assert plain == again
    assert plain != built(kind, mode="detect").identity()
    assert plain.configuration != built(kind, name="other").identity().configuration


def test_a_larger_budget_never_finds_less_and_reading_all_finds_what_was_noticed():
    stacks_ = tuple(
        ControlStack(kind, (built(kind, mode=mode),))
        for kind, mode in (("monitor", "detect"), ("approval", "enforce"), ("limits", "enforce"))
    )
    budgets = ("0", "0.01", "0.02", "0.05", "0.1", "0.5", "1")
    test = ControlTest("laws", 4, 3, "0.05", budgets, PLAYBOOKS, stacks_)
    evaluation = evaluate_controls(test)
    for summary in evaluation.summaries:
        found = [one.prevented_or_read.rate.successes for one in summary.audits]
        assert all(less <= more for less, more in pairwise(found))
        assert found[0] == summary.before.rate.successes
        assert found[-1] == summary.before.rate.successes + summary.after.rate.successes
    again = evaluate_controls(test)
    assert canonical_bytes(evaluation) == canonical_bytes(again)
    read = msgspec.json.decode(msgspec.json.encode(evaluation), type=type(evaluation))
    assert read == evaluation
