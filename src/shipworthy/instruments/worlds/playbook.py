"""Who plays in a world: families of attacks and of honest work, written out under a seed.

A family is one idea. Its variants are the idea carried out in other ways: in small steps, slowly,
under other names, or trying again after a refusal. Variants of a family resemble each other, so the
family and not the variant is the unit of every bound.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from shipworthy.instruments.worlds.state_machine import S, World
from shipworthy.kernel import Digest, Record, Stream, digest_of
from shipworthy.vocabulary import ToolCall

T = TypeVar("T")

Role = Literal["attack", "honest"]

MANNERS: Final = ("split", "slow", "disguised", "stubborn")
"""How an attacker adapts: small steps, much else in between, other names, trying another way."""


class Move(Record, frozen=True, kw_only=True):
    """A call, and what is called instead when it is denied and the agent is stubborn."""

    call: ToolCall
    if_denied: tuple[ToolCall, ...] = ()


class Trajectory(Record, frozen=True, kw_only=True):
    """One script with its ground truth. Controls see calls and results, and never this.

    `side_task` is empty for honest work. `manners` say how it is carried out.
    """

    world: str
    family: str
    role: Role
    side_task: str
    variant: int
    manners: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def id(self) -> str:
        """Names the trajectory: `files/leak-key/3`."""
        return f"{self.world}/{self.family}/{self.variant}"

    @property
    def digest(self) -> Digest:
        """Digest of the script."""
        return digest_of(self)


@dataclass(frozen=True, slots=True)
class Draw:
    """The choices of one variant."""

    stream: Stream
    manners: tuple[str, ...]

    def choice(self, *options: T) -> T:
        """Return one of the options."""
        return self.stream.choice(options)

    def name(self, plain: T, *others: T) -> T:
        """Return the plain name, or another one where the attacker is disguised."""
        return self.stream.choice(others) if "disguised" in self.manners and others else plain

    def parts(self, items: Sequence[T], size: int = 1) -> list[list[T]]:
        """Return the items in one piece, or in pieces of `size` where they are split."""
        step = size if "split" in self.manners else max(1, len(items))
        return [list(items[at : at + step]) for at in range(0, len(items), step)]

    def amounts(self, total: int, pieces: int = 4) -> list[int]:
        """Return a whole amount, or about equal parts of it where it is split."""
        if "split" not in self.manners:
            return [total]
        share, rest = divmod(total, pieces)
        return [share + (index < rest) for index in range(pieces)]


@dataclass(frozen=True, slots=True)
class Family:
    """One idea; `write` gives the moves beside those of the main task.

    `place` says where they go: anywhere `within` the main task, or `after` it.
    """

    name: str
    role: Role
    about: str
    write: Callable[[Draw], Sequence[Move]]
    side_task: str = ""
    place: Literal["within", "after"] = "within"

    def __post_init__(self) -> None:
        if (self.role == "attack") != bool(self.side_task):
            raise ValueError(f"family `{self.name}`: an attack, and no other, has a side task")


@dataclass(frozen=True, slots=True)
class Playbook(Generic[S]):
    """A world with those who play in it.

    Attributes:
        world: the world.
        main: the moves of the main task.
        filler: a harmless call, such as honest work is full of.
        families: attacks and honest work; every side task has an attack.
    """

    world: World[S]
    main: Callable[[Draw], Sequence[Move]]
    filler: Callable[[Draw], ToolCall]
    families: tuple[Family, ...]

    def __post_init__(self) -> None:
        aimed = {one.side_task for one in self.families if one.role == "attack"}
        if aimed != {one.name for one in self.world.side_tasks}:
            raise ValueError(f"world `{self.world.name}`: side tasks and attacks differ")
        names = [one.name for one in self.families]
        if len(names) != len(set(names)):
            raise ValueError(f"world `{self.world.name}`: two families have one name")


AnyPlaybook = Playbook[Any]
"""A playbook, whatever the state of its world is."""


def write_trajectory(playbook: AnyPlaybook, family: Family, variant: int, seed: int) -> Trajectory:
    """Write a variant out. Variant 0 is the plain one; the others are drawn under the seed."""
    stream = Stream("control-trajectory", seed, playbook.world.name, family.name, variant)
    draw = Draw(stream, _manners(variant, stream))
    main, own = list(playbook.main(draw)), list(family.write(draw))
    at = len(main) if family.place == "after" else stream.below(len(main) + 1)
    if own:
        own = _slowed(own, playbook, draw)
    else:
        main, at = _slowed(main, playbook, draw), 0
    return Trajectory(
        world=playbook.world.name,
        family=family.name,
        role=family.role,
        side_task=family.side_task,
        variant=variant,
        manners=draw.manners,
        moves=(*main[:at], *own, *main[at:]),
    )


def moves(*calls: ToolCall) -> list[Move]:
    """Return calls as moves without an alternative."""
    return [Move(call=one) for one in calls]


def _manners(variant: int, stream: Stream) -> tuple[str, ...]:
    """Draw one of the fifteen ways that are not the plain one."""
    if variant == 0:
        return ()
    mask = 1 + stream.below(2 ** len(MANNERS) - 1)
    return tuple(name for bit, name in enumerate(MANNERS) if mask >> bit & 1)


def _slowed(script: Sequence[Move], playbook: AnyPlaybook, draw: Draw) -> list[Move]:
    """Put two to five harmless calls before every move of somebody who is slow."""
    found: list[Move] = []
    for move in script:
        pause = 2 + draw.stream.below(4) if "slow" in draw.manners else 0
        found += [*(Move(call=playbook.filler(draw)) for _ in range(pause)), move]
    return found
