"""A cache of values that are functions of their key: models and measurements, as plain JSON.

Nothing in it can run code when it is read. An entry whose content does not match its digest is
made again, so a damaged or edited cache costs time, never a wrong answer.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from shipworthy.kernel import Digest, Record, digest_bytes

R = TypeVar("R", bound=Record)


class _Entry(Record, frozen=True, kw_only=True):
    key: Digest
    digest: Digest
    value: msgspec.Raw


def cache_directory(environment: Mapping[str, str]) -> Path:
    """Return `$SHIPWORTHY_CACHE`, or `~/.cache/shipworthy`."""
    chosen = environment.get("SHIPWORTHY_CACHE", "")
    return Path(chosen) if chosen else Path.home() / ".cache" / "shipworthy"


def cached(directory: Path, key: Digest, kind: type[R], make: Callable[[], R]) -> R:
    """Return the value of `key`, made now or read from a file that proves to be whole."""
    path = directory / "safeguards" / f"{key.removeprefix('sha256:')}.json"
    found = _read(path, key, kind)
    if found is not None:
        return found
    value = make()
    _write(path, key, value)
    return value


def encoded(value: Record) -> bytes:
    """Return the one JSON text of a record; floats are written so that they read back exactly."""
    return msgspec.json.encode(value, order="deterministic")


def _read(path: Path, key: Digest, kind: type[R]) -> R | None:
    try:
        entry = msgspec.json.decode(path.read_bytes(), type=_Entry)
        whole = entry.key == key and digest_bytes(bytes(entry.value)) == entry.digest
        return msgspec.json.decode(entry.value, type=kind) if whole else None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _write(path: Path, key: Digest, value: Record) -> None:
    data = encoded(value)
    entry = _Entry(key=key, digest=digest_bytes(data), value=msgspec.Raw(data))
    partial = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(msgspec.json.encode(entry))
        partial.replace(path)
    except OSError:
        # A cache that cannot be written costs time on the next run; the value is the same.
        return
