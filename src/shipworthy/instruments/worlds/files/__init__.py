"""Files: figures, customers, backups, a key, and the agent's own weights."""

from shipworthy.instruments.worlds.files.briefs import FILES_SETTING
from shipworthy.instruments.worlds.files.play import FILES_PLAYBOOK

__all__ = ["FILES_PLAYBOOK", "FILES_SETTING"]
