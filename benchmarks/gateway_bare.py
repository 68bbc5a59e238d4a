"""The gateway with parts of it left out, to tell what each part costs. Nobody should serve with it.

`bare`: the fast front's two ends and nothing between them. Clients and the pool of connections are
those of `shipworthy gateway serve`; each request goes on as it came, nothing is read, screened or
logged. `gateway.py` measures it beside nginx, which does that and no more. `unlogged`: the whole
gateway with a log that takes every record at once and keeps none.

    python benchmarks/gateway_bare.py bare|unlogged deployment.toml
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from shipworthy.app.live.deployment_file import read_deployment
from shipworthy.app.live.gateway.opening import Inside, bind, open_gateway, run_loop
from shipworthy.app.live.gateway.running import _spare_collections
from shipworthy.app.live.gateway.stacks import build_stack
from shipworthy.app.preparation import Surroundings
from shipworthy.kernel import Registry, SystemClock
from shipworthy.traffic.gateway.addresses import listening
from shipworthy.traffic.gateway.fast import FastFront
from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.keeping.journal import Journal
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.gateway.serving import headers_upstream
from shipworthy.traffic.gateway.wire import Incoming, Responder


class Bare(Gateway):
    """Hands every request on, and every answer back, piece by piece."""

    async def serve(self, asked: Incoming, out: Responder) -> None:
        """Carry one request out."""
        serving = self.serving
        lines = headers_upstream(serving, serving.dialects[asked.path], asked.headers)
        reply = await serving.upstream.send(asked.path, lines, asked.body)
        kind = reply.headers[b"content-type"].decode()
        parts: list[bytes] = []
        streams = b"content-length" not in reply.headers
        if streams:
            out.begin(kind)

        def take(data: bytes) -> bool:
            out.write(data) if streams else parts.append(data)
            return out.full

        try:
            while not await reply.pour(take):
                await out.drain()
        finally:
            reply.close()
        if streams:
            out.end(b"")
        else:
            out.whole(reply.status, kind, b"".join(parts))


class KeepsNothing:
    """A log that acknowledges what it throws away."""

    async def append(self, entries) -> None:
        """Take entries."""

    async def close(self) -> None:
        """Do nothing."""


async def serve(left: str, path: Path) -> None:
    """Serve until SIGTERM."""
    file = read_deployment(path)
    around = Surroundings(Registry.installed(), os.environ, SystemClock())
    inside = Inside(around, "fast", print, SteadyClock())
    opened = await open_gateway(file, build_stack(file, around), inside)
    journal = opened.state.journal
    if left == "unlogged":
        opened.state.journal = Journal(KeepsNothing(), opened.state.log)
    else:
        opened = Bare(opened.serving, opened.state, opened.switch)
    front = FastFront(opened)
    bound = bind(listening(opened.serving.deployment.deployment.listen))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    _spare_collections()
    await front.listen(bound)
    port = bound.getsockname()[1]
    print(f"serving http://127.0.0.1:{port} ({left})", file=sys.stderr, flush=True)
    await ended.wait()
    front.stop_listening()
    await front.close()
    await opened.close()
    await journal.close()


if __name__ == "__main__":
    run_loop(lambda: serve(sys.argv[1], Path(sys.argv[2])), "fast")
