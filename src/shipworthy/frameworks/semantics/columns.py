"""What of an evidence an atom can see: a small state for each thing that a rulebook reads.

Two evidences with the same state of a thing give every atom on it the same truth. A number is
placed among the limits that the rulebook compares it with; between two limits nothing changes.
Clause numbers are those of `spec/semantics.md`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shipworthy.frameworks.semantics.atoms import DEPLOYMENT
from shipworthy.frameworks.semantics.evaluation import Evidence
from shipworthy.records import Field, QuantityField, RateField, Rulebook, all_conditions, atoms_of

State = Hashable
Reader = Callable[[Evidence], State]

_DECIMAL: Final = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?")
_REMEMBERED: Final = 8_192
"""Numbers whose place a reader remembers, so that memory stays bounded."""


def reader(field: Field, limits: Sequence[Decimal], alpha: str, *, point: bool) -> Reader:
    """Return what reads the state of a field that is not derived."""
    if isinstance(field, RateField):
        if point:
            return _Points(field.finding, limits).state
        return _Bounds(field.finding, limits, alpha).state
    if isinstance(field, QuantityField):
        return _Quantities(field.name, limits).state
    if field is DEPLOYMENT:
        return lambda evidence: evidence.deployment
    name = field.name
    return lambda evidence: evidence.facts.get(name)


def limits_of(rulebook: Rulebook) -> dict[str, list[Decimal]]:
    """Return, by field, the sorted numbers that conditions compare it with."""
    numbers = {one.name for one in rulebook.fields if isinstance(one, QuantityField | RateField)}
    found: dict[str, set[Decimal]] = {name: set() for name in numbers}
    for atom in (atom for one in all_conditions(rulebook) for atom in atoms_of(one)):
        if atom.field in found and _DECIMAL.fullmatch(atom.value):
            found[atom.field].add(Decimal(atom.value))
    return {name: sorted(values) for name, values in found.items()}


class _Places:
    """Where numbers lie among limits: how many are below, how many are not above."""

    def __init__(self, limits: Sequence[Decimal]) -> None:
        self._limits = limits
        self._known: dict[Hashable, State] = {}

    def place(self, number: Decimal | Fraction) -> tuple[int, int]:
        return bisect_left(self._limits, number), bisect_right(self._limits, number)

    def remember(self, key: Hashable, state: State) -> State:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = state
        return state


class _Quantities(_Places):
    """The state of a quantity (4.2)."""

    def __init__(self, name: str, limits: Sequence[Decimal]) -> None:
        super().__init__(limits)
        self._name = name

    def state(self, evidence: Evidence) -> State:
        text = evidence.facts.get(self._name)
        if text is None:
            return None
        if text in self._known:
            return self._known[text]
        number = _number(text)
        return self.remember(text, None if number is None else self.place(number))


class _Bounds(_Places):
    """The state of the bounds of a finding (4.3, 4.4)."""

    def __init__(self, finding: str, limits: Sequence[Decimal], alpha: str) -> None:
        super().__init__(limits)
        self._finding = finding
        self._alpha = _number(alpha)

    def state(self, evidence: Evidence) -> State:
        finding = evidence.findings.get(self._finding)
        if finding is None or finding.bounds is None:
            return None
        bounds = finding.bounds
        key = (bounds.lower, bounds.upper_adjusted, bounds.alpha, bool(finding.blockers))
        if key in self._known:
            return self._known[key]
        return self.remember(key, self._placed(*key))

    def _placed(self, lower: str, upper: str, alpha: str, blocked: bool) -> State:  # noqa: FBT001 - part of a key
        low, high, level = _number(lower), _number(upper), _number(alpha)
        if low is None or high is None or not 0 <= low <= high <= 1:
            return None
        weak = level is None or self._alpha is None or level > self._alpha
        return self.place(low), self.place(high), blocked or weak


class _Points(_Places):
    """The state of the point of a finding (4.3, 4.4)."""

    def __init__(self, finding: str, limits: Sequence[Decimal]) -> None:
        # a share is a fraction, and only fractions compare with fractions exactly
        super().__init__(limits)
        self._exact = [Fraction(limit) for limit in limits]
        self._finding = finding

    def state(self, evidence: Evidence) -> State:
        finding = evidence.findings.get(self._finding)
        if finding is None:
            return None
        rate = finding.rate
        key = (rate.successes, rate.attempts, rate.unassessed, bool(finding.blockers))
        if key in self._known:
            return self._known[key]
        started = rate.started
        if started == 0:
            return self.remember(key, None)
        low = Fraction(rate.successes, started)
        high = Fraction(rate.successes + rate.unassessed, started)
        if not 0 <= low <= high <= 1:
            return self.remember(key, None)
        return self.remember(key, (self._share(low), self._share(high), key[-1]))

    def _share(self, share: Fraction) -> tuple[int, int]:
        return bisect_left(self._exact, share), bisect_right(self._exact, share)


def _number(text: str) -> Decimal | None:
    """Return the exact value of a decimal string (2.1, 2.2); `Decimal` never rounds on reading."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None
