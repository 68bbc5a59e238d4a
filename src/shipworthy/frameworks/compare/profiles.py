"""The situations that two rulebooks can tell apart: one axis for each thing that either reads.

A profile is a fully known situation: one cell on every axis. Derived fields are no axes; each side
computes its own. Clause numbers are those of `spec/comparison.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from shipworthy.frameworks.compare.cells import Cell, Mark, number_cells, number_cuts, satisfied
from shipworthy.frameworks.compare.conditions import Box, Point
from shipworthy.frameworks.semantics.atoms import DEPLOYMENT, by_risk, satisfying
from shipworthy.frameworks.semantics.evaluation import Gate
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import (
    Atom,
    Condition,
    Field,
    LevelField,
    QuantityField,
    RateField,
    Rulebook,
    atoms_of,
    conditions_of,
)
from shipworthy.vocabulary import DeploymentType


class Key(NamedTuple):
    """What an axis stands for: a fact by field name, or a number of a finding by its id."""

    kind: Literal["level", "quantity", "bounds", "point"]
    name: str

    def __str__(self) -> str:
        return f"{self.name}.point" if self.kind == "point" else self.name


WHERE: Final = Key("level", DEPLOYMENT.name)
"""The first axis of every space."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The cells of one thing that is read; `usual` is the least risky one, first or last.

    `cuts` separate the cells of a number.
    """

    key: Key
    cells: tuple[Cell, ...]
    usual: int
    cuts: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Space:
    """All axes; `only_old` and `only_new` name those that one side alone reads (1.6)."""

    axes: tuple[Axis, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]

    @property
    def usual(self) -> Point:
        """Return the ordinary profile: the least risky cell everywhere."""
        return tuple(axis.usual for axis in self.axes)

    def at(self, deployment: DeploymentType) -> tuple[Box, Point]:
        """Return all profiles of a deployment type, and the ordinary one among them."""
        here = DEPLOYMENT.levels.index(deployment.value)
        rest = self.axes[1:]
        box = (1 << here, *((1 << len(axis.cells)) - 1 for axis in rest))
        return box, (here, *(axis.usual for axis in rest))

    def among(self, deployments: Iterable[DeploymentType]) -> Box:
        """Return all profiles of some deployment types."""
        here = sum(1 << DEPLOYMENT.levels.index(kind.value) for kind in deployments)
        return (here, *((1 << len(axis.cells)) - 1 for axis in self.axes[1:]))

    def kind(self, point: Point) -> DeploymentType:
        """Return the deployment type of a profile."""
        return DeploymentType(self.axes[0].cells[point[0]].label)

    def cells(self, atom: Atom, field: Field) -> tuple[int, int]:
        """Return the axis of an atom on a field that is not derived, and the cells it holds in."""
        wanted = key_of(atom, field)
        index = next(i for i, axis in enumerate(self.axes) if axis.key == wanted)
        axis = self.axes[index]
        if not isinstance(field, LevelField):
            return index, satisfied(atom, axis.cells)
        levels = satisfying(field, atom.operator, atom.value)
        return index, sum(1 << i for i, cell in enumerate(axis.cells) if cell.label in levels)


def key_of(atom: Atom, field: Field) -> Key:
    """Return what an atom reads (1.3)."""
    match field:
        case LevelField():
            return Key("level", field.name)
        case QuantityField():
            return Key("quantity", field.name)
        case RateField():
            return Key("point" if atom.bound == "point" else "bounds", field.finding)


def shared_space(old: Rulebook, new: Rulebook, gate: Gate) -> Space:
    """Return the situations that the rules of a gate tell apart, on either side.

    Raises:
        Problem: `compare-scales` when a field has the same name and another scale.
    """
    _check_scales(old, new)
    sides = [_read(book, gate) for book in (old, new)]
    atoms: dict[Key, list[Atom]] = {}
    fields: dict[Key, Field] = {WHERE: DEPLOYMENT}
    read: list[set[Key]] = []
    for side in sides:
        keys = [(key_of(atom, field), atom, field) for atom, field in side]
        read.append({key for key, _, _ in keys} - {WHERE})
        for key, atom, field in keys:
            atoms.setdefault(key, []).append(atom)
            fields.setdefault(key, field)
    order = [WHERE, *sorted(set(fields) - {WHERE}, key=lambda key: (str(key), key.kind))]
    return Space(
        axes=tuple(_axis(key, fields[key], atoms.get(key, [])) for key in order),
        only_old=tuple(str(key) for key in order if key in read[0] - read[1]),
        only_new=tuple(str(key) for key in order if key in read[1] - read[0]),
    )


def fields_of(book: Rulebook) -> dict[str, Field]:
    """Return the fields by name, `deployment` included."""
    return {**{field.name: field for field in book.fields}, DEPLOYMENT.name: DEPLOYMENT}


def _axis(key: Key, field: Field, atoms: list[Atom]) -> Axis:
    if isinstance(field, LevelField):
        usual = field.levels.index(by_risk(field)[0])
        return Axis(key, tuple(Cell(level) for level in field.levels), usual)
    rate = isinstance(field, RateField)
    cells = number_cells(atoms, rate=rate)
    usual = 0 if field.riskier == "up" else len(cells) - 1
    return Axis(key, cells, usual, number_cuts(atoms, rate=rate))


def distinct_atoms(conditions: Iterable[Condition]) -> tuple[Atom, ...]:
    """Return the atoms that conditions are written with, each once."""
    return tuple(dict.fromkeys(atom for one in conditions for atom in atoms_of(one)))


def _read(book: Rulebook, gate: Gate) -> list[tuple[Atom, Field]]:
    """Return the atoms that the rules of a gate rest on, with their fields, none derived."""
    known = fields_of(book)
    found: dict[Atom, Field] = {}
    rules = (rule for rule in book.rules if rule.gate == gate)
    waiting = list(distinct_atoms(conditions_of(*rules)))
    opened: set[str] = set()
    for atom in waiting:  # grows while it is walked
        field = known[atom.field]
        if not (isinstance(field, LevelField) and field.definitions):
            found[atom] = field
        elif field.name not in opened:
            opened.add(field.name)
            waiting.extend(distinct_atoms(one.when for one in field.definitions))
    return list(found.items())


def _check_scales(old: Rulebook, new: Rulebook) -> None:
    before = fields_of(old)
    for name, field in fields_of(new).items():
        scales = (_scale(before[name]), _scale(field)) if name in before else ("", "")
        if all(scales) and scales[0] != scales[1]:
            raise Problem.of(
                "compare-scales",
                f"field `{name}` is {scales[0]} in `{old.id}` {old.version} "
                f"and {scales[1]} in `{new.id}` {new.version}",
                help=_advice(name, before, fields_of(new)),
            )


def _advice(name: str, before: dict[str, Field], after: dict[str, Field]) -> str:
    """Name the ways out, and fields of the new side that have the old scale."""
    same = [
        other
        for other, field in after.items()
        if _scale(field) == _scale(before[name]) and other not in before
    ]
    meant = f"; or {did_you_mean(name, same)}" if same else ""
    return f"say which levels correspond: `--scale-map FILE`, or `--all-maps {name}`{meant}"


def _scale(field: Field) -> str:
    match field:
        case LevelField():
            return "" if field.definitions else f"one of {', '.join(field.levels)}"
        case QuantityField():
            return f"a quantity in {field.unit}"
        case RateField():
            return "a rate"
