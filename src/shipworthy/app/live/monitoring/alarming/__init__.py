"""From what was counted to alarms: rises, silences, drift, clusters, sealed probes."""

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
from shipworthy.app.live.monitoring.alarming.probes import (
    ProbeJoin,
    joined_watches,
    open_probes,
    probe_silences,
)

__all__ = [
    "BAND",
    "CLUSTER_SHARE",
    "DRIFT_SHARE",
    "Behind",
    "ProbeJoin",
    "cluster_standing",
    "drift_standing",
    "feed",
    "gaps_behind",
    "gaps_of",
    "joined_watches",
    "judge",
    "open_probes",
    "probe_silences",
    "recalibrate",
    "restart",
    "watch_groups",
    "watch_mix",
    "watch_plan",
]
