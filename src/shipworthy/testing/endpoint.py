"""A simulated OpenAI endpoint with switchable faults, for tests, benchmarks and plug-in authors.

It is a real HTTP server on the loopback interface, in a thread of its own, so that the client
under test runs unchanged. By default it answers well; `switch` makes it misbehave for the next
requests, or until it is switched back.
"""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from aiohttp import web

from shipworthy.testing.endpoint_faults import Fault, misbehave

Answer = Callable[[dict[str, Any]], str | dict[str, Any] | Fault]
"""Answers a decoded request body: with a text, with fields of the message, or by misbehaving."""

_READY_SECONDS: Final = 10.0
_decoder: Final = msgspec.json.Decoder(dict[str, Any])


def echo(body: dict[str, Any]) -> str:
    """Answer with the last user turn, so that tests can tell answers apart."""
    turns = [turn["content"] for turn in body["messages"] if turn["role"] == "user"]
    return f"You said: {turns[-1] if turns else 'nothing'}"


class SimulatedEndpoint:
    """The endpoint; use it as a context manager.

    Attributes:
        url: base URL, ending in `/v1`.
        bodies: decoded bodies of the chat requests received, in order.
        requests: chat requests received, faulty ones included.
        connections: different client connections that carried them.
        peak: most requests that were in flight at once.
    """

    def __init__(
        self, answer: Answer = echo, *, delay_seconds: float = 0.0, model: str = "simulated"
    ) -> None:
        self.url = ""
        self.bodies: list[dict[str, Any]] = []
        self.requests = 0
        self.peak = 0
        self._answer = answer
        self._delay = delay_seconds
        self._model = model
        self._in_flight = 0
        self._peers: set[tuple[str, int]] = set()
        self._fault: Fault | None = None
        self._remaining: int | None = None
        self._retry_after = "0"
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="endpoint", daemon=True)

    @property
    def connections(self) -> int:
        """Different client connections so far."""
        return len(self._peers)

    def switch(
        self, fault: Fault | None, times: int | None = None, *, retry_after: str = "0"
    ) -> None:
        """Misbehave from now on, or for the next `times` requests; `None` behaves well."""
        self._fault, self._remaining, self._retry_after = fault, times, retry_after

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_READY_SECONDS):
            raise TimeoutError("the simulated endpoint did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(_READY_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.0, handler_cancellation=True
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        self._ready.set()
        await self._stopped.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"object": "list", "data": [{"id": self._model}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        if request.transport:
            self._peers.add(request.transport.get_extra_info("peername")[:2])
        try:
            return await self._respond(request)
        finally:
            self._in_flight -= 1

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = _decoder.decode(await request.read())
        self.bodies.append(body)
        answer = self._answer(body)
        completion = self._completion("" if isinstance(answer, Fault) else answer)
        if self._delay:
            await asyncio.sleep(self._delay)
        fault = answer if isinstance(answer, Fault) else self._next_fault()
        if fault:
            return await misbehave(fault, request, completion, self._retry_after)
        return web.Response(body=msgspec.json.encode(completion), content_type="application/json")

    def _next_fault(self) -> Fault | None:
        if self._remaining is None:
            return self._fault
        self._remaining -= 1
        return self._fault if self._remaining >= 0 else None

    def _completion(self, answer: str | dict[str, Any]) -> dict[str, Any]:
        fields = {"content": answer} if isinstance(answer, str) else answer
        message = {"role": "assistant", **fields}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": self._model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 60, "completion_tokens": 18, "total_tokens": 78},
        }
