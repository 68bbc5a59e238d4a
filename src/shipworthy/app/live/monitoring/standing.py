"""How a monitor stands: what was read, where bands lie, which alarms stand, what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shipworthy.app.live.monitoring.alarming import (
    cluster_standing,
    drift_standing,
    joined_replays,
    joined_watches,
    judge,
)
from shipworthy.app.live.monitoring.alarming.probes import PROBES
from shipworthy.app.live.monitoring.alarming.replays import REPLAYS
from shipworthy.app.live.monitoring.continuity import begun_at, widened
from shipworthy.app.live.monitoring.following import open_incidents
from shipworthy.app.live.monitoring.looking.counting import UNREADABLE
from shipworthy.app.live.monitoring.looking.numbering import UNLOGGED
from shipworthy.app.live.monitoring.opening import Monitor, place_of
from shipworthy.app.live.monitoring.reviewing.findings import prevalence_band
from shipworthy.app.live.monitoring.stakes import Stakes
from shipworthy.app.live.monitoring.state import MonitorState, Totals
from shipworthy.kernel import ExitCode
from shipworthy.records.live.alarms import AcceptedBand, Alarm, BandFinding
from shipworthy.records.live.mixes import ClusterStanding, DriftStanding
from shipworthy.records.live.probes import ReplayStanding, WatchStanding

LEVEL: Final = 0.05
"""Level of each one-sided limit; it holds at all times, so looking again costs nothing."""

DOUBTS: Final = ("disagreement", "other-engine", "recheck", UNREADABLE, UNLOGGED)
"""Metrics whose events put in doubt what the log says of other metrics."""

LISTED: Final = 20
"""Most entries that are listed one by one."""


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """An alarm, what followed it, and whether its incident is still open."""

    alarm: Alarm
    incident: str
    action: str
    open: bool


@dataclass(frozen=True, slots=True)
class MonitorStanding:
    """Everything that is known at one moment."""

    name: str
    deployment: str
    engine: str
    totals: Totals
    span: tuple[int, int] | None
    metrics: dict[str, tuple[int, int, int]]
    bands: tuple[BandFinding, ...]
    alarms: tuple[StandingAlarm, ...]
    unreadable: tuple[tuple[str, str], ...]
    """Place and reason of entries that are no exchange, the first of them."""
    widened: tuple[str, ...] = ()
    """Bands that are wider than they were for this state, or gone."""
    begun: Mapping[int, int] = field(default_factory=dict)
    """Where counting began in partitions whose first entries were no longer kept."""
    watches: tuple[WatchStanding, ...] = ()
    """What is known of sealed probes, by watch."""
    replays: tuple[ReplayStanding, ...] = ()
    """What is known of replays, by confirmation."""
    drift: tuple[DriftStanding, ...] = ()
    """Where the mix of traffic stands; empty where it is not watched."""
    clusters: ClusterStanding | None = None
    """How many clusters of accounts there are; nothing where they are not watched."""

    @property
    def exit_code(self) -> ExitCode:
        """1 with an open alarm or outside a band, 3 where a band is not shown, 0 inside all.

        4 where a watch with sealed probes, or a confirmation, was altered: what is said of bands is
        nobody's word.
        """
        altered = [*(one.altered for one in self.watches), *(one.altered for one in self.replays)]
        if any(altered):
            return ExitCode.INTEGRITY
        if any(one.open for one in self.alarms) or _any(self.bands, "outside"):
            return ExitCode.NO
        if not self.bands or _any(self.bands, "not-shown") or self.doubts:
            return ExitCode.INCONCLUSIVE
        return ExitCode.YES

    @property
    def doubts(self) -> tuple[str, ...]:
        """Metrics that say that the log cannot be taken as it is, with an event and no band.

        How much of that is acceptable is for people to declare; where nobody did, none is.
        """
        banded = {one.band.metric for one in self.bands}
        of_probes = any(one.doubted for one in self.watches)
        of_replays = any(one.doubted or one.blocked for one in self.replays)
        claimed = (PROBES,) * of_probes + (REPLAYS,) * of_replays
        return claimed + tuple(
            metric
            for metric in DOUBTS
            if metric not in banded and self.metrics.get(metric, (0, 0, 0))[1]
        )


def standing_of(monitor: Monitor, state: MonitorState, stakes: Stakes) -> MonitorStanding:
    """Return how the monitor stands by what is in its state."""
    followed, open_ = state.followed(), open_incidents(state, stakes)
    alarms = tuple(
        StandingAlarm(alarm, *followed.get(alarm.id, ("", "")), open=open_.get(alarm.id, True))
        for alarm in state.alarms()
    )
    document = monitor.file.document
    least = document.monitor.least_requests
    return MonitorStanding(
        name=monitor.file.document.monitor.name,
        deployment=monitor.name,
        engine=monitor.engine.digest,
        totals=state.totals(),
        span=state.span(),
        metrics=state.metrics(),
        bands=tuple(_judged(monitor, state, band, least) for band in stakes.bands),
        alarms=alarms,
        widened=widened(state, stakes.bands),
        begun=begun_at(state),
        watches=joined_watches(state),
        replays=joined_replays(state),
        drift=drift_standing(state, document.drift) if document.drift else (),
        clusters=cluster_standing(state, document.clusters) if document.clusters else None,
        unreadable=tuple(
            (str(place_of(monitor, partition, offset)), why)
            for partition, offset, why in state.asides(LISTED)
        ),
    )


def _judged(monitor: Monitor, state: MonitorState, band: AcceptedBand, least: int) -> BandFinding:
    """Judge a band: a prevalence by what people read, everything else by what was counted."""
    if band.metric.startswith("prevalence."):
        found = prevalence_band(monitor, band, LEVEL)
        if found is not None:
            return found
    return judge(state, band, LEVEL, least)


def _any(bands: Iterable[BandFinding], place: str) -> bool:
    return any(one.place == place for one in bands)
