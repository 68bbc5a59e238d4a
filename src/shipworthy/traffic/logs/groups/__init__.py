"""Groups of readers that share the partitions of a log by leases with fences."""

from shipworthy.traffic.logs.groups.leases import (
    GroupState,
    Owner,
    committed,
    left,
    refused,
    renewed,
)
from shipworthy.traffic.logs.groups.membership import (
    GroupReader,
    PartitionSource,
    committed_positions,
    new_member,
)
from shipworthy.traffic.logs.groups.versions import VersionFolder, VersionStore

__all__ = [
    "GroupReader",
    "GroupState",
    "Owner",
    "PartitionSource",
    "VersionFolder",
    "VersionStore",
    "committed",
    "committed_positions",
    "left",
    "new_member",
    "refused",
    "renewed",
]
