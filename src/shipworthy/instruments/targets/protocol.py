"""What a target plug-in offers: a factory that opens something that answers and accounts for it.

An entry point of the group `shipworthy.targets` names an object that follows `TargetFactory`.
Options are the plain table that a person wrote; the factory checks them and raises a `Problem`
before the first request when they cannot work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from shipworthy.instruments.targets.account import Account, Health
from shipworthy.kernel import Clock, Digest, SystemClock
from shipworthy.records import BenignTwin, Check, SubjectIdentity
from shipworthy.vocabulary import Failure, Reply, Request, Target

ReplyFunction = Callable[[Request], Reply | Failure]
"""How a scripted target answers."""


@dataclass(frozen=True, slots=True)
class TargetContext:
    """What a factory may use of its surroundings; nothing else is read from the machine.

    Attributes:
        environment: environment variables: credentials, cache folder, search paths.
        source: the file that holds the options, for diagnostics.
        seed: names the stream from which waiting times are drawn.
        clock: read only to interpret a `Retry-After` that is a date.
        concurrency: conversations that the campaign keeps in flight; a target may allow fewer.
        check_of: what would be a breach of a request, or right, for scripted subjects.
        twin_of: what a harmless request is after, for scripted subjects; nothing for others.
    """

    environment: Mapping[str, str] = field(repr=False)
    source: str = "target options"
    seed: int = 0
    concurrency: int = 16
    clock: Clock = field(default_factory=SystemClock)
    check_of: Callable[[Request], Check | None] | None = None
    twin_of: Callable[[Request], BenignTwin | None] | None = None


class OpenedTarget(Target, Protocol):
    """A target that is ready, says what it is, and keeps account of what it was asked."""

    @property
    def account(self) -> Account:
        """What has been sent and spent so far."""
        ...

    @property
    def health(self) -> Health:
        """Whether going on makes sense; a campaign stops with exit code 5 once it does not."""
        ...

    def identity(self, system_prompt: Digest) -> SubjectIdentity:
        """Return what answers, under a system prompt of that digest."""
        ...


@runtime_checkable
class Probing(Protocol):
    """A target that can be asked one harmless thing, so that a mistake costs no submission."""

    async def probe(self) -> None:
        """Ask, unless it is known to answer or its options say not to.

        What is asked must have nothing of a scenario in it.

        Raises:
            Problem: exit code 5, or 2 for a model that the far side does not have.
        """
        ...


class TargetFactory(Protocol):
    """Opens a target; coroutines, because opening may start a server and wait for it."""

    async def __call__(self, options: Mapping[str, object], context: TargetContext) -> OpenedTarget:
        """Open the target.

        Raises:
            Problem: exit code 2 for options that cannot work, 5 for a machine that lacks
                something or an endpoint that cannot be reached.
        """
        ...
