"""Digests: the name of a byte string is its SHA-256, written `sha256:<64 hex digits>`."""

import hashlib
import re
from pathlib import Path
from typing import Final

from shipworthy.kernel.canonical import canonical_bytes

Digest = str
"""`sha256:` followed by 64 lower-case hexadecimal digits."""

_PATTERN: Final = re.compile(r"sha256:[0-9a-f]{64}")


def digest_bytes(data: bytes) -> Digest:
    """Return the digest of `data`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest_text(text: str) -> Digest:
    """Return the digest of `text` in UTF-8; lone surrogates (broken model output) are kept."""
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


def digest_of(value: object) -> Digest:
    """Return the digest of the canonical JSON of `value`."""
    return digest_bytes(canonical_bytes(value))


def digest_file(path: Path) -> Digest:
    """Return the digest of a file, read in blocks."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def is_digest(text: str) -> bool:
    """Say whether `text` is a well-formed digest."""
    return _PATTERN.fullmatch(text) is not None


def short(digest: Digest) -> str:
    """Return the first 12 hexadecimal digits, for people."""
    return digest.removeprefix("sha256:")[:12]
