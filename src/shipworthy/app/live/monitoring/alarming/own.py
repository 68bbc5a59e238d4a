"""Traffic of our own among that of users: sealed probes, and replays of confirmations."""

from dataclasses import dataclass

from shipworthy.app.live.canaries.reading import WatchBook
from shipworthy.app.live.confirming.deployed import Deployed, Tested
from shipworthy.app.live.monitoring.alarming.probes import ProbeJoin
from shipworthy.app.live.monitoring.alarming.replay_book import ReplayBook
from shipworthy.app.live.monitoring.alarming.replays import ReplayJoin
from shipworthy.app.live.monitoring.opening import Monitor
from shipworthy.app.live.monitoring.stakes import Stakes
from shipworthy.app.live.monitoring.state import MonitorState


@dataclass(frozen=True, slots=True)
class OwnTraffic:
    """What leaves probes and replays out of a monitor's counts."""

    probes: ProbeJoin
    replays: ReplayJoin

    def join(self, state: MonitorState, read_until_ms: int, now_ms: int) -> int:
        """Join all; returns from when on an exchange may be ours without anything saying so."""
        return min(
            self.probes.join(state, read_until_ms, now_ms),
            self.replays.join(state, read_until_ms, now_ms),
        )


def open_own(monitor: Monitor, stakes: Stakes) -> OwnTraffic | None:
    """Return what joins the watches and confirmations of the campaign at stake; None without."""
    if stakes.drafted is None:
        return None
    drafted = stakes.drafted
    tested = Tested(Deployed(monitor.deployed), drafted.design, drafted.campaign)
    return OwnTraffic(ProbeJoin(WatchBook(tested)), ReplayJoin(ReplayBook(tested)))
