"""Who asked, without saying who: keyed hashes of API keys or of a header."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.records.live import AccountsSection

_MOST: Final = 16_384
"""Pseudonyms that are kept at hand; beyond that they are worked out again."""

_SHORTEST_KEY: Final = 16


class Accounts:
    """Pseudonyms of accounts.

    The key of the pseudonyms comes from the environment, so that one account has one name for as
    long as the key is kept. Without a key accounts are told apart by one that ends with the
    process, for limits only: `logged` is empty then.

    Raises:
        Problem: `deployment-key` when the variable is empty, or its key short enough to guess.
    """

    def __init__(self, section: AccountsSection, environment: Mapping[str, str]) -> None:
        named = section.key_variable
        key = environment.get(named, "") if named else secrets.token_hex(32)
        if len(key.encode()) < _SHORTEST_KEY:
            raise Problem.of(
                "deployment-key",
                f"`{named}` holds {len(key.encode())} bytes, which is no key for pseudonyms",
                help=f"set it to at least {_SHORTEST_KEY} random bytes, and keep it: "
                f"export {named}=$(openssl rand -hex 32)",
            )
        self._key = key.encode()
        self._logged = bool(named)
        self._header = section.header.lower().encode()
        self._known: dict[bytes, str] = {}

    @property
    def header(self) -> bytes:
        """The header that names an account, in lower case; empty where its key does."""
        return self._header

    def of(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the pseudonym of who sent a request; empty where nothing names them."""
        if self._header:
            named = headers.get(self._header, b"")
        else:
            named = _key_of(headers.get(b"authorization", b"")) or headers.get(b"x-api-key", b"")
        if not named:
            return ""
        known = self._known.get(named)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = hmac.digest(self._key, named, hashlib.sha256).hex()[:32]
            self._known[named] = known
        return known

    def logged(self, account: str) -> str:
        """Return what a record may say of an account."""
        return account if self._logged else ""


def _key_of(authorization: bytes) -> bytes:
    """Return the key of a header in whatever way its scheme and spaces are written."""
    scheme, _, key = authorization.strip().partition(b" ")
    return key.strip() if scheme.lower() == b"bearer" else authorization.strip()
