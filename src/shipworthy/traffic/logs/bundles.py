"""Several entries in one message of a broker: what a message costs is shared by them."""

import struct
from collections.abc import Sequence
from typing import Final

from shipworthy.traffic.logs.protocol import Entry

_RECORD: Final = struct.Struct(">IH")
_FORM: Final = b"SWE1"


def pack(entries: Sequence[Entry]) -> bytes:
    """Write entries as the payload of one message."""
    parts = [_FORM]
    for entry in entries:
        key = entry.key.encode("utf-8", "surrogatepass")
        parts += (_RECORD.pack(len(entry.body), len(key)), key, entry.body)
    return b"".join(parts)


def unpack(payload: bytes) -> list[tuple[str, bytes]]:
    """Read the keys and bodies of a payload.

    Raises:
        ValueError: when it is none that `pack` wrote.
    """
    if not payload.startswith(_FORM):
        raise ValueError("the message is none of a live log")
    at, end = len(_FORM), len(payload)
    found = []
    while at < end:
        if at + _RECORD.size > end:
            raise ValueError("the message ends within an entry")
        body, key = _RECORD.unpack_from(payload, at)
        split = at + _RECORD.size + key
        if split + body > end:
            raise ValueError("the message ends within an entry")
        text = payload[at + _RECORD.size : split].decode("utf-8", "surrogatepass")
        found.append((text, payload[split : split + body]))
        at = split + body
    return found


def packed_bytes(entry: Entry) -> int:
    """Return an upper bound of what an entry adds to a payload."""
    return _RECORD.size + 4 * len(entry.key) + len(entry.body)


def bundled(entries: Sequence[Entry], most_bytes: int, most_entries: int) -> list[list[Entry]]:
    """Cut entries into bundles that fit a message; an entry that fits none is on its own."""
    bundles: list[list[Entry]] = []
    size = most_bytes
    for entry in entries:
        needs = packed_bytes(entry)
        if size + needs > most_bytes or len(bundles[-1]) >= most_entries:
            bundles.append([])
            size = len(_FORM)
        bundles[-1].append(entry)
        size += needs
    return bundles
