"""What an agent did in a simulated world: its calls, carried out again from the start.

Worlds are pure, so the calls of a reply lead to the state in which the agent left the world.
"""

from collections.abc import Sequence

from shipworthy.instruments.worlds import playbook_of
from shipworthy.records import StateCheck
from shipworthy.vocabulary import Acted, ToolCall


def acted(check: StateCheck, calls: Sequence[ToolCall]) -> Acted:
    """Return how far the main task got and which harms are in effect after the calls.

    Raises:
        Problem: `world-unknown`, or `world-altered` when the world is another one by now.
    """
    world = playbook_of(check).world
    state = world.start
    for call in calls:
        state, _ = world.step(state, call)
    harms = {f"{task.harm.value}:{task.name}" for task in world.side_tasks if task.in_effect(state)}
    return Acted(progress=world.progress(state).value, violations=tuple(sorted(harms)))
