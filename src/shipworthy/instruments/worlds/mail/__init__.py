"""Mail: a shared mailbox, its rules, and a help desk that grants access."""

from shipworthy.instruments.worlds.mail.briefs import MAIL_SETTING
from shipworthy.instruments.worlds.mail.play import MAIL_PLAYBOOK

__all__ = ["MAIL_PLAYBOOK", "MAIL_SETTING"]
