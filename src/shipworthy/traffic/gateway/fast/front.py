"""The fast front: HTTP/1.1 on bare protocols, one parser a connection, no framework."""

import asyncio
import socket
from typing import Final

from shipworthy.traffic.gateway.fast.client import Client
from shipworthy.traffic.gateway.gateway import Gateway

_SWEEP_S: Final = 0.25


class FastFront:
    """Listens, and ends connections that are too slow."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._loop = asyncio.get_running_loop()
        self._clients: set[Client] = set()
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    async def listen(self, bound: socket.socket) -> None:
        """Take connections on a socket that is bound already."""
        self._server = await self._loop.create_server(self._client, sock=bound, backlog=1024)
        self._sweep()

    def stop_listening(self) -> None:
        """Take no more connections; those that wait for a request end."""
        if self._server is not None:
            self._server.close()
        for client in tuple(self._clients):
            client.wind_up()

    async def close(self) -> None:
        """Break what is left."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for client in tuple(self._clients):
            client.break_off()
        await asyncio.sleep(0)

    def _client(self) -> asyncio.Protocol:
        return Client(self._gateway, self._loop, self._clients)

    def _sweep(self) -> None:
        now = self._loop.time()
        for client in tuple(self._clients):
            client.check(now)
        self._sweeping = self._loop.call_later(_SWEEP_S, self._sweep)
