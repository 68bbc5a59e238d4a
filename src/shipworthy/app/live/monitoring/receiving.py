"""The receiver of OpenTelemetry exporters, for as long as a monitor runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.kernel import ExitCode, Problem
from shipworthy.traffic.logs import open_writer

LISTEN: Final = "127.0.0.1:4318"
"""Where exporters send by default: OTLP's own port, on this machine only."""


@asynccontextmanager
async def receiving(monitor: Monitor) -> AsyncIterator[str]:
    """Take what exporters send into the log that is read; yields the address, or nothing.

    Raises:
        Problem: `monitor-listen` (environment) when the address cannot be listened on.
    """
    source = monitor.file.document.source
    if source.kind != "otlp":
        yield ""
        return
    from aiohttp import web

    from shipworthy.traffic.sources.otlp import Receiver

    host, port = _address(str(source.options.get("listen", LISTEN)))
    kind, options = monitor.log_options()
    writer = await open_writer(kind, options)
    runner = web.AppRunner(Receiver(writer, monitor.name).application(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise Problem.of(
                "monitor-listen",
                f"cannot listen on {host}:{port}: {error.strerror}",
                location=monitor.file.locate("source", "options"),
                help="free the port, or choose another `listen`",
                exit_code=ExitCode.ENVIRONMENT,
            ) from None
        bound = site._server.sockets[0].getsockname()  # type: ignore[union-attr]  # noqa: SLF001 - aiohttp does not say which port it got
        yield f"{bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()
        await writer.close()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise Problem.of(
            "monitor-listen",
            f"`{text}` is no address to listen on",
            help=f'host and port, such as `listen = "{LISTEN}"`',
        )
    return host, int(port)
