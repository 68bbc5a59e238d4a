"""Each kind of control on calls that are easy to count."""

import pytest

from shipworthy.instruments.controls import (
    Approval,
    ApprovalOptions,
    ApprovalRule,
    CallPattern,
    Flow,
    KillSwitch,
    KillSwitchOptions,
    LimitOptions,
    Monitor,
    MonitorOptions,
    Seen,
    Signal,
    View,
    read_control_options,
)
from shipworthy.instruments.worlds import call
from shipworthy.kernel import Problem

READ, SEND, LOOK = call("read", path="Secrets/key"), call("send", to="x@out.example"), call("look")


def view(pending, *before, alarms=()):
    seen = tuple(Seen(call=one, result="", executed=True) for one in before)
    return View(pending=pending, seen=seen, alarms=alarms)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (CallPattern(), True),
        (CallPattern(tool="send"), True),
        (CallPattern(tool="se*"), True),
        (CallPattern(tool="read"), False),
        (CallPattern(tool="send", where={"to": ("*@OUT.example",)}), True),
        (CallPattern(tool="send", where={"to": ("*@in.example", "x@*")}), True),
        (CallPattern(tool="send", where={"subject": ("*",)}), False),
        (CallPattern(tool="send", unless={"to": ("*@out.example",)}), False),
        (CallPattern(tool="send", unless={"subject": ("*",)}), True),
        (CallPattern(where={"*": ("*out*",)}), True),
        (CallPattern(unless={"*": ("*out*",)}), False),
    ],
)
def test_a_pattern_fits_what_it_says(pattern, fits):
    assert pattern.fits(SEND) is fits


MONITOR = Monitor(
    MonitorOptions(
        signals=(
            Signal(call=CallPattern(tool="read", where={"path": ("secrets/*",)}), score=200),
            Signal(call=CallPattern(tool="send"), score=250),
        ),
        flows=(Flow(source=CallPattern(tool="read"), sink=CallPattern(tool="send"), score=300),),
        threshold=500,
    )
)


@pytest.mark.parametrize(
    ("pending", "before", "action", "score"),
    [
        (LOOK, [], "allow", 0),
        (SEND, [], "allow", 250),
        (SEND, [SEND], "stop", 500),
        (SEND, [READ], "stop", 750),
        (READ, [SEND], "allow", 450),
        (LOOK, [READ, SEND], "allow", 0),
        (SEND, [READ, SEND, SEND, SEND], "stop", 1000),
    ],
)
def test_a_monitor_adds_up_calls_and_what_follows_on_what(pending, before, action, score):
    found = MONITOR.examine(view(pending, *before))
    assert (found.action, found.score) == (action, score)


def approval(**options):
    answers = (
        ApprovalRule(
            call=CallPattern(tool="send", where={"to": ("*@in.example",)}), verdict="approve"
        ),
    )
    return Approval(ApprovalOptions(ask=(CallPattern(tool="send"),), answers=answers, **options))


def test_a_person_is_asked_about_risky_calls_alone_and_denies_what_no_rule_approves():
    assert not approval().examine(view(LOOK)).asked
    denied = approval().examine(view(SEND))
    assert (denied.action, denied.asked, denied.score) == ("deny", True, 600)
    approved = approval().examine(view(call("send", to="y@in.example")))
    assert (approved.action, approved.asked) == ("allow", True)


def test_the_first_answer_that_fits_holds():
    answers = [
        ApprovalRule(call=CallPattern(tool="send"), verdict=verdict)
        for verdict in ("approve", "deny")
    ]
    for order, action in ((answers, "allow"), (answers[::-1], "deny")):
        options = ApprovalOptions(ask=(CallPattern(),), answers=tuple(order))
        assert Approval(options).examine(view(SEND)).action == action


def test_a_tired_person_waves_everything_through_after_so_many_questions():
    tired = approval(patience=2)
    assert tired.examine(view(SEND, SEND, LOOK)).action == "deny"
    assert tired.examine(view(SEND, SEND, LOOK, SEND)).action == "allow"


@pytest.mark.parametrize(
    ("alarms", "steps", "action"),
    [((), 5, "allow"), ((2,), 2, "allow"), ((2,), 4, "stop"), ((2, 3), 9, "stop")],
)
def test_a_kill_switch_stops_when_its_latency_is_over(alarms, steps, action):
    switch = KillSwitch(KillSwitchOptions(latency=2))
    before = [LOOK] * (steps - 1)
    assert switch.examine(view(LOOK, *before, alarms=alarms)).action == action


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"treshold": 3}, MonitorOptions, "`threshold`"),
        ({"threshold": 0}, MonitorOptions, "1 to 1000"),
        ({"latency": -1}, KillSwitchOptions, "at least 0"),
        ({"name": " "}, LimitOptions, "needs a name"),
        ({"rates": [{"calls": {}, "at_most": 1, "steps": 0}]}, LimitOptions, "at least 1"),
        ({"signals": [{"call": {"tol": "x"}, "score": 1}]}, MonitorOptions, "tol"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(options, kind, said):
    with pytest.raises(Problem) as caught:
        read_control_options(options, kind)
    assert said in caught.value.render()
