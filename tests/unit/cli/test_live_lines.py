"""What `decision show` says of a required confirmation."""

from shipworthy.cli.output.decision_text import live_lines
from shipworthy.cli.output.streams import Output
from shipworthy.stages.deciding.standing import LiveState

UNTIL = "2026-12-07T02:44:17Z"


def test_until_when_a_required_confirmation_counts_is_shown():
    state = LiveState(confirmed_until=UNTIL, meanwhile="closed-product")
    assert list(live_lines(state, Output("plain"))) == [
        f"confirmed  until {UNTIL}, as the assessment requires"
    ]


def test_a_confirmation_that_ran_out_is_shown_as_none():
    state = LiveState(confirmation="it counted until then", confirmed_until=UNTIL)
    shown = list(live_lines(state, Output("plain")))
    assert shown[0] == "NOT CONFIRMED  it counted until then"
    assert not any(line.startswith("confirmed") for line in shown)
