"""Cloud: an account with machines, rights, keys, buckets, snapshots and alarms."""

from shipworthy.instruments.worlds.cloud.briefs import CLOUD_SETTING
from shipworthy.instruments.worlds.cloud.play import CLOUD_PLAYBOOK

__all__ = ["CLOUD_PLAYBOOK", "CLOUD_SETTING"]
