"""What a monitor takes an exchange for: what was recorded, what the recheck says, what is open."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_traffic import BEGAN_MS, ENGINE, HELD, exchange
from shipworthy.app.live.monitoring.looking.counting import Aside, Row, count_windows
from shipworthy.app.live.monitoring.looking.rechecking import Rechecked, recheck
from shipworthy.app.live.monitoring.looking.verdicts import Mark, assess
from shipworthy.records.live import ExchangeContent
from shipworthy.vocabulary import LayerAction, Message

LAYERS = frozenset({"output-filter"})


def known(record, again=None):
    if again is None and record.content:
        again = recheck(ENGINE, record.content[0])
    return assess(record, again, ENGINE.digest, LAYERS)


def counts(*assessed, at_ms=BEGAN_MS):
    rows = [Row(f"x{n}", at_ms, 0, n, one) for n, one in enumerate(assessed)]
    found = count_windows(rows, [], 10_000, ["output-filter"])
    return {metric: counted for (metric, _), counted in found.items()}


def test_the_same_exchange_gets_the_same_verdict_again():
    for held in (False, True):
        found = known(exchange(1, held=held))
        assert found.marks & Mark.RECHECKED
        assert not found.marks & (Mark.DISAGREED | Mark.OTHER_ENGINE)
        assert found.detected == (LAYERS if held else frozenset())


def test_recorded_as_clear_and_caught_on_recheck_is_an_event_of_its_own():
    clear = exchange(1)
    lying = msgspec.structs.replace(
        clear, content=(ExchangeContent(messages=clear.content[0].messages, text=HELD),)
    )
    found = counts(known(lying))
    assert found["recheck"] == (1, 1, 0)
    assert found["disagreement"] == (1, 1, 0)
    assert found["detected.output-filter.deployed"] == (1, 1, 0)


def test_a_verdict_of_another_stack_is_counted_as_that():
    record = exchange(1)
    other = msgspec.structs.replace(record.verdict, engine="sha256:" + "9" * 64)
    found = counts(known(msgspec.structs.replace(record, verdict=other)))
    assert found["other-engine"] == (1, 1, 0)
    assert found["disagreement"] == (1, 0, 0)


def test_an_error_is_never_a_pass():
    failed = LayerAction(layer="output-filter", action="errored")
    record = exchange(1)
    verdict = msgspec.structs.replace(record.verdict, actions=(failed,))
    without = msgspec.structs.replace(record, verdict=verdict, content=())
    found = counts(known(without))
    assert found["errored.output-filter.deployed"] == (1, 1, 0)
    assert found["detected.output-filter.deployed"] == (1, 0, 1)
    assert "recheck" not in found


def test_an_open_recheck_confirms_nothing():
    record = exchange(1)
    found = counts(known(record, Rechecked((), open=True)))
    assert found["recheck"] == (1, 0, 1)
    assert found["disagreement"] == (1, 0, 1)


def test_content_that_no_layer_could_read_confirms_nothing():
    found = counts(known(exchange(1, media={"image": 1})))
    assert found["recheck"] == (1, 0, 1)


def test_a_refusal_before_any_layer_is_no_request_of_the_layers():
    record = exchange(1)
    refused = msgspec.structs.replace(
        record,
        content=(),
        reply="",
        verdict=msgspec.structs.replace(
            record.verdict, actions=(), enforced="refused", why="limit"
        ),
    )
    assert set(counts(known(refused))) == {"exchanges", "unreadable"}
    assert counts(known(refused))["exchanges"] == (1, 1, 0)


def test_without_a_verdict_and_without_content_the_layers_are_unknown():
    record = exchange(1)
    silent = msgspec.structs.replace(
        record,
        content=(),
        verdict=msgspec.structs.replace(record.verdict, engine="", actions=()),
    )
    found = counts(known(silent))
    assert found["detected.output-filter.deployed"] == (1, 0, 1)
    assert found["errored.output-filter.deployed"] == (1, 0, 1)


def test_what_failed_before_the_answer_leaves_its_layers_unknown():
    record = exchange(1)
    failed = msgspec.structs.replace(
        record,
        content=(),
        verdict=msgspec.structs.replace(record.verdict, actions=(), enforced="failed", why="gone"),
    )
    assert counts(known(failed))["detected.output-filter.deployed"] == (1, 0, 1)


@pytest.mark.parametrize("kept", [True, False])
def test_a_layer_that_was_not_asked_since_no_answer_came_has_no_request(kept):
    record = exchange(1)
    asked = ExchangeContent(messages=record.content[0].messages, text="")
    content = (asked,) if kept else ()
    failed = msgspec.structs.replace(
        record,
        content=content,
        reply="",
        verdict=msgspec.structs.replace(record.verdict, actions=(), enforced="failed", why="gone"),
    )
    assert set(counts(known(failed))) == {"exchanges", "unreadable", "other-engine"}


def test_a_layer_that_spoke_before_no_answer_came_has_its_request():
    spoke = LayerAction(layer="output-filter", action="flagged")
    record = exchange(1)
    failed = msgspec.structs.replace(
        record,
        content=(),
        reply="",
        verdict=msgspec.structs.replace(record.verdict, actions=(spoke,), enforced="failed"),
    )
    assert counts(known(failed))["detected.output-filter.deployed"] == (1, 1, 0)


def test_what_had_left_when_an_answer_broke_off_leaves_its_layers_unknown():
    record = exchange(1)
    verdict = msgspec.structs.replace(record.verdict, actions=(), enforced="failed", left=7)
    failed = msgspec.structs.replace(record, content=(), reply="", verdict=verdict)
    assert counts(known(failed))["detected.output-filter.deployed"] == (1, 0, 1)


@pytest.mark.parametrize(("detail", "score"), [("score 12345", 12345), ("score -7", -7)])
def test_scores_are_read_from_what_layers_say(detail, score):
    acts = (LayerAction(layer="output-filter", action="passed", detail=detail),)
    assert known(exchange(1), Rechecked(acts)).score == score


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 5))
def test_counts_do_not_depend_on_how_exchanges_were_cut(held, cut):
    assessed = [known(exchange(n, held=one)) for n, one in enumerate(held)]
    rows = [Row(f"x{n}", BEGAN_MS + n * 700, 0, n, one) for n, one in enumerate(assessed)]
    asides = [Aside(BEGAN_MS, 0, 99, "no", b"")]
    whole = count_windows(rows, asides, 10_000, LAYERS)
    parts: dict = {}
    for some, others in ((rows[:cut], asides), (rows[cut:], [])):
        for key, counted in count_windows(some, others, 10_000, LAYERS).items():
            parts[key] = tuple(
                a + b for a, b in zip(parts.get(key, (0, 0, 0)), counted, strict=True)
            )
    assert parts == whole


def test_a_tool_turn_is_rechecked_as_it_was():
    record = exchange(1)
    turns = (*record.content[0].messages, Message(role="tool", content="42"))
    content = ExchangeContent(messages=turns, text=HELD)
    assert recheck(ENGINE, content).actions[0].action == "withheld"
