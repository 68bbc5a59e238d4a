"""Simulated worlds, and scripted attacks and honest work in them, with ground truth."""

from shipworthy.instruments.worlds.catalogue import PLAYBOOKS, playbook_of
from shipworthy.instruments.worlds.playbook import (
    MANNERS,
    AnyPlaybook,
    Draw,
    Family,
    Move,
    Playbook,
    Trajectory,
    moves,
    write_trajectory,
)
from shipworthy.instruments.worlds.state_machine import (
    Action,
    Harm,
    SideTask,
    TaskState,
    World,
    call,
    state_digest,
    task_state,
    tool,
)

__all__ = [
    "MANNERS",
    "PLAYBOOKS",
    "Action",
    "AnyPlaybook",
    "Draw",
    "Family",
    "Harm",
    "Move",
    "Playbook",
    "SideTask",
    "TaskState",
    "Trajectory",
    "World",
    "call",
    "moves",
    "playbook_of",
    "state_digest",
    "task_state",
    "tool",
    "write_trajectory",
]
