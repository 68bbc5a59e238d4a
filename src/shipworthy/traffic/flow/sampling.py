"""Samples whose probability is written beside each item, and labels joined to what they are of."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec

from shipworthy.kernel import Record, canonical_bytes
from shipworthy.traffic.flow.queries import Query

R = TypeVar("R")

MILLION: Final = 1_000_000
_SPAN: Final = 1 << 64


class Sampled(Record, frozen=True, kw_only=True):
    """An item of a sample.

    Attributes:
        id: what it is the sample of.
        per_million: the probability with which it was taken, in millionths: an estimate weighs it
            by the inverse.
        value: what was kept of it.
    """

    id: str
    per_million: int
    value: str


class Smallest(Record, frozen=True, kw_only=True):
    """A uniform sample of at most so many.

    Each of `seen` items was taken with probability `min(1, size / seen)`.

    Attributes:
        seen: items that could have been taken.
        items: lot, id and value of those that were, by lot.
    """

    seen: int = 0
    items: tuple[tuple[str, str, str], ...] = ()


class Joined(Record, frozen=True, kw_only=True):
    """What is known under one id: what it is, and the labels that it was given.

    Attributes:
        left: what was joined to, or empty where only labels came so far. Where several came, the
            first by code point.
        labels: every label once, in order.
    """

    left: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def lot(seed: str, name: str) -> int:
    """Return the lot of a name, uniform below 2^64 and the same in every process."""
    digest = hashlib.blake2b(f"{seed}\x00{name}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def is_taken(seed: str, name: str, per_million: int) -> bool:
    """Say whether a name is in a sample of `per_million` millionths."""
    return lot(seed, name) * MILLION < per_million * _SPAN


def sampling(
    name: str,
    window_ms: int,
    rate: Callable[[R], int],
    item: Callable[[R], tuple[str, str, str]],
    seed: str,
) -> Query[R, dict[str, Sampled]]:
    """Return a query that takes each record with a probability of its own and writes it down.

    Args:
        name: name of the query.
        window_ms: length of its windows.
        rate: the probability of a record in millionths; it may depend on the record.
        item: of a record, the name that decides (its id: a uniform sample; its account: all of an
            account or nothing), its id, and what to keep of it.
        seed: another seed, another sample.
    """

    def keys(record: R) -> Iterable[str]:
        decides = item(record)[0]
        return ("",) if is_taken(seed, decides, rate(record)) else ()

    def fold(state: dict[str, Sampled], record: R) -> dict[str, Sampled]:
        _, its_id, value = item(record)
        return _kept(state, Sampled(id=its_id, per_million=rate(record), value=value))

    return Query(
        name=name,
        window_ms=window_ms,
        keys=keys,
        empty=dict,
        fold=fold,
        merge=_merged_samples,
        encode=lambda state: canonical_bytes([state[one] for one in sorted(state)]),
        decode=_decode_samples,
    )


def smallest(
    name: str,
    window_ms: int,
    size: int,
    item: Callable[[R], tuple[str, str]],
    seed: str,
) -> Query[R, Smallest]:
    """Return a query that takes a uniform sample of at most `size` records a window.

    Args:
        name: name of the query.
        window_ms: length of its windows.
        size: most records that are taken.
        item: of a record, its id and what to keep of it.
        seed: another seed, another sample.
    """

    def fold(state: Smallest, record: R) -> Smallest:
        its_id, value = item(record)
        entry = (f"{lot(seed, its_id):016x}", its_id, value)
        return merge(state, Smallest(seen=1, items=(entry,)))

    def merge(one: Smallest, other: Smallest) -> Smallest:
        items = tuple(sorted((*one.items, *other.items)))[:size]
        return Smallest(seen=one.seen + other.seen, items=items)

    return Query(
        name=name,
        window_ms=window_ms,
        keys=lambda _: ("",),
        empty=Smallest,
        fold=fold,
        merge=merge,
        encode=canonical_bytes,
        decode=msgspec.json.Decoder(Smallest).decode,
    )


def joining(
    name: str,
    id_of: Callable[[R], str | None],
    left: Callable[[R], str | None],
    label: Callable[[R], str | None],
) -> Query[R, Joined]:
    """Return a query that brings together, by id, a record and the labels that people gave it.

    Either may come first, and as often as it likes. Join samples and not whole logs: the states
    stay for good.

    Args:
        name: name of the query.
        id_of: the id that a record is about, or None to leave it out.
        left: what to keep where the record is what labels are of, or None.
        label: the label, or None.
    """

    def keys(record: R) -> Iterable[str]:
        found = id_of(record)
        return () if found is None else (found,)

    def fold(state: Joined, record: R) -> Joined:
        what, said = left(record), label(record)
        one = Joined(left=() if what is None else (what,), labels=() if said is None else (said,))
        return _united(state, one)

    return Query(
        name=name,
        window_ms=0,
        keys=keys,
        empty=Joined,
        fold=fold,
        merge=_united,
        encode=canonical_bytes,
        decode=msgspec.json.Decoder(Joined).decode,
    )


def _united(one: Joined, other: Joined) -> Joined:
    left = tuple(sorted({*one.left, *other.left}))[:1]
    return Joined(left=left, labels=tuple(sorted({*one.labels, *other.labels})))


def _kept(state: dict[str, Sampled], item: Sampled) -> dict[str, Sampled]:
    known = state.get(item.id)
    if known is None or (item.per_million, item.value) < (known.per_million, known.value):
        state[item.id] = item
    return state


def _merged_samples(one: dict[str, Sampled], other: dict[str, Sampled]) -> dict[str, Sampled]:
    merged = dict(one)
    for item in other.values():
        _kept(merged, item)
    return merged


def _decode_samples(data: bytes) -> dict[str, Sampled]:
    return {item.id: item for item in msgspec.json.decode(data, type=list[Sampled])}
