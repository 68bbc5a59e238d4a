"""A stack of layers around a target is a target again.

`guard(target, [a, b])` is `guard(guard(target, [b]), [a])` and `guard(target, [])` is the target
itself. The guard engine says what happens (`engine/machine.py`); this module asks the target, and
the experts that layers want to hear.

A campaign should not count an exchange with an erring layer as evidence that the safeguard works.
`on_error = "abort"` makes such an exchange a failure at once, for stacks where failing closed in
the laboratory says nothing about production.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from shipworthy.instruments.safeguards.engine import GuardEngine, drive
from shipworthy.instruments.safeguards.protocol import Layer
from shipworthy.records import StackIdentity
from shipworthy.vocabulary import Failure, Reply, Request, Target

Timer = Callable[[], float]
"""A monotonic clock in seconds."""


def guard(target: Target, layers: Sequence[Layer], timer: Timer = time.perf_counter) -> Target:
    """Return the target behind the layers, the first of which is the outermost.

    Layers that are off are left out, so a stack of them is the target itself. An exception of a
    layer never escapes; one of the target does, as it would without layers. The time spent in
    layers and their experts is added to the latency, rounded to the nearest millisecond.

    Raises:
        Problem: `safeguard-name` when two layers have the same name.
    """
    engine = GuardEngine(layers)
    return _Guarded(target, engine, timer) if engine.layers else target


def stack_identity(layers: Sequence[Layer]) -> StackIdentity:
    """Return the identity of the stack that `guard` builds from these layers.

    Raises:
        Problem: `safeguard-name` when two layers have the same name.
    """
    return GuardEngine(layers).identity


def erred_layers(answer: Reply | Failure) -> tuple[str, ...]:
    """Return the names of the layers that failed during the exchange, in order."""
    return tuple(act.layer for act in answer.layers if act.action == "errored")


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A stack around a target."""

    inner: Target
    engine: GuardEngine
    timer: Timer

    async def respond(self, request: Request) -> Reply | Failure:
        started = self.timer()
        admission = await drive(self.engine.admit(request))
        if admission.stopped:
            answer = await drive(self.engine.refuse(admission))
            return _with_latency(answer, self.timer() - started)
        spent = self.timer() - started

        answer = await self.inner.respond(admission.request)
        if isinstance(answer, Failure):
            before = (*admission.actions, *answer.layers)
            return _with_latency(replace(answer, layers=before), spent)

        started = self.timer()
        released = await drive(self.engine.release(admission, answer))
        return _with_latency(released, spent + self.timer() - started)

    async def close(self) -> None:
        await self.inner.close()


def _with_latency(answer: Reply | Failure, seconds: float) -> Reply | Failure:
    usage = replace(answer.usage, latency_ms=answer.usage.latency_ms + round(seconds * 1000))
    return replace(answer, usage=usage)
