"""One HTTP exchange: bounded in time and size, connections reused, nothing followed.

Details never quote the exception or the far side's text: both may carry host names or secrets.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
from yarl import URL

from shipworthy.instruments.targets.openai.credential import Credential
from shipworthy.vocabulary import UnassessedReason

_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: the body is complete, and within the limit."""

    status: int
    body: bytes
    retry_after: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class TransportFault:
    """Why nothing usable came back. `transient` faults are worth another attempt.

    An answer that was on its way is never asked for again: a breach is longer than a refusal, so
    what is too slow or breaks off would be tried until it is short.
    """

    reason: UnassessedReason
    detail: str
    transient: bool


Exchange = HttpAnswer | TransportFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where requests go and under which bounds."""

    base_url: str
    credential: Credential
    concurrency: int
    response_limit_bytes: int
    proxy: str = ""


class Transport:
    """One session with its pool of connections."""

    def __init__(self, link: Link) -> None:
        base = link.base_url.rstrip("/")
        self._chat = URL(f"{base}/chat/completions")
        self._models = URL(f"{base}/models")
        self._limit = link.response_limit_bytes
        # Compressed answers are not asked for: a small one could unpack to any size.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=link.concurrency),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "User-Agent": "shipworthy",
                **link.credential.header(),
            },
            auto_decompress=False,
            trust_env=False,
            proxy=link.proxy or None,
        )

    async def complete(self, body: bytes, seconds: float) -> Exchange:
        """Send one chat completion request."""
        return await self._exchange("POST", self._chat, body, seconds)

    async def models(self, seconds: float) -> Exchange:
        """Ask for the list of models."""
        return await self._exchange("GET", self._models, None, seconds)

    async def close(self) -> None:
        """Close the pool."""
        await self._session.close()

    async def _exchange(
        self, method: str, url: URL, body: bytes | None, seconds: float
    ) -> Exchange:
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(method, url, data=body, allow_redirects=False) as response,
            ):
                return await self._read(response)
        except TimeoutError:
            return TransportFault(
                "target-timeout", f"no complete answer within {seconds:.0f} s", transient=False
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _fault_of(error)

    async def _read(self, response: aiohttp.ClientResponse) -> Exchange:
        held = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            held += chunk
            if len(held) > self._limit:
                # Closing, not releasing: the rest must not be read to reuse the connection.
                response.close()
                if response.status == 200:
                    return TransportFault(
                        "response-too-large",
                        f"the answer is larger than {self._limit} bytes",
                        transient=False,
                    )
                held.clear()
                break
        headers = response.headers
        return HttpAnswer(
            status=response.status,
            body=bytes(held),
            retry_after=headers.get("Retry-After", ""),
            encoding=headers.get("Content-Encoding", ""),
        )


def _fault_of(error: Exception) -> TransportFault:
    match error:
        case aiohttp.ClientConnectorDNSError():
            detail, transient = "the host name does not resolve", True
        case aiohttp.ClientSSLError():
            detail, transient = "the TLS handshake failed", False
        case aiohttp.ClientConnectorError():
            detail, transient = "the connection was refused", True
        case aiohttp.ClientPayloadError():
            return TransportFault(
                "response-truncated",
                "the connection closed before the answer ended",
                transient=False,
            )
        case aiohttp.ClientConnectionError() | OSError():
            detail, transient = "the connection was reset", True
        case _:
            return TransportFault("response-malformed", "the answer is not HTTP", transient=False)
    return TransportFault("target-unreachable", detail, transient)
