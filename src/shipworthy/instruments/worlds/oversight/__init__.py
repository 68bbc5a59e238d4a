"""Oversight: an approval queue that watches agents, with reviewers, alerts and a trail."""

from shipworthy.instruments.worlds.oversight.briefs import OVERSIGHT_SETTING
from shipworthy.instruments.worlds.oversight.play import OVERSIGHT_PLAYBOOK

__all__ = ["OVERSIGHT_PLAYBOOK", "OVERSIGHT_SETTING"]
