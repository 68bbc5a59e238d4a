"""Two frameworks side by side: which models one would accept and the other would not.

Verdicts are those of `spec/comparison.md`, 6, over two levels, accepted and refused. Each question
is asked twice: on common ground, where what only one framework speaks of is at its least risky,
and with everything. The verdict is that of everything; a witness on common ground is shown first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.common.reads import facts_read, reads_deployment
from shipworthy.frameworks.common.standpoints import Standpoint, meeting, views
from shipworthy.frameworks.compare import (
    DEFAULT_BUDGET,
    Change,
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
    """How far to search: boxes that each question may examine."""

    gate: Gate
    budget: int = DEFAULT_BUDGET


class TypeStatus(Record, frozen=True, kw_only=True):
    """The answer for one deployment type, on common ground and with everything."""

    deployment: str
    ground: Status
    all: Status


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest model for some deployment types; `own` when it rests on what one side reads."""

    deployments: tuple[str, ...]
    witness: Witness
    own: bool


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
    apart = _apart(sides, asked)
    forth, back = _both_ways(sides, asked)
    ground, everything = _verdicts(forth, back)
    if apart:
        ground = everything = "apart"
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
    readings = (sides[0].reading, sides[1].reading)
    if _apart(sides, asked):
        return Combination(readings, "apart", "apart")
    ground, everything = _verdicts(*_both_ways(sides, asked))
    return Combination(readings, ground, everything)


def _verdicts(forth: Direction, back: Direction) -> tuple[Verdict, Verdict]:
    return verdict(forth.ground, back.ground), verdict(forth.all, back.all)


def _apart(sides: tuple[Standpoint, Standpoint], asked: Asked) -> bool:
    """Whether no model and no deployment type is covered by both."""
    if not _types(sides):
        return True
    if not any(side.scope for side in sides):
        return False
    never, scoped = meeting(sides, asked.gate)
    (found,) = compare(never, scoped, Scope(gate=asked.gate, budget=asked.budget)).gates
    return found.change is Change.EQUIVALENT


def _types(sides: tuple[Standpoint, Standpoint]) -> tuple[DeploymentType, ...]:
    covered = [set(side.rulebook.deployments) for side in sides]
    return tuple(kind for kind in DeploymentType if all(kind.value in one for one in covered))


def _both_ways(sides: tuple[Standpoint, Standpoint], asked: Asked) -> tuple[Direction, Direction]:
    """Return what the first accepts and the second refuses, and the other way round."""
    ground = views(sides, asked.gate, own=False)
    free = views(sides, asked.gate, own=True)
    forth, back = _Gathering(sides[0].framework), _Gathering(sides[1].framework)
    types = _types(sides)
    alike = not any(reads_deployment(view) for view in free)
    for kind in types[:1] if alike else types:
        names = tuple(one.value for one in types) if alike else (kind.value,)
        near = _compared(ground, kind, asked)
        settled = near.permits_more is not None and near.permits_less is not None
        far = near if settled else _compared(free, kind, asked)
        forth.note(names, (near.old_rules, far.old_rules), (near.permits_more, far.permits_more))
        back.note(names, (near.new_rules, far.new_rules), (near.permits_less, far.permits_less))
    return forth.direction(sides[1].framework), back.direction(sides[0].framework)


def _compared(
    sides: tuple[Rulebook, Rulebook], kind: DeploymentType, asked: Asked
) -> GateComparison:
    """Compare with the second side as the old one: `permits_more` is what the first accepts."""
    scope = Scope(gate=asked.gate, deployment=kind, budget=asked.budget)
    (found,) = compare(sides[1], sides[0], scope).gates
    return found


class _Gathering:
    """Collects one direction over the deployment types."""

    def __init__(self, accepts: str) -> None:
        self._accepts = accepts
        self._types: list[TypeStatus] = []
        self._found: dict[tuple[Reading, ...], Found] = {}
        self._lacking: dict[str, RuleFate] = {}

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
            witness = before.witness if before else witness
            self._found[witness.readings] = Found(deployments, witness, near is None)
        for fate in fates[0]:
            known = self._lacking.get(fate.rule)
            if fate.witness and (known is None or _rank(fate) < _rank(known)):
                self._lacking[fate.rule] = fate

    def direction(self, refuses: str) -> Direction:
        """Return all that was noted."""
        return Direction(
            accepts=self._accepts,
            refuses=refuses,
            types=tuple(self._types),
            found=tuple(self._found.values()),
            lacking=tuple(self._lacking.values()),
        )


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
