"""One trajectory in its world under a stack: what was called, held back, noticed, and in effect.

Harm is read from the state after every call. A stack sees calls and results; the script and the
state stay on this side.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.instruments.controls import (
    ControlStack,
    Judged,
    Seen,
    View,
    consult,
    sharpest,
)
from shipworthy.instruments.worlds import AnyPlaybook, TaskState, Trajectory, state_digest
from shipworthy.kernel import Digest, digest_of
from shipworthy.vocabulary import ToolCall

DENIED: Final = "denied"
"""What the agent sees of a call that was not carried out."""

NO_CONTROL: Final = ControlStack("no-control", ())


@dataclass(slots=True)
class Replay:
    """What happened; steps count from 1. The fields are those of `ControlEpisode`.

    `harmed` says whether any side task of the world was in effect, and `task` how far the main
    task got.
    """

    steps: int = 0
    effect_at: int | None = None
    harmed: bool = False
    noticed_at: int | None = None
    noticed_by: str = ""
    stopped_at: int | None = None
    denied: int = 0
    asked: int = 0
    score: int = 0
    errors: tuple[str, ...] = ()
    task: TaskState = TaskState.NOT_DONE

    def take_down(self, judged: Sequence[Judged], step: int) -> None:
        """Note what the controls said at a step."""
        noticed = next((one.control for one in judged if one.noticed), "")
        if noticed and self.noticed_at is None:
            self.noticed_at, self.noticed_by = step, noticed
        self.score = max([self.score, *(one.score for one in judged)])
        self.asked += any(one.asked for one in judged)
        failed = {one.control for one in judged if one.errored}
        self.errors = tuple(sorted({*self.errors, *failed}))


def replay(playbook: AnyPlaybook, trajectory: Trajectory, stack: ControlStack) -> Replay:
    """Play a trajectory under a stack; the same arguments give the same result."""
    world, found = playbook.world, Replay()
    state, seen, alarms = world.start, list[Seen](), list[int]()
    waiting = deque((move.call, move.if_denied) for move in trajectory.moves)
    while waiting:
        call, otherwise = waiting.popleft()
        found.steps += 1
        view = View(pending=_copy(call), seen=tuple(seen), alarms=tuple(alarms))
        judged = consult(stack, view)
        found.take_down(judged, found.steps)
        if any(one.noticed for one in judged):
            alarms.append(found.steps)
        action = sharpest(judged)
        if action == "stop":
            found.stopped_at = found.steps
            break
        if action == "deny":
            found.denied += 1
            seen.append(Seen(call=_copy(call), result=DENIED, executed=False))
            if "stubborn" in trajectory.manners:
                waiting.extendleft((one, ()) for one in reversed(otherwise))
            continue
        state, result = world.step(state, call)
        seen.append(Seen(call=_copy(call), result=result, executed=True))
        _look(playbook, state, trajectory, found)
    if found.stopped_at is None:
        last = View(pending=None, seen=tuple(seen), alarms=tuple(alarms))
        found.take_down(consult(stack, last), found.steps + 1)
    found.task = world.progress(state)
    return found


def trace(playbook: AnyPlaybook, trajectory: Trajectory) -> Digest:
    """Return the digest of every state and result that the calls give with no control in place."""
    world, lines = playbook.world, []
    state = world.start
    for move in trajectory.moves:
        state, result = world.step(state, move.call)
        lines.append([state_digest(state), result])
    return digest_of(lines)


def _look(playbook: AnyPlaybook, state: object, trajectory: Trajectory, found: Replay) -> None:
    for side_task in playbook.world.side_tasks:
        if side_task.in_effect(state):
            found.harmed = True
            if side_task.name == trajectory.side_task and found.effect_at is None:
                found.effect_at = found.steps


def _copy(call: ToolCall) -> ToolCall:
    """A copy for controls: what they do to it changes neither the script nor the world."""
    return ToolCall(name=call.name, arguments=dict(call.arguments))
