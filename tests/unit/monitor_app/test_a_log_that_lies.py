"""Records that say less than was so: none of them makes a monitor say that all is well."""

import asyncio
import os

import pytest
from msgspec.structs import replace

from live_traffic import BEGAN_MS, HELD, MONITOR, exchange, write_monitor, write_traffic
from shipworthy.app.live.monitoring.opening import open_monitor, open_source
from shipworthy.app.live.monitoring.running import run_once
from shipworthy.app.live.monitoring.stakes import stakes_of
from shipworthy.app.live.monitoring.working import Budget, Worker
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import ExitCode, Registry, SystemClock
from shipworthy.records.live import ExchangeContent

DETECTED = "detected.output-filter.deployed"
MANY = 1500
ONE_BAND = MONITOR.partition('[[bands]]\nmetric = "recheck"')[0]


def monitor_of(folder, records, monitor=MONITOR):
    write_traffic(folder / "traffic1.jsonl", records)
    around = Surroundings(Registry.installed(), os.environ, SystemClock())
    return open_monitor(write_monitor(folder, monitor), around)


def counted(monitor):
    state = monitor.open_state()

    async def work():
        reader = await open_source(monitor, "g")
        await Worker(monitor, state, Budget(0)).run(reader, once=True, stop=lambda: False)
        await reader.close()

    asyncio.run(work())
    found = (state.totals(), state.metrics(), state.asides(9), state.unassessed())
    state.close()
    return found


def lying(number, **changes):
    """Return an exchange that its record says was clear, and that was not."""
    clear = exchange(number)
    content = ExchangeContent(messages=clear.content[0].messages, text=HELD)
    return replace(clear, content=(content,), **changes)


def verdict(number, **changes):
    return replace(exchange(number).verdict, **changes)


def test_what_is_said_to_be_refused_and_holds_an_answer_is_looked_at(tmp_path):
    said = verdict(0, actions=(), enforced="refused", why="limit")
    _, metrics, _, _ = counted(monitor_of(tmp_path, [lying(0, verdict=said)]))
    assert metrics[DETECTED] == (1, 1, 0)
    assert metrics["exchanges"] == (1, 0, 0)


def test_what_is_said_to_be_refused_and_names_an_answer_is_unknown(tmp_path):
    said = verdict(0, actions=(), enforced="refused", why="limit")
    record = exchange(0, verdict=said, content=())
    _, metrics, _, _ = counted(monitor_of(tmp_path, [record]))
    assert metrics[DETECTED] == (1, 0, 1)


def test_every_content_of_a_record_is_looked_at(tmp_path):
    first, second = exchange(0).content[0], lying(0).content[0]
    _, metrics, _, _ = counted(monitor_of(tmp_path, [exchange(0, content=(first, second))]))
    assert metrics[DETECTED] == (1, 1, 0)
    assert metrics["recheck"] == (1, 1, 0)


@pytest.mark.parametrize("changes", [{"actions": ()}, {"engine": "sha256:" + "9" * 64}])
def test_a_layer_that_did_not_say_anything_of_this_stack_is_unknown(tmp_path, changes):
    record = exchange(0, verdict=verdict(0, **changes), content=())
    _, metrics, _, _ = counted(monitor_of(tmp_path, [record]))
    assert metrics[DETECTED] == (1, 0, 1)


def test_what_no_layer_could_read_is_not_shown_to_be_clear(tmp_path):
    _, metrics, _, open_ = counted(monitor_of(tmp_path, [exchange(0, media={"image": 1})]))
    assert metrics[DETECTED] == (1, 0, 1)
    assert open_ == 1


def test_another_exchange_under_a_known_id_is_counted_as_unreadable(tmp_path):
    hidden = replace(lying(1), id=exchange(0).id)
    totals, metrics, asides, _ = counted(monitor_of(tmp_path, [exchange(0), exchange(0), hidden]))
    assert (totals.exchanges, totals.again, totals.unreadable) == (1, 1, 1)
    assert metrics["unreadable"] == (2, 1, 0)
    assert "id of another" in asides[0][2]


@pytest.mark.parametrize("at_ms", [-1, 10**15, 10**30])
def test_a_time_of_no_calendar_is_unreadable_and_stops_nobody(tmp_path, at_ms):
    records = [exchange(0), exchange(1, at_ms=at_ms), exchange(2)]
    totals, metrics, _, _ = counted(monitor_of(tmp_path, records))
    assert (totals.exchanges, totals.unreadable) == (2, 1)
    assert metrics["exchanges"] == (2, 0, 0)


def standing(monitor):
    return run_once(monitor, stakes_of(monitor), 1).standing


def test_kept_bands_do_not_speak_for_entries_that_nobody_could_read(tmp_path):
    records = [exchange(n) for n in range(MANY)]
    monitor = monitor_of(tmp_path, records, ONE_BAND)
    assert standing(monitor).exit_code == ExitCode.YES
    with (tmp_path / "traffic1.jsonl").open("ab") as stream:
        stream.write(b"{}\n")
    found = standing(monitor)
    assert found.doubts == ("unreadable",)
    assert found.exit_code == ExitCode.INCONCLUSIVE
    assert found.span == (BEGAN_MS, BEGAN_MS + (MANY - 1) * 100)
