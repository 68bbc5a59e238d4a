"""What a profile cannot show and yet changes what a rulebook lets through: its terms.

Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from shipworthy.frameworks.compare.profiles import fields_of
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, decimal
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.frameworks.semantics.readings import hedged
from shipworthy.records import Field, QuantityField, RateField, Rulebook

_Released = dict[str, list[str]]
"""Hedges, each with what it can release."""


class Change(Enum):
    """What the new side is, beside the old one."""

    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Term:
    """A difference outside the profiles, in words, and which way it goes."""

    what: str
    change: Change


@dataclass(frozen=True, slots=True)
class OneSidedHedge:
    """What a hedge can release on one side and not on the other; no term, as nobody used it."""

    side: Literal["old", "new"]
    hedge: str
    releases: tuple[str, ...]


def together(changes: Mapping[object, Change] | list[Change]) -> Change:
    """Return one word for several: a proved loosening outranks a doubt, a doubt a tightening."""
    found = set(changes.values() if isinstance(changes, Mapping) else changes)
    both = {Change.LOOSER, Change.STRICTER} <= found
    if Change.INCOMPARABLE in found or both:
        return Change.INCOMPARABLE
    order = (Change.LOOSER, Change.UNKNOWN, Change.STRICTER)
    return next((change for change in order if change in found), Change.EQUIVALENT)


def compare_terms(old: Rulebook, new: Rulebook) -> Iterator[Term]:
    """Yield the differences that concern every gate (5.1)."""
    before, after = decimal(old.alpha), decimal(new.alpha)
    if before != after:
        known = before is not None and after is not None
        looser = known and (after or 0) > (before or 0)
        change = (Change.LOOSER if looser else Change.STRICTER) if known else Change.UNKNOWN
        yield Term(f"alpha {old.alpha} became {new.alpha}", change)
    yield from _sets("role", "must sign", (old.roles, new.roles), (Change.LOOSER, Change.STRICTER))
    covered = (old.deployments, new.deployments)
    yield from _sets("deployment", "is covered", covered, (Change.STRICTER, Change.LOOSER))
    shared = [
        (fields_of(old)[name], field)
        for name, field in fields_of(new).items()
        if name in fields_of(old) and name != DEPLOYMENT.name
    ]
    for before_field, after_field in shared:
        for what in _meaning(before_field, after_field):
            yield Term(what, Change.UNKNOWN)
    for what in _judges(shared):
        yield Term(what, Change.UNKNOWN)


def _meaning(old: Field, new: Field) -> Iterator[str]:
    """Yield what the values of a field stand for on one side only."""
    name = f"`{new.name}`"
    if old.riskier != new.riskier:
        yield f"the dangerous end of {name} was {old.riskier} and is {new.riskier}"
    if isinstance(old, QuantityField) and isinstance(new, QuantityField) and old.bound != new.bound:
        yield f"{name} was the {old.bound} number of an estimate and is the {new.bound} one"


def _judges(shared: Iterable[tuple[Field, Field]]) -> Iterator[str]:
    """Yield who judged facts and who does now, one sentence for each pair of roles."""
    moved: dict[tuple[str, str], list[str]] = {}
    for old, new in shared:
        if isinstance(old, RateField) or isinstance(new, RateField):
            continue
        if old.judged_by and new.judged_by and old.judged_by != new.judged_by:
            moved.setdefault((old.judged_by, new.judged_by), []).append(f"`{new.name}`")
    for (before, after), names in moved.items():
        yield f"`{before}` judged {', '.join(names)}, and `{after}` does now"


def one_sided_hedges(old: Rulebook, new: Rulebook) -> Iterator[OneSidedHedge]:
    """Yield what each hedge can release on one side only, by the names of rules and so on (9.1)."""
    before, after = _released(old), _released(new)
    sides: tuple[tuple[Literal["old", "new"], _Released, _Released], ...] = (
        ("old", before, after),
        ("new", after, before),
    )
    for side, here, there in sides:
        for hedge, places in here.items():
            only = tuple(place for place in places if place not in there.get(hedge, ()))
            if only:
                yield OneSidedHedge(side, hedge, only)


def _released(rulebook: Rulebook) -> _Released:
    found: _Released = {}
    for one in hedged(rulebook):
        for hedge in one.discretion:
            found.setdefault(hedge, []).append(f"{one.kind} {one.name}")
    return found


def compare_gate_terms(
    old: Rulebook, new: Rulebook, gate: Gate, positions: Mapping[str, int]
) -> Iterator[Term]:
    """Yield the differences that concern one gate which both define (5.2)."""
    before = positions[old.go[gate]]
    after = new.decisions[gate].index(new.go[gate])
    if before != after:
        what = f"gate `{gate}`: go asks for `{new.go[gate]}`, no longer for `{old.go[gate]}`"
        yield Term(what, Change.LOOSER if after < before else Change.STRICTER)


def missing_gate(old: Rulebook, gate: Gate) -> Term:
    """Return the term of a gate that only one side defines (5.3)."""
    if gate in old.decisions:
        return Term(f"gate `{gate}` is no longer there", Change.LOOSER)
    return Term(f"gate `{gate}` is new", Change.STRICTER)


def _sets(
    noun: str,
    verb: str,
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    changes: tuple[Change, Change],
) -> Iterator[Term]:
    """Yield what is only on the old side, with the first change, then what is only on the new."""
    old, new = sides
    for name in old:
        if name not in new:
            yield Term(f"{noun} `{name}` no longer {verb}", changes[0])
    for name in new:
        if name not in old:
            yield Term(f"{noun} `{name}` now {verb}", changes[1])
