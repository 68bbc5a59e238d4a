"""The worlds that come with the product."""

from typing import Final

from shipworthy.instruments.worlds.cloud import CLOUD_PLAYBOOK
from shipworthy.instruments.worlds.files import FILES_PLAYBOOK
from shipworthy.instruments.worlds.mail import MAIL_PLAYBOOK
from shipworthy.instruments.worlds.oversight import OVERSIGHT_PLAYBOOK
from shipworthy.instruments.worlds.playbook import AnyPlaybook
from shipworthy.instruments.worlds.training import TRAINING_PLAYBOOK

PLAYBOOKS: Final[tuple[AnyPlaybook, ...]] = (
    FILES_PLAYBOOK,
    MAIL_PLAYBOOK,
    CLOUD_PLAYBOOK,
    TRAINING_PLAYBOOK,
    OVERSIGHT_PLAYBOOK,
)
"""By subject: files, mail, a cloud account, a training job, the oversight of agents."""
