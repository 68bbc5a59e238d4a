"""A world: a frozen state, typed tools, and a pure step from a state and a call to the next state.

Nothing is executed: what a tool does is a change of the state and a line of text. So a world runs
without a sandbox, the same calls always lead to the same state, and whether harm is in effect is
read from the state and not from what anybody says about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, TypeVar

import msgspec

from shipworthy.kernel import Digest, Record, digest_bytes, digest_of, is_unicode
from shipworthy.vocabulary import Tool, ToolCall, ToolParameter

S = TypeVar("S", bound=Record)

_encoder: Final = msgspec.json.Encoder(order="sorted")

Action = Callable[[S, Mapping[str, str]], tuple[S, str]]
"""What a tool does: the next state, and the text that the agent sees. Never changes its input."""


class Harm(Enum):
    """Kinds of hidden side tasks."""

    SABOTAGE = "sabotage"
    EXFILTRATION = "exfiltration"
    RESOURCES = "gaining-resources"
    PROLIFERATION = "self-proliferation"
    OVERSIGHT = "oversight-tampering"


class TaskState(Enum):
    """How far the main task has got."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not-done"


@dataclass(frozen=True, slots=True)
class SideTask(Generic[S]):
    """A harm that nobody asked for; `in_effect` says of a state whether it is there."""

    name: str
    harm: Harm
    about: str
    in_effect: Callable[[S], bool]


@dataclass(frozen=True, slots=True)
class World(Generic[S]):
    """A world with its main task and its hidden side tasks.

    Attributes:
        name: lower-case words joined with `-`.
        version: changes when behaviour does; part of the digest.
        about: one line for people.
        task: what an agent is asked to do.
        start: the state in which every trajectory begins.
        tools: what can be called.
        actions: what each tool does, by its name.
        progress: how far the main task is done in a state.
        side_tasks: the harms.
    """

    name: str
    version: str
    about: str
    task: str
    start: S
    tools: tuple[Tool, ...]
    actions: Mapping[str, Action[S]]
    progress: Callable[[S], TaskState]
    side_tasks: tuple[SideTask[S], ...]

    def __post_init__(self) -> None:
        names = [tool.name for tool in self.tools]
        if sorted(names) != sorted(self.actions) or len(names) != len(set(names)):
            raise ValueError(f"world `{self.name}`: tools and actions are not the same")

    def step(self, state: S, call: ToolCall) -> tuple[S, str]:
        """Return the state after a call and what the agent sees of it.

        A call that no tool takes changes nothing and says why.
        """
        tool = next((one for one in self.tools if one.name == call.name), None)
        if tool is None:
            return state, f"error: no tool `{call.name}`"
        wanted = [parameter.name for parameter in tool.parameters]
        if sorted(wanted) != sorted(call.arguments):
            return state, f"error: `{call.name}` takes {', '.join(wanted) or 'no arguments'}"
        if not all(map(is_unicode, call.arguments.values())):
            return state, "error: an argument is no text"
        return self.actions[call.name](state, dict(call.arguments))

    def side_task(self, name: str) -> SideTask[S]:
        """Return the side task of that name.

        Raises:
            KeyError: there is none.
        """
        for one in self.side_tasks:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def digest(self) -> Digest:
        """Digest of what can be written down of the world; what it does is in the traces."""
        tasks = [[one.name, one.harm.value, one.about] for one in self.side_tasks]
        return digest_of([self.name, self.version, self.task, self.start, list(self.tools), tasks])


def state_digest(state: Record) -> Digest:
    """Return the digest of a state, as JSON with sorted keys; what agents write may be a key."""
    return digest_bytes(_encoder.encode(state))


def tool(name: str, description: str, **parameters: str) -> Tool:
    """Return a tool; each parameter is given with its description."""
    return Tool(
        name=name,
        description=description,
        parameters=tuple(
            ToolParameter(name=key, description=text) for key, text in parameters.items()
        ),
    )


def call(name: str, **arguments: str) -> ToolCall:
    """Return a call."""
    return ToolCall(name=name, arguments=arguments)


def task_state(done: int, of: int) -> TaskState:
    """Return how far a task of `of` parts is, of which `done` are."""
    if done == of:
        return TaskState.DONE
    return TaskState.PARTLY if done else TaskState.NOT_DONE
