"""Counts of live traffic by window of time: what detectors read.

Windows are of event time, not of arrival. The counts of a window that is sent again are the
requests that were not in it before, never its new total.
"""

from shipworthy.kernel import Record


class WindowCounts(Record, frozen=True, kw_only=True, tag="window"):
    """One metric of one series in one window of time.

    Attributes:
        metric: id of the metric, for example `detected.leak.deployed` or `asr.cyber.deployed`.
        key: the series within the metric (a route, a model, a language), or empty for all traffic.
        start_ms: begin of the window, milliseconds since 1970 UTC.
        length_ms: how long it is.
        requests: everything that was counted, assessed or not.
        events: those with the event that the metric is named after.
        unassessed: those of which it is not known; a rise counts them as events.
    """

    metric: str
    key: str = ""
    start_ms: int
    length_ms: int
    requests: int
    events: int
    unassessed: int = 0

    def __post_init__(self) -> None:
        if min(self.requests, self.events, self.unassessed) < 0:
            raise ValueError("the counts of a window are not negative")
        if self.events + self.unassessed > self.requests:
            raise ValueError(
                f"`events` ({self.events}) and `unassessed` ({self.unassessed}) exceed "
                f"`requests` ({self.requests})"
            )
        if self.length_ms < 1:
            raise ValueError(f"`length_ms` must be at least 1, not {self.length_ms}")

    @property
    def end_ms(self) -> int:
        """First millisecond after the window."""
        return self.start_ms + self.length_ms

    @property
    def series(self) -> tuple[str, str]:
        """Metric and key: what has one detector."""
        return self.metric, self.key


class Histogram(Record, frozen=True, kw_only=True, tag="histogram"):
    """How many exchanges of a window fell into each bin of a feature (a score, a model, a length).

    Bins are named; a bin that is absent counts 0.
    """

    feature: str
    key: str = ""
    start_ms: int
    length_ms: int
    counts: dict[str, int]

    def __post_init__(self) -> None:
        if min(self.counts.values(), default=0) < 0:
            raise ValueError("the counts of a histogram are not negative")

    @property
    def total(self) -> int:
        """Exchanges in all bins."""
        return sum(self.counts.values())

    @property
    def end_ms(self) -> int:
        """First millisecond after the window."""
        return self.start_ms + self.length_ms


class LogGap(Record, frozen=True, kw_only=True, tag="gap"):
    """Entries of a source that are known to exist and were not read.

    `from_offset` and `until_offset` (exclusive) say which, in `partition`.
    """

    source: str
    partition: int
    from_offset: int
    until_offset: int
    at_ms: int
