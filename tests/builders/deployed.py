"""A deployment on the loopback interface: four wire formats, a real guard, and planted defects.

It stands for a gateway of anybody: the client under test sees HTTP and nothing else.
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from shipworthy.instruments.safeguards import guard
from shipworthy.instruments.targets import ScriptedTarget
from shipworthy.vocabulary import Message, Reply, Request, Tool

_SPEAKERS = {"System": "system", "User": "user", "Assistant": "assistant"}
_SPOKEN = re.compile(r"(?m)^(System|User|Assistant): ")
_WAIT_S = 10.0


@dataclass(frozen=True)
class Heard:
    """A request as the deployment read it."""

    dialect: str
    stream: bool
    tools: bool
    request: Request


@dataclass
class Defects:
    """What is wrong with the deployment; as it stands, nothing is.

    `skips` says for which requests the guard is not asked; `answer` takes the model's place;
    `identity` is what it says of itself; `adds` is a system turn that it puts in front.
    """

    skips: Callable[[Heard], bool] = lambda heard: False
    answer: Callable[[Request], str] | None = None
    identity: dict | None = field(default_factory=dict)
    layers: tuple | None = None
    adds: str = ""
    served: str = ""
    cuts: bool = False


class DeployedPath:
    """The deployment; use it as a context manager.

    `seen` are the requests in order, `headers` and `bodies` as they came over the wire.
    """

    def __init__(self, answer, layers, model="simulated"):
        self.url = ""
        self.seen: list[Heard] = []
        self.headers: list[dict] = []
        self.bodies: list[dict] = []
        self.defects = Defects()
        self._answer, self._layers, self._model = answer, tuple(layers), model
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(_WAIT_S)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(_WAIT_S)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        app = web.Application()
        for path, read in READERS.items():
            app.router.add_post(path, self._handler(read))
        app.router.add_get("/-/identity", self._identity)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._ready.set()
        await self._stopped.wait()
        await runner.cleanup()

    def _handler(self, read):
        async def handle(request):
            return await self._handle(request, read)

        return handle

    async def _identity(self, _request):
        if self.defects.identity is None:
            return web.Response(status=404)
        return web.json_response(self.defects.identity)

    async def _handle(self, request, read):
        body = json.loads(await request.read())
        dialect, messages = read(body)
        tools = tuple(Tool(name=_tool_name(one), description="") for one in body.get("tools", ()))
        if self.defects.adds:
            messages = [("system", self.defects.adds), *messages]
        turns = tuple(
            Message(role=role, content=text, confidential=role == "system")
            for role, text in messages
        )
        asked = Request(messages=turns, tools=tools, seed=body.get("seed", 0))
        heard = Heard(dialect, bool(body.get("stream")), bool(tools), asked)
        self.seen.append(heard)
        self.headers.append(dict(request.headers))
        self.bodies.append(body)
        reply = await self._reply(heard)
        served = self.defects.served or self._model
        if heard.stream:
            data = WRITERS[dialect][1](reply, served)
            if self.defects.cuts:
                data = data[: len(data) // 2]
            return web.Response(body=data.encode(), content_type="text/event-stream")
        return web.json_response(WRITERS[dialect][0](reply, served))

    async def _reply(self, heard) -> Reply:
        answer = self.defects.answer or self._answer
        model = ScriptedTarget(lambda request: Reply(text=answer(request)), "model")
        layers = self._layers if self.defects.layers is None else self.defects.layers
        target = model if self.defects.skips(heard) else guard(model, layers)
        return await target.respond(heard.request)


def _tool_name(tool):
    return tool.get("name") or tool["function"]["name"]


def _chat(body):
    return "chat", [(turn["role"], turn["content"]) for turn in body["messages"]]


def _completions(body):
    parts = _SPOKEN.split(body["prompt"].removesuffix("\n\nAssistant:"))[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return "completions", [(_SPEAKERS[who], said.strip()) for who, said in pairs]


def _responses(body):
    return "responses", [(turn["role"], turn["content"]) for turn in body["input"]]


def _messages(body):
    system = [("system", body["system"])] if body.get("system") else []
    return "messages", [*system, *((turn["role"], turn["content"]) for turn in body["messages"])]


READERS = {
    "/v1/chat/completions": _chat,
    "/v1/completions": _completions,
    "/v1/responses": _responses,
    "/v1/messages": _messages,
}
_USAGE = {"prompt_tokens": 9, "completion_tokens": 5}
_USAGE_IO = {"input_tokens": 9, "output_tokens": 5}


def _events(*events, done=False):
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return "".join(lines) + ("data: [DONE]\n\n" if done else "")


def _halves(text):
    return text[: len(text) // 2], text[len(text) // 2 :]


def _chat_whole(reply, model):
    message = {"role": "assistant", "content": reply.text}
    return {
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _USAGE,
    }


def _chat_stream(reply, model):
    pieces = [
        {"model": model, "choices": [{"index": 0, "delta": {"content": part}}]}
        for part in _halves(reply.text)
    ]
    end = {"model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return _events(*pieces, end, done=True)


def _completions_whole(reply, model):
    choice = {"index": 0, "text": reply.text, "finish_reason": "stop"}
    return {"model": model, "choices": [choice], "usage": _USAGE}


def _completions_stream(reply, model):
    pieces = [
        {"model": model, "choices": [{"index": 0, "text": part, "finish_reason": None}]}
        for part in _halves(reply.text)
    ]
    end = {"model": model, "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}
    return _events(*pieces, end, done=True)


def _responses_whole(reply, model):
    part = {"type": "output_text", "text": reply.text}
    item = {"type": "message", "role": "assistant", "content": [part]}
    return {"model": model, "status": "completed", "output": [item], "usage": _USAGE_IO}


def _responses_stream(reply, model):
    pieces = [{"type": "response.output_text.delta", "delta": part} for part in _halves(reply.text)]
    end = {"type": "response.completed", "response": _responses_whole(reply, model)}
    return _events({"type": "response.created", "response": {}}, *pieces, end)


def _messages_whole(reply, model):
    return {
        "type": "message",
        "model": model,
        "content": [{"type": "text", "text": reply.text}],
        "stop_reason": "end_turn",
        "usage": _USAGE_IO,
    }


def _messages_stream(reply, model):
    start = {"type": "message_start", "message": {"model": model, "usage": _USAGE_IO}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}}
    pieces = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
        for part in _halves(reply.text)
    ]
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}}
    return _events(start, block, *pieces, end, {"type": "message_stop"})


WRITERS = {
    "chat": (_chat_whole, _chat_stream),
    "completions": (_completions_whole, _completions_stream),
    "responses": (_responses_whole, _responses_stream),
    "messages": (_messages_whole, _messages_stream),
}
