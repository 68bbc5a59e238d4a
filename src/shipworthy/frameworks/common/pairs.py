"""Two frameworks side by side: which models one would accept and the other would not.

Verdicts are those of `spec/comparison.md`, 6, over two levels, accepted and refused. Each question
is asked twice: with everything that either side reads, and on common ground, which is limited to
models that both are for, with what only one framework speaks of at its least risky. A witness on
common ground is shown first; the others say beyond what they go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.common.reads import alike, facts_read
from shipworthy.frameworks.common.standpoints import Standpoint, meeting, outside, views
from shipworthy.frameworks.compare import (
    DEFAULT_BUDGET,
    GateComparison,
    Reading,
    RuleFate,
    Scope,
    Witness,
    compare,
)
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Record
from shipworthy.records import RateField, Rulebook
from shipworthy.vocabulary import DeploymentType

Status = Literal["yes", "no", "unknown"]
"""Whether some model is accepted by one framework and refused by the other."""

Verdict = Literal["equivalent", "stricter", "looser", "incomparable", "unknown", "apart"]
"""The first framework beside the second; `apart` when no model is in the scope of both."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How far to search: boxes that each question may examine.

    Boxes alone are asked, so that the answer does not depend on what else is installed.
    """

    gate: Gate
    budget: int = DEFAULT_BUDGET


class TypeStatus(Record, frozen=True, kw_only=True):
    """The answer for one deployment type, on common ground and with everything."""

    deployment: str
    ground: Status
    all: Status


Beyond = Literal["", "scope", "own"]
"""What takes a witness off common ground: the accepting framework is not for such models, or the
refusing one asks for what the other does not speak of."""


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest model for some deployment types."""

    deployments: tuple[str, ...]
    witness: Witness
    beyond: Beyond


@dataclass(frozen=True, slots=True)
class Direction:
    """What `accepts` would accept and `refuses` would not.

    `found` has the nearest models, `lacking` each rule of `refuses` that `accepts` does not keep
    for some deployment type on common ground, with the nearest model that shows it.
    """

    accepts: str
    refuses: str
    types: tuple[TypeStatus, ...]
    found: tuple[Found, ...]
    lacking: tuple[RuleFate, ...]

    @property
    def ground(self) -> Status:
        """The answer on common ground, over all deployment types."""
        return _any_status(one.ground for one in self.types)

    @property
    def all(self) -> Status:
        """The answer with everything, over all deployment types."""
        return _any_status(one.all for one in self.types)


@dataclass(frozen=True, slots=True)
class Combination:
    """The verdicts under one reading of each framework."""

    readings: tuple[str, str]
    ground: Verdict
    all: Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """Two frameworks for one gate; verdicts say what the first is beside the second.

    `only_first` and `only_second` are facts and findings that one side alone reads, its blind
    spots for the other. `readings` has every combination of readings, the chosen one first.
    """

    first: str
    second: str
    gate: Gate
    ground: Verdict
    all: Verdict
    directions: tuple[Direction, Direction]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    readings: tuple[Combination, ...]


def compare_pair(
    first: tuple[Standpoint, ...], second: tuple[Standpoint, ...], asked: Asked
) -> Pair | None:
    """Compare two frameworks under their first standpoints; the others are rival readings.

    Nothing when a framework does not define the gate.
    """
    sides = (first[0], second[0])
    if any(asked.gate not in side.rulebook.decisions for side in sides):
        return None
    forth, back = _both_ways(sides, asked)
    ground, everything = _verdicts(forth, back, _meet(sides, asked))
    names = [_names(side.rulebook, asked.gate) for side in sides]
    chosen = Combination((sides[0].reading, sides[1].reading), ground, everything)
    rivals = [
        (one, other) for one in first for other in second if (one, other) != (first[0], second[0])
    ]
    return Pair(
        first=sides[0].framework,
        second=sides[1].framework,
        gate=asked.gate,
        ground=ground,
        all=everything,
        directions=(forth, back),
        only_first=tuple(name for name in names[0] if name not in names[1]),
        only_second=tuple(name for name in names[1] if name not in names[0]),
        readings=(chosen, *(_combination(pair, asked) for pair in rivals)),
    )


def verdict(more: Status, less: Status) -> Verdict:
    """Return the verdict on the side that accepts `more` (`spec/comparison.md`, 6.1)."""
    if more == "unknown":
        return "unknown"
    if more == "yes":
        return "incomparable" if less == "yes" else "looser"
    answers: dict[Status, Verdict] = {"yes": "stricter", "no": "equivalent", "unknown": "unknown"}
    return answers[less]


def _combination(sides: tuple[Standpoint, Standpoint], asked: Asked) -> Combination:
    ways = _both_ways(sides, asked, quick=True)
    ground, everything = _verdicts(*ways, _meet(sides, asked))
    return Combination((sides[0].reading, sides[1].reading), ground, everything)


def _verdicts(forth: Direction, back: Direction, meet: Status) -> tuple[Verdict, Verdict]:
    """Return the verdicts on common ground and with everything.

    Nothing tells two frameworks apart where no model is in the scope of both, so where that is
    the case, or not settled, they are never called equivalent on common ground.
    """
    if meet == "no":
        return "apart", "apart"
    ground = verdict(forth.ground, back.ground)
    if meet == "unknown" and ground == "equivalent":
        ground = "unknown"
    return ground, verdict(forth.all, back.all)


def _meet(sides: tuple[Standpoint, Standpoint], asked: Asked) -> Status:
    """Say whether some model and some deployment type are covered by both."""
    if not _types(sides):
        return "no"
    if not any(side.scope for side in sides):
        return "yes"
    never, scoped = meeting(sides, asked.gate)
    (found,) = compare(
        never, scoped, Scope(gate=asked.gate, budget=asked.budget, engine="boxes")
    ).gates
    return _status(found.old_rules, found.permits_more)


def _types(sides: tuple[Standpoint, Standpoint]) -> tuple[DeploymentType, ...]:
    covered = [set(side.rulebook.deployments) for side in sides]
    return tuple(kind for kind in DeploymentType if all(kind.value in one for one in covered))


def _both_ways(
    sides: tuple[Standpoint, Standpoint], asked: Asked, *, quick: bool = False
) -> tuple[Direction, Direction]:
    """Return what the first accepts and the second refuses, and the other way round.

    `quick` stops when the verdicts are settled, before every deployment type was looked at.
    """
    ground = views(sides, asked.gate, own=False)
    free = views(sides, asked.gate, own=True)
    forth, back = _Gathering(sides[0]), _Gathering(sides[1])
    for group in alike(_types(sides), free):
        if quick and forth.settled and back.settled:
            break
        names = tuple(one.value for one in group)
        near = _compared(ground, group[0], asked)
        settled = near.permits_more is not None and near.permits_less is not None
        far = near if settled else _compared(free, group[0], asked)
        forth.note(names, (near.old_rules, far.old_rules), (near.permits_more, far.permits_more))
        back.note(names, (near.new_rules, far.new_rules), (near.permits_less, far.permits_less))
    return forth.direction(sides[1].framework), back.direction(sides[0].framework)


def _compared(
    sides: tuple[Rulebook, Rulebook], kind: DeploymentType, asked: Asked
) -> GateComparison:
    """Compare with the second side as the old one: `permits_more` is what the first accepts."""
    scope = Scope(gate=asked.gate, deployment=kind, budget=asked.budget, engine="boxes")
    (found,) = compare(sides[1], sides[0], scope).gates
    return found


class _Gathering:
    """Collects one direction over the deployment types."""

    def __init__(self, accepts: Standpoint) -> None:
        self._accepts = accepts
        self._types: list[TypeStatus] = []
        self._found: dict[tuple[Reading, ...], Found] = {}
        self._lacking: dict[str, RuleFate] = {}

    @property
    def settled(self) -> bool:
        """Whether a model on common ground was found, which no further type can undo."""
        return any(one.ground == "yes" for one in self._types)

    def note(
        self,
        names: tuple[str, ...],
        fates: tuple[tuple[RuleFate, ...], tuple[RuleFate, ...]],
        witnesses: tuple[Witness | None, Witness | None],
    ) -> None:
        """Note the answers for deployment types: on common ground first, then with everything."""
        near, far = witnesses
        ground = _status(fates[0], near)
        for name in names:
            everything: Status = "yes" if near else _status(fates[1], far)
            self._types.append(TypeStatus(deployment=name, ground=ground, all=everything))
        if witness := near or far:
            before = self._found.get(witness.readings)
            deployments = (*(before.deployments if before else ()), *names)
            beyond: Beyond = "" if near else self._beyond(witness)
            self._found[witness.readings] = Found(
                deployments, before.witness if before else witness, beyond
            )
        for fate in fates[0]:
            known = self._lacking.get(fate.rule)
            if fate.witness and (known is None or _rank(fate) < _rank(known)):
                self._lacking[fate.rule] = fate

    def direction(self, refuses: str) -> Direction:
        """Return all that was noted."""
        return Direction(
            accepts=self._accepts.framework,
            refuses=refuses,
            types=tuple(sorted(self._types, key=_type_order)),
            found=tuple(self._found.values()),
            lacking=tuple(self._lacking.values()),
        )

    def _beyond(self, witness: Witness) -> Beyond:
        values = {one.name: one.value for one in witness.readings}
        kind = DeploymentType(witness.deployment)
        return "scope" if outside(self._accepts, values, kind) else "own"


def _type_order(status: TypeStatus) -> int:
    return [kind.value for kind in DeploymentType].index(status.deployment)


def _rank(fate: RuleFate) -> tuple[object, ...]:
    assert fate.witness is not None
    return fate.witness.rank


def _status(fates: tuple[RuleFate, ...], witness: Witness | None) -> Status:
    if witness:
        return "yes"
    return "unknown" if any(one.fate == "unknown" for one in fates) else "no"


def _any_status(found: Iterable[Status]) -> Status:
    every = set(found)
    return "yes" if "yes" in every else "unknown" if "unknown" in every else "no"


def _names(rulebook: Rulebook, gate: Gate) -> tuple[str, ...]:
    return tuple(
        one.finding if isinstance(one, RateField) else one.name
        for one in facts_read(rulebook, gate)
    )
