"""Health, identity, metrics and the emergency stop, on an address of their own."""

from typing import Any, Final

import msgspec
from aiohttp import web

from shipworthy import __version__
from shipworthy.kernel import Record, digest_text
from shipworthy.records.live.deployments import turn_digest
from shipworthy.traffic.gateway.gateway import Gateway

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_MOST: Final = 16 * 1024


class _Order(Record, frozen=True, kw_only=True):
    why: str
    by: str = ""


def admin_application(gateway: Gateway) -> web.Application:
    """Return the application; it has no say over content, and shows none."""
    app = web.Application(client_max_size=_MOST)
    pages = _Pages(gateway)
    app.router.add_get("/-/healthz", pages.health)
    app.router.add_get("/-/readyz", pages.readiness)
    app.router.add_get("/-/identity", pages.identity)
    app.router.add_get("/-/metrics", pages.metrics)
    app.router.add_post("/-/stop", pages.stop)
    app.router.add_post("/-/resume", pages.resume)
    return app


def identity(gateway: Gateway) -> dict[str, Any]:
    """Return what serves, for people and for `confirm`: digests, names, and the stop in force.

    `declared_prompt` is the digest of the system turn that the product is said to send, as the
    gateway was started with it; empty where nobody said. `public_turns` are digests as well.
    """
    serving = gateway.serving
    policy = serving.deployment.policy
    header = serving.deployment.deployment
    stop = gateway.state.stop
    return {
        "deployment": header.name,
        "stack": serving.engine.digest,
        "layers": [layer.enforcement.name for layer in serving.engine.layers],
        "policy": serving.policy,
        "system_turns": policy.system_turns,
        "public_turns": [turn_digest(text) for text in policy.public_turns],
        "dialects": list(header.dialects),
        "model": header.model,
        "declared_prompt": digest_text(header.system_prompt) if header.system_prompt else "",
        "disclosure": header.disclosure,
        "log": {"when": gateway.state.log.when, "on_error": gateway.state.log.on_error},
        "version": __version__,
        "stopped": None if stop is None else {"why": stop.why, "at_ms": stop.at_ms},
    }


class _Pages:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def health(self, request: web.Request) -> web.Response:
        """Answer as long as the process does."""
        del request
        return _json(200, {"status": "alive"})

    async def readiness(self, request: web.Request) -> web.Response:
        """Say whether exchanges would be served now."""
        del request
        state = self._gateway.state
        reasons = [
            *(["draining"] if self._gateway.draining else []),
            *(["stopped"] if state.stop is not None else []),
            *([f"log: {state.journal.failing}"] if state.journal.failing else []),
        ]
        return _json(503 if reasons else 200, {"ready": not reasons, "reasons": reasons})

    async def identity(self, request: web.Request) -> web.Response:
        """Show what serves."""
        del request
        return _json(200, identity(self._gateway))

    async def metrics(self, request: web.Request) -> web.Response:
        """Show the counters."""
        del request
        gateway = self._gateway
        text = gateway.state.metrics.render(gateway.gauges(), gateway.identity())
        return web.Response(body=text.encode(), headers={"content-type": _TEXT})

    async def stop(self, request: web.Request) -> web.Response:
        """Put the emergency stop in force."""
        order = await _order(request)
        if order is None:
            return _json(400, {"error": 'write {"why": "...", "by": "..."}'})
        self._gateway.halt(order.why, order.by)
        return _json(200, identity(self._gateway))

    async def resume(self, request: web.Request) -> web.Response:
        """Lift the emergency stop."""
        order = await _order(request)
        if order is None:
            return _json(400, {"error": 'write {"why": "...", "by": "..."}'})
        self._gateway.resume(order.why, order.by)
        return _json(200, identity(self._gateway))


async def _order(request: web.Request) -> _Order | None:
    if "Origin" in request.headers:
        # A page in a browser of somebody who can reach this address: it must not lift a stop.
        return None
    try:
        order = msgspec.json.decode(await request.read(), type=_Order)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return order if order.why.strip() else None


def _json(status: int, value: Any) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(value), content_type="application/json"
    )
