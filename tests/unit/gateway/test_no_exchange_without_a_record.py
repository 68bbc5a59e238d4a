"""Every exchange that a gateway gave a number leaves a record, also where its client gave up."""

import json
import threading
import time

import pytest

from gateways import FRONTS, deployment_text, logged, served
from raw_http import RawClient, posted
from shipworthy.testing.upstream import Script, ScriptedUpstream

CHAT = "/v1/chat/completions"
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello"}]}).encode()


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.mark.parametrize("front", FRONTS)
def test_who_goes_away_while_waiting_leaves_a_record(front, tmp_path):
    answer = threading.Event()

    def late(heard):
        answer.wait(20)
        return Script(("fine",))

    with ScriptedUpstream() as upstream:
        upstream.answering = late
        path = tmp_path / "deployment.toml"
        limits = {"limits": "concurrent_in_all = 1\nwaiting = 4\nwaiting_seconds = 60\n"}
        path.write_text(deployment_text(upstream.url, limits))
        with served(path, front) as gateway:
            first, second = RawClient(gateway.address), RawClient(gateway.address)
            first.send(posted(CHAT, BODY))
            until(lambda: gateway.call(lambda: gateway.gateway.state.gate.running))
            second.send(posted(CHAT, BODY))
            until(lambda: gateway.call(lambda: gateway.gateway.state.gate.waiting))
            second.close()
            until(lambda: not gateway.call(lambda: gateway.gateway.state.gate.waiting))
            answer.set()
            assert first.answer().status == 200
            first.close()
        records = {one.id.rpartition("-")[2]: one.verdict for one in logged(path)}
    assert sorted(records) == ["1", "2"]
    assert records["2"].enforced == "refused"
    assert records["2"].why == "the client went away while it waited"
