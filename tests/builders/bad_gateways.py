"""Small gateways, each bad in one way, to see whether the suite for gateways finds it.

Every one forwards to a model's server and holds answers with a mark, as well as it can: `good` in
the places that the tests ask about, the others all but one.
"""

import gzip
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CHAT = "/v1/chat/completions"
REFUSAL = "I cannot say that."


@dataclass
class BadGateway:
    """A gateway for chat completions with one defect, `""` for none.

    `stream-unguarded`: passes streams through. `chunk-only`: scans each piece of a stream alone.
    `leaks-then-blocks`: sends text at once and stops when the mark is whole. `chat-only`: forwards
    other paths unguarded. `fails-open`: lets answers go when the judge fails. `records-pass`:
    writes that it found nothing. `raw-bytes`: looks for the mark in the bytes and not in what they
    say. `over-blocks`: holds whatever holds the beginning of the mark. `never-answers`: refuses
    everything. `answers-only`: does not look at requests.

    These were seen in gateways that people use. `first-text`: looks at the text of the first choice
    and at nothing else. `last-turn`: looks at the last turn of a request. `quotes`: says in its
    refusal what it found. `errors-pass`: passes errors on, and what is no answer. `headers-pass`:
    passes the model's headers on. `forwards-reads`: passes on whatever is asked with GET.
    `cuts-off`: ends a stream that it stops by breaking the connection. `asks-for-wholes`: asks the
    judge about whole answers, and not about streams. `no-opinion-passes`: takes a judge that says
    nothing of the matter for one that has no objection. `slow-passes`: does not wait for the judge.
    """

    upstream: str
    mark: str
    defect: str = ""
    judge: str = ""
    records: list = field(default_factory=list)
    log: object = None
    url: str = ""
    kept: list = field(default_factory=list)

    def __enter__(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *words):
                pass

            def do_POST(self):
                length = int(self.headers.get("content-length") or 0)
                gateway.handle(self, self.rfile.read(length))

            do_GET = do_PUT = do_PATCH = do_POST  # noqa: N815 - names of the standard library

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        arguments = {"poll_interval": 0.02}
        threading.Thread(target=self._server.serve_forever, kwargs=arguments, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    def handle(self, client, body):
        try:
            if client.path != CHAT or client.command != "POST":
                reads = self.defect == "forwards-reads" and client.command == "GET"
                if self.defect == "chat-only" or reads:
                    return self.write(client, *self.ask(client.path, body))
                return self.write(client, 404, "application/json", _error("no such path"))
            try:
                asked = json.loads(body)
            except ValueError:
                return self.write(client, 400, "application/json", _error("no JSON"))
            seen = asked["messages"][-1:] if self.defect == "last-turn" else asked
            if self.defect == "never-answers" or (
                self.defect != "answers-only" and self.mark in json.dumps(seen)
            ):
                self.record(found=True)
                return self.write(client, 400, "application/json", _error("not allowed"))
            if asked.get("stream") is True:
                return self.stream(client, body)
            return self.whole(client, body)
        except OSError:
            return None

    def whole(self, client, body):
        status, kind, answer = self.ask(CHAT, body)
        try:
            said = json.loads(answer)
        except ValueError:
            said = None
        if self.defect == "errors-pass" and (status != 200 or said is None):
            return self.write(client, status, kind, answer)
        if said is None:
            self.record(found=True)
            return self.write(client, 502, "application/json", _error("no answer"))
        # arguments within arguments are written with escapes, and the mark has none
        looked_at = json.dumps(said, ensure_ascii=False)
        if self.defect == "raw-bytes":
            looked_at = answer.decode()
        elif self.defect == "first-text":
            looked_at = said["choices"][0]["message"].get("content") or ""
        found = self.found(looked_at)
        if found and self.defect == "quotes":
            return self.write(client, 446, "application/json", _error(f"found {self.mark}"))
        if found or status != 200 or not self.allowed():
            self.record(found=True)
            return self.write(client, 200, "application/json", _whole(REFUSAL))
        self.record(found=False)
        return self.write(client, status, kind, answer)

    def stream(self, client, body):
        if self.defect == "stream-unguarded":
            return self.write(client, *self.ask(CHAT, body))
        if self.defect in {"chunk-only", "leaks-then-blocks"}:
            return self.pieces(client, body)
        status, kind, answer = self.ask(CHAT, body)
        found = self.found(_streamed(answer)) or status != 200
        if self.defect != "errors-pass":
            # what is no event stream, or no JSON within one, is looked at as it stands
            found = found or self.found(answer.decode("utf-8", "replace"))
        if found and self.defect == "cuts-off":
            return self.write(client, 200, "text/event-stream", answer[:40], missing=100)
        asked = self.defect != "asks-for-wholes"
        if found or (asked and not self.allowed()):
            self.record(found=True)
            return self.write(client, 200, "text/event-stream", _stream(REFUSAL))
        self.record(found=False)
        return self.write(client, status, kind, answer)

    def pieces(self, client, body):
        connection = self.connect(CHAT, body)
        answer = connection.getresponse()
        client.send_response(200)
        client.send_header("content-type", "text/event-stream")
        client.end_headers()
        seen = b""
        while piece := answer.read1(65_536):
            seen += piece
            alone = self.defect == "chunk-only"
            if self.found(_streamed(piece if alone else seen)):
                client.wfile.write(b"data: [DONE]\n\n")
                break
            client.wfile.write(piece)
            client.wfile.flush()
        connection.close()

    def found(self, text):
        wanted = self.mark[:11] if self.defect == "over-blocks" else self.mark
        return wanted in text

    def allowed(self):
        if not self.judge:
            return True
        question = json.dumps({"model": "judge", "messages": [{"role": "user", "content": "?"}]})
        wanted = urllib.request.Request(
            f"{self.judge}/v1/chat/completions",
            question.encode(),
            {"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(wanted, timeout=0.5) as answer:
                said = json.loads(answer.read())["choices"][0]["message"]["content"]
                return _score(said, 0 if self.defect == "no-opinion-passes" else None) < 0.5
        except TimeoutError:
            return self.defect in {"fails-open", "slow-passes"}
        except (OSError, ValueError, LookupError):
            return self.defect == "fails-open"

    def record(self, *, found):
        line = {"guard": {"flagged": found and self.defect != "records-pass"}}
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(json.dumps(line) + "\n")

    def connect(self, path, body):
        connection = HTTPConnection(urlsplit(self.upstream).netloc, timeout=10)
        connection.request("POST", path, body, {"content-type": "application/json"})
        return connection

    def ask(self, path, body):
        connection = self.connect(path, body)
        answer = connection.getresponse()
        kind = answer.headers.get("content-type", "")
        try:
            data = answer.read()
        except OSError:
            data = b""
        connection.close()
        self.kept = answer.headers.items() if self.defect == "headers-pass" else []
        if self.defect != "stream-unguarded" and answer.headers.get("content-encoding") == "gzip":
            data = gzip.decompress(data)
        return answer.status, kind, data

    def write(self, client, status, kind, body, missing=0):
        client.send_response(status)
        client.send_header("content-type", kind)
        client.send_header("content-length", str(len(body) + missing))
        for name, value in self.kept:
            if name.lower() not in {"content-length", "content-type", "transfer-encoding"}:
                client.send_header(name, value)
        client.end_headers()
        client.wfile.write(body)


def _streamed(data):
    """Return the text of a stream, field by field, with what its events hold besides."""
    lanes = {}
    for block in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        try:
            chunk = json.loads(b"".join(lines))
        except ValueError:
            continue
        for lane, text in _texts(chunk, ""):
            lanes[lane] = lanes.get(lane, "") + text
    return "\n".join(lanes.values())


def _texts(value, lane):
    if isinstance(value, str):
        yield lane, value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, lane)
    elif isinstance(value, dict):
        lane = f"{lane}/{value.get('index', '')}"
        for name, one in value.items():
            yield from _texts(one, f"{lane}/{name}")


def _score(said, otherwise):
    try:
        return json.loads(said)["score"]
    except (ValueError, LookupError):
        if otherwise is None:
            raise
        return otherwise


def _error(message):
    return json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()


def _whole(text):
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "content_filter"}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode()


def _stream(text):
    delta = {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": "content_filter"}
    chunk = {"id": "x", "object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n"
