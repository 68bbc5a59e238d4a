"""Counters of the gateway, in the text format of Prometheus.

Exchanges are counted from their records, once the log has acknowledged them, so that what is
counted is what can be read in the log. What the log did not take is counted apart.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shipworthy.records.live import ExchangeRecord

_PREFIX: Final = "shipworthy_gateway_"
_MILLISECONDS: Final = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)

_NO_LAYERS: Final[tuple[tuple[str, ...], tuple[str, ...]]] = ((), ())

_Labels = tuple[tuple[str, str], ...]


class Metrics:
    """What the gateway has done since it began."""

    def __init__(self) -> None:
        self._records: Counter[tuple[str, bool, str, bool, bool]] = Counter()
        self._layers: Counter[tuple[str, str]] = Counter()
        self._events: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._buckets = [0] * (len(_MILLISECONDS) + 1)
        self._total_ms = 0
        self._guard_us = 0
        self.lost = 0
        """Records that the log did not take."""

    def logged(self, records: Iterable[ExchangeRecord]) -> None:
        """Count records that the log has acknowledged."""
        for record in records:
            self._count(record)

    def unlogged(self, number: int) -> None:
        """Count records that the log did not take."""
        self.lost += number

    def event(self, name: str) -> None:
        """Count something that is no exchange."""
        self._events[name] += 1

    @property
    def records(self) -> int:
        """Records that the log has acknowledged."""
        return self._records.total()

    def render(self, gauges: Mapping[str, int], identity: Mapping[str, str]) -> str:
        """Return all counters; `gauges` are what is so now, `identity` labels what serves."""
        return "".join(f"{line}\n" for line in self._lines(gauges, identity))

    def _count(self, record: ExchangeRecord) -> None:
        verdict = record.verdict
        detected, errored = (
            (verdict.detected_by, verdict.errored) if verdict.actions else _NO_LAYERS
        )
        self._records[
            record.dialect, record.stream, verdict.enforced, bool(detected), bool(errored)
        ] += 1
        for layer in detected:
            self._layers["detected", layer] += 1
        for layer in errored:
            self._layers["errored", layer] += 1
        self._statuses[record.status] += 1
        self._guard_us += record.timing.guard_us
        total = record.timing.total_ms
        if total >= 0:
            self._total_ms += total
            self._buckets[bisect_left(_MILLISECONDS, total)] += 1

    def _lines(self, gauges: Mapping[str, int], identity: Mapping[str, str]) -> Iterator[str]:
        yield from _head("identity", "gauge", "What serves: always 1.")
        yield _sample("identity", tuple(identity.items()), 1)
        yield from _head("records_total", "counter", "Records of exchanges that the log took.")
        for key, count in sorted(self._records.items()):
            dialect, stream, enforced, detected, errored = key
            labels = (
                ("dialect", dialect),
                ("stream", _word(stream)),
                ("enforced", enforced),
                ("detected", _word(detected)),
                ("errored", _word(errored)),
            )
            yield _sample("records_total", labels, count)
        yield from _head("layer_verdicts_total", "counter", "Records in which a layer spoke.")
        for (said, layer), count in sorted(self._layers.items()):
            yield _sample("layer_verdicts_total", (("layer", layer), ("said", said)), count)
        yield from _head("unlogged_total", "counter", "Records that the log did not take.")
        yield _sample("unlogged_total", (), self.lost)
        yield from _head("statuses_total", "counter", "Records by HTTP status.")
        for status, count in sorted(self._statuses.items()):
            yield _sample("statuses_total", (("status", str(status)),), count)
        yield from _head("events_total", "counter", "What happened beside exchanges.")
        for name, count in sorted(self._events.items()):
            yield _sample("events_total", (("event", name),), count)
        yield from self._histogram()
        yield from _head("guard_microseconds_total", "counter", "Time spent in layers.")
        yield _sample("guard_microseconds_total", (), self._guard_us)
        for name, value in sorted(gauges.items()):
            yield from _head(name, "gauge", "As it is now.")
            yield _sample(name, (), value)

    def _histogram(self) -> Iterator[str]:
        yield from _head("duration_milliseconds", "histogram", "From a request to its last byte.")
        seen = 0
        for most, count in zip((*map(str, _MILLISECONDS), "+Inf"), self._buckets, strict=True):
            seen += count
            yield _sample("duration_milliseconds_bucket", (("le", most),), seen)
        yield _sample("duration_milliseconds_sum", (), self._total_ms)
        yield _sample("duration_milliseconds_count", (), seen)


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{name} {meaning}"
    yield f"# TYPE {_PREFIX}{name} {kind}"


def _sample(name: str, labels: _Labels, value: int) -> str:
    inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{_PREFIX}{name}{{{inner}}} {value}" if inner else f"{_PREFIX}{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _word(value: object) -> str:
    return "yes" if value else "no"
