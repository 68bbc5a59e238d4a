"""Claims about the numbers in conditions, and how far what was measured lies from them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shipworthy.records import (
    Atom,
    Claim,
    ClaimFormat,
    Condition,
    Finding,
    RateField,
    Rulebook,
    atoms_of,
    definitions_of,
)
from shipworthy.stages.reporting.claims.measured import bound_read, rate_format

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class PlacedAtom:
    """An atom with the claim id of its number and the id of its margin's claim."""

    requirement: str
    index: int
    atom: Atom

    @property
    def limit(self) -> str:
        """Claim id of the atom's number."""
        return f"limit:{self.requirement}#{self.index}"

    @property
    def margin(self) -> str:
        """Claim id of the distance to the atom's number."""
        return f"margin:{self.requirement}#{self.index}"


def is_number(text: str) -> bool:
    """Say whether a text is a decimal string (semantics, clause 2.1)."""
    return _NUMBER.fullmatch(text) is not None


def rate_fields(rulebook: Rulebook) -> dict[str, str]:
    """Return the finding that each rate field names."""
    return {field.name: field.finding for field in rulebook.fields if isinstance(field, RateField)}


def placed_atoms(rulebook: Rulebook) -> Iterator[PlacedAtom]:
    """Yield the atoms of all requirements with their places."""
    for rule in rulebook.rules:
        for requirement in rule.requires:
            for index, atom in enumerate(atoms_of(requirement.condition)):
                yield PlacedAtom(requirement=requirement.id, index=index, atom=atom)


def condition_claims(rulebook: Rulebook, findings: Mapping[str, Finding]) -> Iterator[Claim]:
    """Yield the numbers of all conditions and the margins of what was measured."""
    rates = rate_fields(rulebook)
    for placed in placed_atoms(rulebook):
        yield from _number(placed.limit, placed.atom, rates)
        finding = findings.get(rates.get(placed.atom.field, ""))
        if finding:
            yield from _margin(placed, finding)
    for rule in rulebook.rules:
        if rule.when is not None:
            yield from _numbers(f"rule:{rule.id}", rule.when, rates)
    for field in rulebook.fields:
        for definition in definitions_of(field):
            yield from _numbers(f"level:{field.name}/{definition.level}", definition.when, rates)


def _numbers(name: str, condition: Condition, rates: Mapping[str, str]) -> Iterator[Claim]:
    for index, atom in enumerate(atoms_of(condition)):
        yield from _number(f"{name}#{index}", atom, rates)


def _number(claim_id: str, atom: Atom, rates: Mapping[str, str]) -> Iterator[Claim]:
    if is_number(atom.value):
        yield Claim(id=claim_id, value=atom.value, format=_shape(atom, rates))


def _shape(atom: Atom, rates: Mapping[str, str]) -> ClaimFormat:
    """Return the format of a rate for the limit of one, and `decimal` for other numbers."""
    return rate_format(atom.value) if atom.field in rates else "decimal"


def _margin(placed: PlacedAtom, finding: Finding) -> Iterator[Claim]:
    atom = placed.atom
    if atom.bound not in {"upper", "lower"} or not finding.bounds or not is_number(atom.value):
        return
    limit, read = Decimal(atom.value), Decimal(bound_read(finding.bounds, str(atom.bound)))
    if atom.operator in {"<", "<="}:
        yield Claim(id=placed.margin, value=format(limit - read, "f"), format="points")
    elif atom.operator in {">", ">="}:
        yield Claim(id=placed.margin, value=format(read - limit, "f"), format="points")
