"""Accounts that act together, found among what nearly tripped a detector."""

from dataclasses import dataclass
from typing import Final

import msgspec

from shipworthy.app.live.monitoring.looking.mixing import bands_of
from shipworthy.app.live.monitoring.state import MonitorState
from shipworthy.records.live.alarms import Alarm
from shipworthy.records.live.mixes import ClusterStanding
from shipworthy.records.live.monitors import ClustersSection
from shipworthy.stages.monitoring import watch_sketch
from shipworthy.statistics.monitoring import ClusterPlan, ClusterState

CLUSTER_SHARE: Final = 0.05
"""Probability that any cluster of random accounts is ever named, all of them together."""

MOST_CLUSTERS: Final = 5000
MOST_ACCOUNTS: Final = 200
MOST_BANDS: Final = 240
"""What is kept: the clusters that were used last, accounts and bands of each."""

_NAME: Final = "clusters"


@dataclass(slots=True)
class _Kept:
    state: ClusterState
    exchanges: int = 0


_DECODER: Final = msgspec.msgpack.Decoder(_Kept)


def watch_groups(state: MonitorState, section: ClustersSection, until_ms: int) -> tuple[Alarm, ...]:
    """Look at every exchange before `until_ms` that was not looked at; return new alarms."""
    with state.writing() as db:
        rows = db.execute(
            "select at_ms, account, bands, weak from grouping where at_ms < ? order by at_ms, id",
            (until_ms,),
        ).fetchall()
        if not rows:
            return ()
        kept, found = _kept(state, section), list[Alarm]()
        for at_ms, account, bands, weak in rows:
            alarm = watch_sketch(kept.state, account, bands_of(bands), at_ms, weak=bool(weak))
            found += [alarm] if alarm else []
        kept.exchanges += len(rows)
        blob = msgspec.msgpack.encode(kept)
        db.execute("insert or replace into blobs values(?,?)", (_NAME, blob))
        db.execute("delete from grouping where at_ms < ?", (until_ms,))
        state.keep_alarms(found)
    return tuple(found)


def cluster_standing(state: MonitorState, section: ClustersSection) -> ClusterStanding:
    """Return how many clusters there are, and never whose."""
    with state.writing():
        kept = _kept(state, section)
    clusters = kept.state.clusters.values()
    return ClusterStanding(
        exchanges=kept.exchanges,
        begun=kept.state.begun,
        kept=len(clusters),
        largest=max((len(one.accounts) for one in clusters), default=0),
        named=sum(alarm.kind == "cluster" for alarm in state.alarms()),
    )


def _kept(state: MonitorState, section: ClustersSection) -> _Kept:
    plan = ClusterPlan(
        baseline=float(section.baseline),
        alpha=CLUSTER_SHARE,
        together=True,
        least_accounts=section.least_accounts,
        most_clusters=MOST_CLUSTERS,
        most_accounts=MOST_ACCOUNTS,
        most_bands=MOST_BANDS,
    )
    blob = state.read_blob(_NAME)
    if blob is None:
        return _Kept(ClusterState(plan))
    kept = _DECODER.decode(blob)
    kept.state.plan = plan
    return kept
