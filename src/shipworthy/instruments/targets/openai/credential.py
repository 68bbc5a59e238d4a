"""A secret that does not show itself: in a repr, an error, a log or a digest."""

from collections.abc import Mapping
from typing import Final

from shipworthy.kernel import Location, Problem

_SHORTEST_TRACE: Final = 8


class Credential:
    """An API key, or none; only `header` gives it away, to the transport."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "Credential(set)" if self._secret else "Credential(none)"

    def __reduce__(self) -> str:
        raise TypeError("a credential is not written down")

    def header(self) -> dict[str, str]:
        """Return the header that carries it."""
        return {"Authorization": f"Bearer {self._secret}"} if self._secret else {}

    def occurs_in(self, text: str) -> bool:
        """Say whether `text` repeats the secret (a hostile endpoint may echo what it was sent).

        Keys of fewer than eight characters are placeholders and would match by chance.
        """
        return len(self._secret) >= _SHORTEST_TRACE and self._secret in text


def credential_from(environment: Mapping[str, str], variable: str, source: str) -> Credential:
    """Take the key from an environment variable; an empty name means that none is needed.

    Raises:
        Problem: `credential-missing` or `credential-invalid`, exit code 2, before any request.
    """
    if not variable:
        return Credential()
    secret = environment.get(variable, "").strip()
    if not secret:
        raise Problem.of(
            "credential-missing",
            f"environment variable `{variable}` is not set",
            location=Location(source),
            help=f"export {variable}=... in the shell that runs this; "
            "keys are never read from files",
        )
    if not (secret.isascii() and secret.isprintable() and " " not in secret):
        raise Problem.of(
            "credential-invalid",
            f"environment variable `{variable}` holds characters that no key has",
            location=Location(source),
            help="check for spaces and line breaks inside it",
        )
    return Credential(secret)
