"""From what was counted to alarms: rises, silences, and what sealed probes show."""

from shipworthy.app.live.monitoring.alarming.counts import (
    BAND,
    feed,
    gaps_of,
    judge,
    restart,
    watch_plan,
)
from shipworthy.app.live.monitoring.alarming.probes import (
    ProbeJoin,
    joined_watches,
    open_probes,
    probe_silences,
)

__all__ = [
    "BAND",
    "ProbeJoin",
    "feed",
    "gaps_of",
    "joined_watches",
    "judge",
    "open_probes",
    "probe_silences",
    "restart",
    "watch_plan",
]
