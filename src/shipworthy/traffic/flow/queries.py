"""What is asked of a log: folds over records whose partial results can be merged in any order.

Every state is a commutative monoid: `merge` is associative and commutative, `empty` is its unit,
and folding records one by one gives what merging the folds of their parts gives. Nothing else is
needed for one process and many to write the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from shipworthy.kernel import canonical_bytes
from shipworthy.records.live import ExchangeRecord

R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")

_exchanges = msgspec.json.Decoder(ExchangeRecord)


@dataclass(frozen=True, slots=True)
class Query(Generic[R, S]):
    """One fold over records, by window of event time and by key.

    Attributes:
        name: unique in its flow; results are kept under it.
        window_ms: length of the windows, which begin at multiples of it; 0 for a single one that
            never closes.
        keys: the keys that a record counts under; none leaves it out.
        empty: returns the state of no records.
        fold: adds a record to a state; it may change and return the state that it was given.
        merge: joins two states; it changes neither.
        encode: canonical bytes of a state: equal states give equal bytes.
        decode: the reverse.
    """

    name: str
    window_ms: int
    keys: Callable[[R], Iterable[str]]
    empty: Callable[[], S]
    fold: Callable[[S, R], S]
    merge: Callable[[S, S], S]
    encode: Callable[[S], bytes]
    decode: Callable[[bytes], S]

    def start(self, at_ms: int) -> int:
        """Return the beginning of the window that a time falls into."""
        return at_ms - at_ms % self.window_ms if self.window_ms else 0


@dataclass(frozen=True, slots=True)
class Flow(Generic[R]):
    """All that is computed in one pass over a log.

    Attributes:
        decode: turns the body of an entry into a record; raises ValueError for what is none.
        id_of: what a record is counted once by, within its partition.
        time_of: when it happened, milliseconds since 1970.
        lateness_ms: how far a record may lie behind the newest of its partition. What lies further
            behind is counted as late and nowhere else.
        queries: what is asked.
    """

    decode: Callable[[bytes], R]
    id_of: Callable[[R], str]
    time_of: Callable[[R], int]
    lateness_ms: int
    queries: tuple[Query[R, Any], ...]


def exchange_flow(
    queries: tuple[Query[ExchangeRecord, Any], ...], lateness_ms: int
) -> Flow[ExchangeRecord]:
    """Return a flow over the exchanges of a deployment; each choice of an answer counts once."""
    return Flow(
        decode=_exchange,
        id_of=lambda record: f"{record.id}#{record.choice}",
        time_of=lambda record: record.at_ms,
        lateness_ms=lateness_ms,
        queries=queries,
    )


def _exchange(body: bytes) -> ExchangeRecord:
    try:
        return _exchanges.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


def counting(
    name: str,
    window_ms: int,
    keys: Callable[[R], Iterable[str]],
    counts: Callable[[R], Mapping[str, int]],
) -> Query[R, dict[str, int]]:
    """Return a query that adds up named whole numbers: requests, events, unassessed, tokens."""

    def fold(state: dict[str, int], record: R) -> dict[str, int]:
        for counter, number in counts(record).items():
            state[counter] = state.get(counter, 0) + number
        return state

    return Query(
        name=name,
        window_ms=window_ms,
        keys=keys,
        empty=dict,
        fold=fold,
        merge=_added,
        encode=_counts_bytes,
        decode=msgspec.json.Decoder(dict[str, int]).decode,
    )


def mapped(query: Query[T, S], change: Callable[[R], T | None]) -> Query[R, S]:
    """Return a query over records that are first turned into others, or left out with None."""

    def keys(record: R) -> Iterable[str]:
        other = change(record)
        return () if other is None else query.keys(other)

    def fold(state: S, record: R) -> S:
        other = change(record)
        return state if other is None else query.fold(state, other)

    return Query(
        name=query.name,
        window_ms=query.window_ms,
        keys=keys,
        empty=query.empty,
        fold=fold,
        merge=query.merge,
        encode=query.encode,
        decode=query.decode,
    )


def _added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    total = dict(one)
    for counter, number in other.items():
        total[counter] = total.get(counter, 0) + number
    return total


def _counts_bytes(state: dict[str, int]) -> bytes:
    # a counter of 0 says the same as none, and equal states must be equal bytes
    return canonical_bytes({counter: number for counter, number in state.items() if number})
