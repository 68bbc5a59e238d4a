"""Addresses that a deployment file names: of the model's server, and to listen on."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from shipworthy.kernel import Problem

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A server: where, whether behind TLS, and the path before that of a dialect."""

    host: str
    port: int
    secure: bool
    prefix: bytes
    authority: bytes

    @property
    def url(self) -> str:
        """The address as a URL without a final slash."""
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self.authority.decode()}{self.prefix.decode()}"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen: `path` of a Unix socket, or `host` and `port` (0 for any free one)."""

    host: str = ""
    port: int = 0
    path: str = ""


def upstream_address(url: str) -> Address:
    """Read the address of the model's server.

    Raises:
        Problem: `deployment-address`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refusal(url, "its port is no number from 1 to 65535") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _refusal(url, "it does not begin with `http://` or `https://` and a host")
    if parts.username or parts.password:
        raise _refusal(url, "it holds a password: give a key by `key_variable`")
    if parts.query or parts.fragment or not url.isascii() or any(c <= " " for c in url):
        raise _refusal(url, "it holds a query or characters that no address has")
    path = parts.path.rstrip("/")
    if path.endswith("/v1"):
        raise _refusal(url, "it ends in `/v1`, which the paths of the dialects begin with")
    default = _PORTS[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    authority = host if port in {None, default} else f"{host}:{port}"
    return Address(
        parts.hostname,
        port or default,
        parts.scheme == "https",
        path.encode(),
        authority.encode(),
    )


def listening(text: str) -> Listening:
    """Read where to listen: `HOST:PORT`, `[::1]:PORT` or `unix:PATH`.

    Raises:
        Problem: `deployment-address`.
    """
    if text.startswith("unix:") and text != "unix:":
        return Listening(path=text.removeprefix("unix:"))
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise _refusal(text, "it is neither `HOST:PORT`, with a port below 65536, nor `unix:PATH`")
    return Listening(host=host, port=int(port))


def _refusal(text: str, why: str) -> Problem:
    return Problem.of(
        "deployment-address",
        f"`{text}` is no address to use: {why}",
        help='write it as `"http://127.0.0.1:9000"`, to listen as `"127.0.0.1:8080"`',
    )
