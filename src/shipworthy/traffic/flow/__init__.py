"""Work over logs: map, keyed windows, samples, joined labels, spread over processes."""

from shipworthy.traffic.flow.absorbing import Partial, Progress, absorb
from shipworthy.traffic.flow.backfill import backfill, ray_mapper
from shipworthy.traffic.flow.local import LocalWork, count_all, run_local
from shipworthy.traffic.flow.queries import Flow, Query, counting, exchange_flow, mapped
from shipworthy.traffic.flow.sampling import (
    Joined,
    Sampled,
    Smallest,
    is_taken,
    joining,
    sampling,
    smallest,
)
from shipworthy.traffic.flow.store import ClosedWindow, ResultStore, Tally
from shipworthy.traffic.flow.worker import Pace, Worker, add_entries, run_worker

__all__ = [
    "ClosedWindow",
    "Flow",
    "Joined",
    "LocalWork",
    "Pace",
    "Partial",
    "Progress",
    "Query",
    "ResultStore",
    "Sampled",
    "Smallest",
    "Tally",
    "Worker",
    "absorb",
    "add_entries",
    "backfill",
    "count_all",
    "counting",
    "exchange_flow",
    "is_taken",
    "joining",
    "mapped",
    "ray_mapper",
    "run_local",
    "run_worker",
    "sampling",
    "smallest",
]
