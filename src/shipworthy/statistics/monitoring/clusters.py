"""Accounts that act together: weak signals add up over the accounts that send like texts.

Every exchange joins the cluster with which its sketch shares most bands, or begins one. Of each
account a cluster counts the first exchange only, so that no account speaks twice, and whether it
nearly tripped a detector (a weak signal). Against "whoever comes next, that share is at most the
background's" runs the e-process of `rates`; a cluster is named when it reaches 1 / alpha. So each
cluster of random accounts is ever named with probability at most alpha, however long one looks, and
of many clusters at most a part alpha in the mean. For all of them together that is no promise,
unless they share one level (`together`): then random accounts are ever named with probability at
most alpha, all clusters together, and a later cluster needs more evidence.

That holds for a baseline that bounds the share in every harmless cluster. A harmless topic that
nearly trips detectors more often is named as well: calibrate the baseline on such topics.

Memory is bounded: so many clusters, accounts a cluster and bands a cluster; the cluster that was
not used for longest goes first, and with it what it knew. Clusters with fewer accounts than
`least_accounts` are never named, and neither texts nor accounts leave the state.
"""

import math
from dataclasses import dataclass, field

from shipworthy.statistics.monitoring.budget import tail_share
from shipworthy.statistics.monitoring.rates import log_evidence_above
from shipworthy.statistics.monitoring.signatures import bands, signature


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlan:
    """What counts as background, how sure a name has to be, and the bounds of memory.

    `baseline`: upper limit of the share of accounts with a weak signal in harmless clusters.
    `alpha`: level at which one cluster is named; with `together` the level of all that are ever
    begun, of which number i gets the part `tail_share(i)`.
    `shared_bands`: bands that an exchange has to share with a cluster to join it.

    Raises:
        ValueError: for a baseline or a level outside (0, 1), or a bound below 1.
    """

    baseline: float
    alpha: float = 0.001
    together: bool = False
    least_accounts: int = 5
    shared_bands: int = 2
    most_clusters: int = 50_000
    most_accounts: int = 1000
    most_bands: int = 256

    def __post_init__(self) -> None:
        if not (0.0 < self.baseline < 1.0 and 0.0 < self.alpha < 1.0):
            raise ValueError("`baseline` and `alpha` lie strictly between 0 and 1")
        bounds = (self.least_accounts, self.shared_bands, self.most_clusters)
        if min(*bounds, self.most_accounts, self.most_bands) < 1:
            raise ValueError("every bound is at least 1")


@dataclass(slots=True)
class Cluster:
    """Accounts by whether their first exchange had a weak signal. It changes in place."""

    number: int
    accounts: dict[str, bool] = field(default_factory=dict)
    bands: list[int] = field(default_factory=list)
    weak: int = 0
    begun_ms: int = 0
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCluster:
    """A cluster that random accounts do not explain: number, sizes, evidence and what it needed."""

    number: int
    accounts: int
    weak: int
    begun_ms: int
    log_evidence: float
    log_needed: float


@dataclass(slots=True)
class ClusterState:
    """All clusters, least recently used first. It changes in place: copying would cost memory."""

    plan: ClusterPlan
    begun: int = 0
    clusters: dict[int, Cluster] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)

    def take(
        self, account: str, features: frozenset[int], at_ms: int, *, weak: bool
    ) -> NamedCluster | None:
        """Count one exchange in; returns its cluster when this exchange is why it is named.

        An exchange without features or without an account joins nothing.
        """
        return self.take_bands(account, bands(signature(features)), at_ms, weak=weak)

    def take_bands(
        self, account: str, keys: tuple[int, ...], at_ms: int, *, weak: bool
    ) -> NamedCluster | None:
        """Count one exchange in by the bands of its sketch; see `take`."""
        if not keys or not account:
            return None
        cluster = self._joined(keys) or self._begin(at_ms)
        self._keep(cluster, keys)
        if account in cluster.accounts or len(cluster.accounts) >= self.plan.most_accounts:
            return None
        cluster.accounts[account] = weak
        cluster.weak += weak
        return self._named(cluster) if weak and not cluster.named else None

    def members(self, number: int) -> tuple[str, ...]:
        """Accounts of a cluster that has enough of them, sorted; none otherwise."""
        cluster = self.clusters.get(number)
        if cluster is None or len(cluster.accounts) < self.plan.least_accounts:
            return ()
        return tuple(sorted(cluster.accounts))

    def _joined(self, keys: tuple[int, ...]) -> Cluster | None:
        votes: dict[int, int] = {}
        for key in keys:
            owner = self.owners.get(key)
            if owner is not None:
                votes[owner] = votes.get(owner, 0) + 1
        if not votes:
            return None
        most = max(votes.values())
        if most < self.plan.shared_bands:
            return None
        number = min(owner for owner, count in votes.items() if count == most)
        self.clusters[number] = cluster = self.clusters.pop(number)
        return cluster

    def _begin(self, at_ms: int) -> Cluster:
        if len(self.clusters) >= self.plan.most_clusters:
            oldest = next(iter(self.clusters))
            for key in self.clusters.pop(oldest).bands:
                self.owners.pop(key, None)
        self.begun += 1
        cluster = Cluster(number=self.begun, begun_ms=at_ms)
        self.clusters[cluster.number] = cluster
        return cluster

    def _keep(self, cluster: Cluster, keys: tuple[int, ...]) -> None:
        for key in keys:
            if len(cluster.bands) >= self.plan.most_bands:
                return
            if key not in self.owners:
                self.owners[key] = cluster.number
                cluster.bands.append(key)

    def _named(self, cluster: Cluster) -> NamedCluster | None:
        accounts = len(cluster.accounts)
        if accounts < self.plan.least_accounts:
            return None
        evidence = log_evidence_above(cluster.weak, accounts, self.plan.baseline)
        share = tail_share(cluster.number) if self.plan.together else 1.0
        needed = -math.log(self.plan.alpha * share)
        if evidence < needed:
            return None
        cluster.named = True
        return NamedCluster(
            number=cluster.number,
            accounts=accounts,
            weak=cluster.weak,
            begun_ms=cluster.begun_ms,
            log_evidence=evidence,
            log_needed=needed,
        )
