"""From what was counted to alarms: rises, silences, drift, clusters, traffic of our own."""

from shipworthy.app.live.monitoring.alarming.behind import Behind, gaps_behind
from shipworthy.app.live.monitoring.alarming.counts import (
    BAND,
    feed,
    gaps_of,
    judge,
    restart,
    watch_plan,
)
from shipworthy.app.live.monitoring.alarming.groups import (
    CLUSTER_SHARE,
    cluster_standing,
    watch_groups,
)
from shipworthy.app.live.monitoring.alarming.mix import (
    DRIFT_SHARE,
    drift_standing,
    recalibrate,
    watch_mix,
)
from shipworthy.app.live.monitoring.alarming.own import OwnTraffic, open_own
from shipworthy.app.live.monitoring.alarming.probes import (
    ProbeJoin,
    joined_watches,
    probe_silences,
)
from shipworthy.app.live.monitoring.alarming.replay_book import ReplayBook
from shipworthy.app.live.monitoring.alarming.replays import ReplayJoin, joined_replays

__all__ = [
    "BAND",
    "CLUSTER_SHARE",
    "DRIFT_SHARE",
    "Behind",
    "OwnTraffic",
    "ProbeJoin",
    "ReplayBook",
    "ReplayJoin",
    "cluster_standing",
    "drift_standing",
    "feed",
    "gaps_behind",
    "gaps_of",
    "joined_replays",
    "joined_watches",
    "judge",
    "open_own",
    "probe_silences",
    "recalibrate",
    "restart",
    "watch_groups",
    "watch_mix",
    "watch_plan",
]
