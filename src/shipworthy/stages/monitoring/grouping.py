"""Accounts that act together, as alarms: how many, never who and never what they said."""

import math

from shipworthy.records.live.alarms import Alarm
from shipworthy.statistics.monitoring import ClusterState, bands, signature


def watch_cluster(
    state: ClusterState, account: str, features: frozenset[int], at_ms: int, *, weak: bool
) -> Alarm | None:
    """Count one exchange in; return an alarm when it is why its cluster is named.

    `weak`: whether the exchange was detected or nearly so. `state` changes in place. The accounts
    of a named cluster are `state.members(number)`, for those who are allowed to know.
    """
    return watch_sketch(state, account, bands(signature(features)), at_ms, weak=weak)


def watch_sketch(
    state: ClusterState, account: str, keys: tuple[int, ...], at_ms: int, *, weak: bool
) -> Alarm | None:
    """Count one exchange in by the bands of its sketch; see `watch_cluster`."""
    named = state.take_bands(account, keys, at_ms, weak=weak)
    if named is None:
        return None
    return Alarm(
        kind="cluster",
        metric="cluster",
        key=f"c{named.number}",
        at_ms=at_ms,
        evidence=_power(named.log_evidence),
        needed=_power(named.log_needed),
        accounts=named.accounts,
        why=f"{named.weak} of {named.accounts} accounts that send like texts nearly tripped a "
        f"detector; normal is at most {state.plan.baseline:g} of them",
    )


def _power(natural: float) -> str:
    return f"10^{math.floor(10.0 * natural / math.log(10.0)) / 10.0:.1f}"
