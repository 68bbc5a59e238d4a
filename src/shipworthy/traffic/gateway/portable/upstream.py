"""The portable way to the model's server: aiohttp's client."""

import asyncio
from collections.abc import Callable, Mapping

import aiohttp

from shipworthy.records.live import UpstreamSection
from shipworthy.traffic.gateway.addresses import Address
from shipworthy.traffic.gateway.wire import UpstreamBroken

_READ = 64 * 1024


class AiohttpUpstream:
    """A session with one server."""

    def __init__(self, section: UpstreamSection, address: Address) -> None:
        self._section = section
        self._url = address.url
        self._connector = aiohttp.TCPConnector(limit=section.connections, keepalive_timeout=4.0)
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            read_bufsize=_READ,
        )
        self._open = 0

    @property
    def connections(self) -> int:
        """Answers under way."""
        return self._open

    async def send(self, path: bytes, headers: bytes, body: bytes) -> "_Reply":
        """Post a request and return its answer once its head is there; raises `UpstreamBroken`."""
        section = self._section
        lines = (line.partition(": ") for line in headers.decode("latin-1").split("\r\n") if line)
        named = {name: value for name, _, value in lines}
        named["accept-encoding"] = "identity"
        timeout = aiohttp.ClientTimeout(
            total=section.timeout_seconds,
            connect=section.connect_seconds,
            sock_read=max(section.first_byte_seconds, section.idle_seconds),
        )
        try:
            async with asyncio.timeout(section.connect_seconds + section.first_byte_seconds):
                response = await self._session.post(
                    self._url + path.decode(),
                    data=body,
                    headers=named,
                    allow_redirects=False,
                    timeout=timeout,
                )
        except TimeoutError:
            raise UpstreamBroken("no answer in time", late=True) from None
        except aiohttp.ClientError as error:
            raise UpstreamBroken(f"no connection: {type(error).__name__}") from None
        self._open += 1
        return _Reply(response, section.idle_seconds, self._done)

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    def _done(self) -> None:
        self._open -= 1


class _Reply:
    """An answer whose head has arrived."""

    def __init__(
        self, response: aiohttp.ClientResponse, idle_s: float, done: Callable[[], None]
    ) -> None:
        self._response = response
        self._idle = idle_s
        self._done = done
        self._closed = False
        self.status = response.status
        self.headers: Mapping[bytes, bytes] = {
            name.lower(): value for name, value in response.raw_headers
        }

    async def pour(self, sink: Callable[[bytes], bool]) -> bool:
        """Hand the body to `sink` piece by piece; see `UpstreamReply`."""
        while data := await self._read():
            if sink(data):
                return False
        return True

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self._idle):
                return await self._response.content.readany()
        except TimeoutError:
            raise UpstreamBroken("the answer paused for too long", late=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamBroken(f"the connection broke: {type(error).__name__}") from None

    def close(self) -> None:
        """Let go of it; the connection is kept only where all of it has arrived."""
        if self._closed:
            return
        self._closed = True
        self._done()
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()
