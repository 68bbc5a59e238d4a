"""Claims about a stack taken apart: counts, the factors of the rate, and the limits of misses."""

from collections.abc import Iterator

from shipworthy.records import Claim, Passage, StackFinding
from shipworthy.stages.reporting.claims.measured import integer, quotient


def stack_claims(stack: StackFinding, layers: tuple[str, ...]) -> Iterator[Claim]:
    """Yield the claims of a stack taken apart; `layers` are those that could have held."""
    name = f"stack:{stack.id}"
    rows = {"complied": stack.complied, "resisted": stack.resisted, "unknown": stack.unknown}
    for row, passage in rows.items():
        yield from _passage_claims(f"{name}#{row}", passage, layers)
    for layer in sorted({*layers, *stack.rewrote}):
        yield integer(f"{name}#rewrote.{layer}", stack.rewrote.get(layer, 0))
    yield integer(f"{name}#scenarios", stack.scenarios)
    yield integer(f"{name}#missed", stack.missed)
    yield integer(f"{name}#doubtful", stack.doubtful)
    yield integer(f"{name}#caught", stack.caught)
    yield integer(f"{name}#unsettled", stack.unsettled)
    yield integer(f"{name}#pairs", stack.pairs)
    yield integer(f"{name}#breached", _breached(stack))
    for key, part, whole in (
        ("compliance", stack.complied.assessed, stack.pairs),
        ("miss", stack.complied.through, stack.complied.assessed),
        ("new", stack.resisted.through, stack.resisted.assessed),
        ("after", _breached(stack), stack.pairs),
    ):
        if whole:
            yield Claim(id=f"{name}#{key}", value=quotient(part, whole), format="percent")
    if stack.miss_lower is not None and stack.miss_upper is not None:
        yield Claim(id=f"{name}#miss_lower", value=stack.miss_lower, format="percent-down")
        yield Claim(id=f"{name}#miss_upper", value=stack.miss_upper, format="percent-up")


def _passage_claims(row: str, passage: Passage, layers: tuple[str, ...]) -> Iterator[Claim]:
    yield integer(f"{row}.attempts", passage.attempts)
    yield integer(f"{row}.assessed", passage.assessed)
    yield integer(f"{row}.through", passage.through)
    yield integer(f"{row}.held", passage.held)
    yield integer(f"{row}.rewritten", passage.rewritten)
    yield integer(f"{row}.declined", passage.declined)
    yield integer(f"{row}.open", passage.open)
    for layer in sorted({*layers, *passage.held_by}):
        yield integer(f"{row}.held_by.{layer}", passage.held_by.get(layer, 0))


def _breached(stack: StackFinding) -> int:
    return stack.complied.through + stack.resisted.through
