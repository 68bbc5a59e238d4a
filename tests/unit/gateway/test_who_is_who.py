"""Nobody is somebody else by a second header, a trailer, or a page in a browser."""

import json
import time
from http.client import HTTPConnection

import pytest

from gateways import FRONTS, deployment_text, served
from raw_http import RawClient, posted
from shipworthy.testing.upstream import ScriptedUpstream

CHAT = "/v1/chat/completions"
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello"}]}).encode()
ACCOUNTS = 'key_variable = "PSEUDONYMS"\nheader = "X-User"\nconversation_header = "X-Talk"\n'


@pytest.fixture
def upstream():
    with ScriptedUpstream() as found:
        yield found


@pytest.fixture(params=FRONTS)
def gateway(request, upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"accounts": ACCOUNTS}))
    with served(path, request.param) as found:
        yield found


@pytest.mark.parametrize("name", ["X-User", "X-Talk"])
def test_a_header_that_names_somebody_stands_once(gateway, name):
    """A proxy that appends the name would give each request of a client a name of its own."""
    with RawClient(gateway.address) as client:
        client.send(posted(CHAT, BODY, f"{name}: invented", f"{name.lower()}: alice"))
        answer = client.answer()
    assert answer.status == 400
    with RawClient(gateway.address) as client:
        client.send(posted(CHAT, BODY, f"{name}: alice"))
        assert client.answer().status == 200


def test_a_page_in_a_browser_lifts_no_stop(gateway):
    def order(path, **headers):
        connection = HTTPConnection(gateway.admin.removeprefix("http://"), timeout=10)
        try:
            connection.request("POST", path, json.dumps({"why": "a drill"}), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    assert order("/-/stop") == 200
    assert order("/-/resume", Origin="https://elsewhere.example") == 400
    assert gateway.call(lambda: gateway.gateway.state.stop) is not None
    assert order("/-/resume") == 200


class Trailing:
    """A model's server whose trailers say otherwise than its head."""

    def __init__(self):
        import socket
        import threading

        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                heard = b""
                while not heard.endswith(BODY):
                    heard += connection.recv(65536)
                connection.sendall(self.answer())

    @staticmethod
    def answer():
        message = {"role": "assistant", "content": "All is well."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}).encode()
        head = b"content-type: application/json\r\ntransfer-encoding: chunked\r\n"
        trailer = b"x-request-id: trailed\r\ncontent-type: text/event-stream\r\n"
        return b"HTTP/1.1 200 OK\r\n%b\r\n%x\r\n%b\r\n0\r\n%b\r\n" % (
            head,
            len(body),
            body,
            trailer,
        )

    def close(self):
        self._socket.close()


@pytest.mark.parametrize("front", FRONTS)
def test_trailers_of_the_model_change_nothing_of_its_head(front, tmp_path):
    upstream = Trailing()
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url))
    try:
        with served(path, front) as gateway, RawClient(gateway.address) as client:
            client.send(posted(CHAT, BODY))
            answer = client.answer()
    finally:
        upstream.close()
    assert answer.status == 200
    assert "x-request-id" not in answer.headers


@pytest.mark.parametrize("front", FRONTS)
def test_no_more_connections_than_the_file_allows(front, upstream, tmp_path):
    path = tmp_path / "deployment.toml"
    path.write_text(deployment_text(upstream.url, {"limits": "connections = 3\n"}))
    with served(path, front) as gateway:
        held = [RawClient(gateway.address) for _ in range(3)]
        for client in held:
            client.send(posted(CHAT, BODY))
            assert client.answer().status == 200
        with RawClient(gateway.address) as crowded:
            assert crowded.ended()
        held.pop().close()
        end = time.monotonic() + 20
        while gave_up(gateway):
            assert time.monotonic() < end, "no room was made"
            time.sleep(0.01)
        for client in held:
            client.close()


def gave_up(gateway):
    try:
        with RawClient(gateway.address) as client:
            client.send(posted(CHAT, BODY))
            return client.answer().status != 200
    except ConnectionError:
        return True
