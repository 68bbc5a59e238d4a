"""Reading bytes that may be hostile: strict canonical JSON, digests, Merkle roots, refusals."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn

Json = dict[str, Any]

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SAFE: Final = 2**53 - 1


class Refused(Exception):  # noqa: N818 - a verdict on the bundle, not a fault of this program
    """The bundle does not verify: a stable code and one sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def digest(data: bytes) -> str:
    """Return `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest_of(value: object) -> str:
    """Return the digest of the canonical JSON of a value."""
    return digest(canonical(value))


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves, by the definition in RFC 6962, section 2.1."""
    return _root([hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves])


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _root(hashes[:split]) + _root(hashes[split:])).digest()


def is_digest(text: object) -> bool:
    """Say whether a value is a well-formed digest."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def is_time(text: object) -> bool:
    """Say whether a value is a time that sorts as text: RFC 3339, in UTC, with whole seconds."""
    return isinstance(text, str) and _TIME.fullmatch(text) is not None


def canonical(value: object) -> bytes:
    """Write canonical JSON: keys sorted, no white space, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_json(data: bytes, name: str, *, strictly: bool = True) -> Any:
    """Parse JSON without floats, unsafe integers or repeated keys; `strictly`: canonical bytes.

    Raises:
        Refused: `SV-JSON` or `SV-CANONICAL`.
    """
    try:
        value = json.loads(
            data.decode(),
            parse_float=_no_number,
            parse_constant=_no_number,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
        same = not strictly or canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Refused("SV-JSON", f"`{name}` is not readable: {error}") from None
    if not same:
        raise Refused("SV-CANONICAL", f"`{name}` is not in canonical form")
    return value


def read_lines(data: bytes, name: str) -> list[tuple[bytes, Json]]:
    """Parse newline-terminated canonical records; returns lines and values."""
    if data and not data.endswith(b"\n"):
        raise Refused("SV-CANONICAL", f"the last line of `{name}` is torn")
    lines = data.split(b"\n")[:-1]
    return [(line, read_json(line, f"{name}:{n}")) for n, line in enumerate(lines, start=1)]


def read_base64(text: str, name: str) -> bytes:
    """Decode base64.

    Raises:
        Refused: `SV-JSON`.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Refused("SV-JSON", f"`{name}` holds broken base64") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"number `{text}` is no integer")


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > _SAFE:
        raise ValueError(f"integer `{text}` is beyond 2^53 - 1")
    return number


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    if not all(key.isascii() for key in found):
        raise ValueError("a key is not ASCII")
    return found
