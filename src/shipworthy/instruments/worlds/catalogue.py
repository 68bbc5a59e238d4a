"""The worlds that come with the product."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shipworthy.instruments.worlds.briefing import AnySetting
from shipworthy.instruments.worlds.cloud import CLOUD_PLAYBOOK, CLOUD_SETTING
from shipworthy.instruments.worlds.files import FILES_PLAYBOOK, FILES_SETTING
from shipworthy.instruments.worlds.mail import MAIL_PLAYBOOK, MAIL_SETTING
from shipworthy.instruments.worlds.oversight import OVERSIGHT_PLAYBOOK, OVERSIGHT_SETTING
from shipworthy.instruments.worlds.playbook import AnyPlaybook
from shipworthy.instruments.worlds.training import TRAINING_PLAYBOOK, TRAINING_SETTING
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import StateCheck

PLAYBOOKS: Final[tuple[AnyPlaybook, ...]] = (
    FILES_PLAYBOOK,
    MAIL_PLAYBOOK,
    CLOUD_PLAYBOOK,
    TRAINING_PLAYBOOK,
    OVERSIGHT_PLAYBOOK,
)
"""By subject: files, mail, a cloud account, a training job, the oversight of agents."""

SETTINGS: Final[Mapping[str, AnySetting]] = MappingProxyType(
    {
        FILES_PLAYBOOK.world.name: FILES_SETTING,
        MAIL_PLAYBOOK.world.name: MAIL_SETTING,
        CLOUD_PLAYBOOK.world.name: CLOUD_SETTING,
        TRAINING_PLAYBOOK.world.name: TRAINING_SETTING,
        OVERSIGHT_PLAYBOOK.world.name: OVERSIGHT_SETTING,
    }
)
"""What each world is used for, by its name."""


def playbook_of(check: StateCheck) -> AnyPlaybook:
    """Return the world of a check with those who play in it.

    Raises:
        Problem: `world-unknown`, or `world-altered` when the world is another one by now.
    """
    known = {one.world.name: one for one in PLAYBOOKS}
    if check.world not in known:
        raise Problem.of(
            "world-unknown",
            f"no world is called `{check.world}`",
            help=did_you_mean(check.world, known),
        )
    if known[check.world].world.digest != check.world_digest:
        raise Problem.of(
            "world-altered",
            f"world `{check.world}` is not the one that the scenario was written for",
            help="take the version of Shipworthy that the scenario was written with",
        )
    return known[check.world]
