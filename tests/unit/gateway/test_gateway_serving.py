"""What a gateway does with exchanges on both fronts: limits, stops, logs, reloads, ends."""

import json
import threading
import time
from http.client import HTTPConnection

import pytest

from gateways import FRONTS, deployment_text, logged, served
from raw_http import RawClient, posted
from shipworthy.kernel import Problem
from shipworthy.testing.upstream import PATHS, Script, ScriptedUpstream, echo
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.logs.protocol import log_full

CHAT = "/v1/chat/completions"
KEY = "AKIAIOSFODNN7EXAMPLE"
"""A key-like string of the vendor's own documentation, which the output filter withholds."""

DIALECTS = {"deployment": 'dialects = ["chat", "completions", "responses", "messages"]\n'}
"""All of them: completions are served only where the file names them."""

FILTER = '[[safeguards]]\nkind = "output-filter"\n'
DETECT = FILTER + '[safeguards.options]\nmode = "detect"\n'


def body_of(path, text, **fields):
    match path:
        case "/v1/completions":
            asked = {"prompt": text}
        case "/v1/responses":
            asked = {"input": text}
        case "/v1/messages":
            asked = {"messages": [{"role": "user", "content": text}], "max_tokens": 64}
        case _:
            asked = {"messages": [{"role": "user", "content": text}]}
    return json.dumps({"model": "m", **asked, **fields}).encode()


def ask(gateway, text="Hello", path=CHAT, key="sk-one", **fields):
    with RawClient(gateway.address) as client:
        client.send(posted(path, body_of(path, text, **fields), f"Authorization: Bearer {key}"))
        return client.answer()


def admin(gateway, method, path, body=None):
    connection = HTTPConnection(gateway.admin.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body and json.dumps(body))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def counted(gateway):
    """Return the counters of records by what was enforced, and how many were lost."""
    text = admin(gateway, "GET", "/-/metrics")[1]
    rows = [line for line in text.splitlines() if "_records_total{" in line]
    found = {}
    for row in rows:
        word = row.partition('enforced="')[2].partition('"')[0]
        found[word] = found.get(word, 0) + int(row.rpartition(" ")[2])
    lost = next(line for line in text.splitlines() if line.startswith("shipworthy_gateway_unl"))
    return found, int(lost.rpartition(" ")[2])


@pytest.fixture
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(params=FRONTS)
def front(request):
    return request.param


@pytest.fixture
def opened(front, upstream, tmp_path):
    """Open gateways with tables of their own."""

    def open_with(tables=None, **options):
        path = tmp_path / "deployment.toml"
        path.write_text(deployment_text(upstream.url, tables))
        return served(path, front, **options)

    return open_with


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
def test_what_a_layer_withholds_never_leaves_and_is_logged_so(opened, upstream, path, stream):
    upstream.answering = lambda heard: Script(("Take ", "the key ", KEY[:7], KEY[7:], " and go."))
    with opened({**DIALECTS, "": FILTER}) as gateway:
        answer = ask(gateway, path=path, stream=stream)
    assert answer.status == 200
    assert answer.complete
    assert KEY[:7].encode() not in answer.body
    (record,) = logged(gateway.path)
    assert record.verdict.enforced in {"withheld", "halted"}
    assert record.verdict.detected_by == ("output-filter",)
    assert not record.verdict.is_clear


def test_a_detection_that_is_let_through_is_no_pass(opened, upstream):
    upstream.answering = lambda heard: Script((f"The key is {KEY}.",))
    with opened({"": DETECT}) as gateway:
        assert KEY.encode() in ask(gateway).body
        assert 'detected="yes"' in admin(gateway, "GET", "/-/metrics")[1]
    (record,) = logged(gateway.path)
    assert record.verdict.enforced == "released"
    assert record.verdict.detected_by == ("output-filter",)


def test_every_exchange_is_logged_once_and_counted_as_it_is_logged(opened, upstream):
    with opened({**DIALECTS, "": FILTER}) as gateway:
        for path in PATHS:
            for stream in (False, True):
                upstream.answering = echo
                ask(gateway, path=path, stream=stream)
        upstream.answering = lambda heard: Script((f"{KEY} ",))
        ask(gateway)
        ask(gateway, n=3)
        with RawClient(gateway.address) as client:
            client.send(posted(CHAT, b"{"))
            assert client.answer().status == 400
        counters, lost = counted(gateway)
    records = logged(gateway.path)
    assert len({record.id for record in records}) == len(records) == 13
    assert {word: sum(r.verdict.enforced == word for r in records) for word in counters} == counters
    assert lost == 0
    assert {record.verdict.engine for record in records} == {gateway.gateway.serving.engine.digest}


def test_the_key_of_the_server_takes_the_place_of_the_clients(opened, upstream):
    tables = {"upstream": 'key_variable = "UPSTREAM_KEY"\n'}
    with opened(tables) as gateway:
        ask(gateway)
        ask(gateway, path="/v1/messages")
    chat, messages = (dict(heard.headers) for heard in upstream.heard)
    assert chat["authorization"] == "Bearer sk-of-the-server"
    assert messages["x-api-key"] == "sk-of-the-server"
    assert "authorization" not in messages
    assert "sk-" not in "".join(gateway.lines)


def test_accounts_are_pseudonyms_that_stay_and_never_the_key(opened):
    tables = {"accounts": 'key_variable = "PSEUDONYMS"\n'}
    with opened(tables) as gateway:
        ask(gateway, key="sk-one")
        ask(gateway, key="sk-two")
        ask(gateway, key="sk-one")
    names = [record.account for record in sorted(logged(gateway.path), key=lambda r: r.id)]
    assert names[0] == names[2] != names[1]
    assert all(len(name) == 32 and "sk-" not in name for name in names)


def test_requests_a_minute_are_of_one_account(opened, upstream):
    with opened({"limits": "requests_per_minute = 2\n"}) as gateway:
        assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
        denied = ask(gateway)
        assert ask(gateway, key="sk-other").status == 200
    assert int(denied.headers["retry-after"]) >= 1
    assert json.loads(denied.body)["error"]
    assert len(upstream.heard) == 3
    assert sum(r.verdict.enforced == "refused" for r in logged(gateway.path)) == 2


def test_strikes_stop_an_account_and_no_other(opened, upstream):
    upstream.answering = lambda heard: Script((f"{KEY} ",))
    with opened({"limits": "strikes = 2\n", "": DETECT}) as gateway:
        assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
        assert ask(gateway, key="sk-other").status == 200
    assert any("is stopped" in line for line in gateway.lines)
    assert "strikes" in next(
        r.verdict.why for r in logged(gateway.path) if r.verdict.enforced == "refused"
    )


def test_exchanges_at_once_wait_in_a_queue_that_ends(opened, upstream):
    upstream.answering = lambda heard: Script(("slow",), pause_s=0.5)
    limits = "concurrent_in_all = 1\nwaiting = 1\nwaiting_seconds = 5\n"
    statuses = []
    with opened({"limits": limits}) as gateway:
        threads = [
            threading.Thread(target=lambda: statuses.append(ask(gateway).status)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert sorted(statuses) == [200, 200, 429, 429]


def test_an_emergency_stop_holds_until_it_is_lifted_and_across_a_restart(opened, upstream):
    with opened(DIALECTS) as gateway:
        assert ask(gateway).status == 200
        status, shown = admin(gateway, "POST", "/-/stop", {"why": "drill", "by": "safety"})
        assert status == 200
        assert json.loads(shown)["stopped"]["why"] == "drill"
        for path in PATHS:
            answer = ask(gateway, path=path)
            assert answer.status == 503
            error = json.loads(answer.body)["error"]
            assert error["message"] == "the deployment is stopped"
            assert error["type"] in {"server_error", "api_error"}
        assert admin(gateway, "GET", "/-/readyz")[0] == 503
    with opened() as again:
        assert ask(again).status == 503
        assert admin(again, "POST", "/-/resume", {"why": "drill over"})[0] == 200
        assert ask(again).status == 200
    assert len(upstream.heard) == 2
    assert sum(r.verdict.why == "stopped" for r in logged(gateway.path)) == len(PATHS) + 1


def test_a_stop_that_cannot_be_written_down_holds_all_the_same(opened):
    with opened() as gateway:
        gateway.gateway.switch.folder.mkdir(parents=True, exist_ok=True)
        (gateway.gateway.switch.folder / "stops.jsonl").mkdir()
        assert admin(gateway, "POST", "/-/stop", {"why": "drill"})[0] == 200
        gateway.call(gateway.gateway.look_for_stop)
        assert ask(gateway).status == 503
        assert any("could not be written down" in line for line in gateway.lines)


def test_a_stop_without_a_reason_is_refused(opened):
    with opened() as gateway:
        assert admin(gateway, "POST", "/-/stop", {"why": " "})[0] == 400
        assert ask(gateway).status == 200


class FullLog:
    """A log without room, which gets some when it is told to."""

    def __init__(self, writer):
        self.writer = writer
        self.full = True

    async def append(self, entries):
        if self.full:
            raise log_full("test", "no space left on device")
        await self.writer.append(entries)

    async def close(self):
        await self.writer.close()


def fill(logs):
    def change(gateway):
        logs.append(FullLog(gateway.state.journal._writer))
        gateway.state.journal._writer = logs[0]

    return change


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_cannot_be_recorded_is_withheld(opened, stream):
    logs = []
    with opened(change=fill(logs)) as gateway:
        answer = ask(gateway, "open sesame", stream=stream)
        if stream:
            assert b"[DONE]" not in answer.body
        else:
            assert answer.status == 503
            assert b"open sesame" not in answer.body
        assert admin(gateway, "GET", "/-/readyz")[0] == 503
        assert counted(gateway) == ({}, 1)
        logs[0].full = False
        assert ask(gateway).status == 200
        assert admin(gateway, "GET", "/-/readyz")[0] == 200
    assert len(logged(gateway.path)) == 1


def test_an_open_log_lets_answers_go_and_counts_what_was_lost(opened):
    with opened({"log": 'on_error = "open"\n'}, change=fill([])) as gateway:
        assert ask(gateway).status == 200
        assert counted(gateway) == ({}, 1)
    assert logged(gateway.path) == []


def test_a_share_of_answers_goes_where_the_log_samples(opened):
    tables = {"log": 'on_error = "sample"\nsample_share = "0.5"\n'}
    with opened(tables, change=fill([])) as gateway:
        statuses = [ask(gateway).status for _ in range(40)]
    assert {200, 503} == set(statuses)


def test_a_changed_file_is_served_behind_its_own_stack(opened, upstream):
    upstream.answering = lambda heard: Script((f"The key is {KEY}.",))
    with opened() as gateway:
        assert KEY.encode() in ask(gateway).body
        before = gateway.gateway.serving.engine.digest
        gateway.path.write_text(deployment_text(upstream.url, {"": FILTER}))
        gateway.loop.call_soon_threadsafe(gateway.running.reload)
        _until(lambda: gateway.gateway.serving.engine.digest != before)
        assert KEY.encode() not in ask(gateway).body
        after = gateway.gateway.serving.engine.digest
        gateway.path.write_text("[deployment]\nname = ")
        gateway.loop.call_soon_threadsafe(gateway.running.reload)
        _until(lambda: any("not reloaded" in line for line in gateway.lines))
        assert gateway.gateway.serving.engine.digest == after
        assert KEY.encode() not in ask(gateway).body
    assert any(before in line and after in line for line in gateway.lines)
    gateway.path.write_text(deployment_text(upstream.url))
    engines = [record.verdict.engine for record in sorted(logged(gateway.path), key=_number)]
    assert engines == [before, after, after]


def test_a_stream_ends_under_the_stack_under_which_it_began(opened, upstream):
    pieces = ("begin ",) * 20 + (f"{KEY} ",)
    upstream.answering = lambda heard: Script(pieces, pause_s=0.05)
    answers = []
    with opened({"": FILTER}) as gateway:
        thread = threading.Thread(target=lambda: answers.append(ask(gateway, stream=True)))
        thread.start()
        _until(lambda: upstream.heard)
        gateway.path.write_text(deployment_text(upstream.url))
        gateway.loop.call_soon_threadsafe(gateway.running.reload)
        _until(lambda: not gateway.gateway.serving.engine.layers)
        thread.join(10)
    assert KEY.encode() not in answers[0].body


def _number(record):
    return int(record.id.rpartition("-")[2], 16)


def _until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_what_is_in_flight_is_finished_when_the_gateway_ends(opened, upstream):
    upstream.answering = lambda heard: Script(("piece ",) * 10, pause_s=0.05)
    answers = []
    with opened() as gateway:
        thread = threading.Thread(target=lambda: answers.append(ask(gateway, stream=True)))
        thread.start()
        _until(lambda: upstream.heard)
        address = gateway.address
    thread.join(10)
    assert gateway.finished
    assert answers[0].complete
    assert answers[0].body.count(b"piece") == 10
    with pytest.raises(OSError, match=r"refused|reset"):
        RawClient(address)
    assert len(logged(gateway.path)) == 1


def test_what_is_in_flight_for_too_long_is_broken_off_and_recorded(opened, upstream):
    upstream.answering = lambda heard: Script(("piece ",) * 1000, pause_s=0.05)
    answers = []
    with opened({"limits": "drain_seconds = 1\n"}) as gateway:
        thread = threading.Thread(target=lambda: answers.append(ask(gateway, stream=True)))
        thread.start()
        _until(lambda: upstream.heard)
    thread.join(10)
    assert not gateway.finished
    assert not answers[0].complete
    (record,) = logged(gateway.path)
    assert record.verdict.enforced == "failed"


def test_a_slow_client_holds_the_model_back_and_no_memory(opened, upstream):
    piece = "x" * 4000 + " "
    upstream.answering = lambda heard: Script((piece,) * 4000)
    with opened() as gateway:
        with RawClient(gateway.address) as client:
            client.send(posted(CHAT, body_of(CHAT, "much", stream=True)))
            time.sleep(1.5)
            held = gateway.call(lambda: gateway.gateway.state.memory.held)
            answer = client.answer()
        assert answer.complete
        assert answer.body.count(b"xxxx ") == 4000
        assert held < 12_000_000, "the gateway read on although its client did not"
        assert gateway.call(lambda: gateway.gateway.state.memory.held) == 0


def test_memory_is_bounded_over_all_exchanges(opened, upstream):
    upstream.answering = lambda heard: Script(("y" * 2_000_000,))
    with opened({"limits": "memory_mib = 1\n"}) as gateway:
        assert ask(gateway).status == 502
        upstream.answering = echo
        assert ask(gateway).status == 200
        assert gateway.call(lambda: gateway.gateway.state.memory.held) == 0


def test_times_of_records_never_run_backwards(opened):
    wall = [1_700_000_000.0]
    clock = SteadyClock(wall=lambda: wall[0])
    with opened({"limits": "requests_per_minute = 3\n"}, clock=clock) as gateway:
        for jump in (0.0, 86_400.0, -172_800.0):
            wall[0] += jump
            assert ask(gateway).status == 200
        wall[0] += 3600.0
        assert ask(gateway).status == 429, "a jump of the clock filled the account's minute"
        assert clock.jumps == 3
    times = [record.at_ms for record in sorted(logged(gateway.path), key=_number)]
    assert times == sorted(times)


def test_a_short_key_for_pseudonyms_is_refused(opened):
    with (
        pytest.raises(Problem, match="pseudonyms"),
        opened({"accounts": 'key_variable = "PSEUDONYMS"\n'}, environment={"PSEUDONYMS": "short"}),
    ):
        pass
