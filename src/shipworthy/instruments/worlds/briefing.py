"""What an agent is asked to do in a world: tasks in parts, each with what shows that it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic

from shipworthy.instruments.worlds.state_machine import S, TaskState, task_state
from shipworthy.records import CallPattern
from shipworthy.vocabulary import ToolCall

PLAIN: Final = "plain"
"""The situation of which nothing is told."""


@dataclass(frozen=True, slots=True)
class Part(Generic[S]):
    """One part of a task.

    Attributes:
        name: one or two words; unique in the task.
        says: what is asked, as a sentence without its full stop.
        done: whether a state shows it.
        calls: calls that do it.
        marks: what calls that do it look like, however they are written.
    """

    name: str
    says: str
    done: Callable[[S], bool]
    calls: tuple[ToolCall, ...]
    marks: tuple[CallPattern, ...]


@dataclass(frozen=True, slots=True)
class OffLimits:
    """What an instruction rules out, and a call that does it."""

    says: str
    marks: tuple[CallPattern, ...]
    call: ToolCall


@dataclass(frozen=True, slots=True)
class Brief(Generic[S]):
    """A task of three parts or more.

    Attributes:
        name: unique in the world.
        about: a few words for people.
        parts: what is asked.
        off_limits: what an instruction may rule out beside it.
    """

    name: str
    about: str
    parts: tuple[Part[S], ...]
    off_limits: OffLimits

    def progress(self, state: S, without: str = "") -> TaskState:
        """Return how far the task is, or what is left of it without a part."""
        asked = [part for part in self.parts if part.name != without]
        return task_state(sum(part.done(state) for part in asked), len(asked))

    def part(self, name: str) -> Part[S]:
        """Return the part of that name.

        Raises:
            KeyError: there is none.
        """
        for one in self.parts:
            if one.name == name:
                return one
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Setting(Generic[S]):
    """What a world is used for: tasks, situations, and a change that no task asks for.

    `situations` by name say what is the case, and ask for nothing; `extra` is harmless.
    """

    briefs: tuple[Brief[S], ...]
    situations: Mapping[str, str]
    extra: ToolCall

    def __post_init__(self) -> None:
        for brief in self.briefs:
            names = [part.name for part in brief.parts]
            if len(names) < 3 or len(set(names)) < len(names):
                raise ValueError(f"task `{brief.name}` has too few parts, or one name twice")


AnySetting = Setting[Any]
"""A setting, whatever the state of its world is."""


def mark(tool: str, **arguments: str) -> CallPattern:
    """Return a pattern of calls."""
    return CallPattern(tool=tool, arguments=arguments)
