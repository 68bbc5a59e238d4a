"""Batches of entries as bytes: pure, both ways. `spec/live-log.md` is the definition.

Every record's digest covers the digest before it, so that no record can change, leave or move
without a change in all that follow. The chain runs over entries as they were appended: it is the
same whether or not a batch is compressed.
"""

import hashlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.traffic.logs.protocol import Entry

MAGIC: Final = b"SWB1"
HEADER: Final = struct.Struct(">4s16sQQQIIIB")
"""Magic, nonce of the segment, batch number, first offset, milliseconds since 1970, entries,
bytes as stored, bytes before compression, flags."""

RECORD: Final = struct.Struct(">IH")
"""Bytes of the body, bytes of the key."""

TAG: Final = 8
TRAILER: Final = 32
COMPRESSED: Final = 1

Compress = Callable[[bytes], bytes]
Expand = Callable[[bytes, int], bytes]
"""Turns stored bytes into as many as the header names; raises ValueError where it cannot."""


class BrokenBatchError(ValueError):
    """What stands there is no batch that follows the one before; `offset` is the first in doubt."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment goes on: byte in the file, chain digest, batch number and offset."""

    position: int
    chain: bytes
    number: int
    offset: int


@dataclass(frozen=True, slots=True)
class Head:
    """The fixed beginning of a batch, with the bytes that it was read from."""

    raw: bytes
    number: int
    first: int
    at_ms: int
    count: int
    stored: int
    plain: int
    flags: int

    @property
    def size(self) -> int:
        """Bytes of the whole batch in the file."""
        return HEADER.size + self.stored + TRAILER


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as written: its bytes, the digest of each record, and where the segment goes on."""

    data: bytes
    chains: tuple[bytes, ...]
    after: Place


def encode_batch(
    entries: Sequence[Entry],
    place: Place,
    nonce: bytes,
    at_ms: int,
    compress: Compress | None = None,
) -> Batch:
    """Write entries as one batch that goes on at `place`."""
    sha256, pack, join = hashlib.sha256, RECORD.pack, b"".join
    chain, chains = place.chain, list[bytes]()
    parts: list[bytes] = []
    for entry in entries:
        key, body = entry.key.encode("utf-8", "surrogatepass"), entry.body
        record = join((pack(len(body), len(key)), key, body))
        chain = sha256(chain + record).digest()
        chains.append(chain)
        parts += (chain[:TAG], record)
    plain = join(parts)
    stored, flags = (plain, 0) if compress is None else (compress(plain), COMPRESSED)
    head = HEADER.pack(
        MAGIC,
        nonce,
        place.number,
        place.offset,
        at_ms,
        len(entries),
        len(stored),
        len(plain),
        flags,
    )
    last = sealed_chain(chain, head, stored if flags else b"")
    data = join((head, stored, last))
    after = Place(place.position + len(data), last, place.number + 1, place.offset + len(entries))
    return Batch(data, tuple(chains), after)


def sealed_chain(chain: bytes, head: bytes, stored: bytes) -> bytes:
    """Return the digest that ends a batch: it covers the records, the header, and packed bytes."""
    return hashlib.sha256(chain + head + stored).digest()


def read_head(raw: bytes, nonce: bytes, place: Place) -> Head:
    """Read the header of the batch that must stand at `place`.

    Raises:
        BrokenBatchError: when it is not that batch's.
    """
    if len(raw) < HEADER.size:
        raise BrokenBatchError("the header of a batch is cut short", place.offset)
    magic, its_nonce, number, first, at_ms, count, stored, plain, flags = HEADER.unpack(raw)
    if magic != MAGIC or its_nonce != nonce:
        raise BrokenBatchError("no batch of this segment begins here", place.offset)
    if number != place.number or first != place.offset:
        raise BrokenBatchError(
            f"batch {number} from offset {first} stands where batch {place.number} belongs",
            place.offset,
        )
    return Head(raw, number, first, at_ms, count, stored, plain, flags)


def read_records(
    head: Head, rest: bytes, chain: bytes, expand: Expand
) -> tuple[list[tuple[str, bytes]], list[bytes], bytes]:
    """Read what follows a header: keys and bodies, the digest of each record, the last digest.

    Raises:
        BrokenBatchError: naming the first offset whose record is not the one that was written.
    """
    if len(rest) != head.stored + TRAILER:
        raise BrokenBatchError("a batch is cut short", head.first)
    stored, trailer = rest[: head.stored], rest[head.stored :]
    packed = bool(head.flags & COMPRESSED)
    try:
        plain = expand(stored, head.plain) if packed else stored
    except ValueError as error:
        raise BrokenBatchError(f"a packed batch does not unpack: {error}", head.first) from None
    found, chains = _records(plain, head, chain)
    last = chains[-1] if chains else chain
    if sealed_chain(last, head.raw, stored if packed else b"") != trailer:
        raise BrokenBatchError("the header or the end of a batch was changed", head.first)
    return found, chains, trailer


def _records(plain: bytes, head: Head, chain: bytes) -> tuple[list[tuple[str, bytes]], list[bytes]]:
    sha256, unpack = hashlib.sha256, RECORD.unpack_from
    start_of_key = TAG + RECORD.size
    at, end = 0, len(plain)
    found: list[tuple[str, bytes]] = []
    chains: list[bytes] = []
    for index in range(head.count):
        if at + start_of_key > end:
            raise BrokenBatchError("a record is missing", head.first + index)
        body, key = unpack(plain, at + TAG)
        split = at + start_of_key + key
        after = split + body
        chain = sha256(chain + plain[at + TAG : after]).digest()
        if after > end or plain[at : at + TAG] != chain[:TAG]:
            raise BrokenBatchError("a record is not the one that was written", head.first + index)
        key_text = plain[at + start_of_key : split].decode("utf-8", "surrogatepass")
        found.append((key_text, plain[split:after]))
        chains.append(chain)
        at = after
    if at != end:
        raise BrokenBatchError("bytes follow the last record of a batch", head.first + head.count)
    return found, chains


def later_batch(rest: bytes, nonce: bytes, number: int) -> bool:
    """Say whether the header of a batch after `number` stands anywhere in `rest`.

    A batch is written only when the one before it is durable. Where a later one stands, a broken
    one is damage and no write that a crash cut short.
    """
    needle = MAGIC + nonce
    at = rest.find(needle)
    while at >= 0:
        raw = rest[at : at + HEADER.size]
        if len(raw) == HEADER.size and HEADER.unpack(raw)[2] > number:
            return True
        at = rest.find(needle, at + 1)
    return False
