"""Requirements: what a framework reads as evidence, and corrections that cost and bring nothing."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Final

from shipworthy.records import (
    Condition,
    QuantityField,
    RateField,
    Rulebook,
    atoms_of,
    definitions_of,
)
from shipworthy.stages.reporting.statistics_lint.recorded.evidence import (
    Recorded,
    RecordFinding,
    RecordSeverity,
    found,
    number,
)

_TEST: Final = re.compile(
    r"p[ _-]?values?|significance|insignifican|statistically[ _-]significant"
    r"|no[ _-]significant[ _-]differen|not[ _-]significant",
    re.IGNORECASE,
)
_ROUNDED: Final = Decimal("0.025")
"""How far a level that somebody divided and rounded to two digits may lie from the quotient."""
_FORECAST: Final = re.compile(r"forecast|extrapolat|scaling[ _-]law|predicted", re.IGNORECASE)


class PointAsEvidence:
    """Finds conditions that read an observed rate, or an estimate, without a bound."""

    id: ClassVar[str] = "point-as-evidence"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a point read as evidence"
    why: ClassVar[str] = (
        "a point is not a bound: chance alone can keep such a condition or break it"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each such comparison."""
        fields = {field.name: field for field in recorded.rulebook.fields}
        for where, condition in _conditions(recorded.rulebook, recorded.gate):
            for atom in atoms_of(condition):
                field = fields.get(atom.field)
                rate = isinstance(field, RateField) and atom.bound == "point"
                estimate = isinstance(field, QuantityField) and field.bound == "point"
                if rate or estimate:
                    yield found(
                        self,
                        where=where,
                        message=(
                            f"`{where}` reads `{atom.field} {atom.operator} {atom.value}` from a "
                            "point, which is not a bound"
                        ),
                        advice="read the upper bound of what has to be small, else the lower one",
                    )


class SignificanceAsEvidence:
    """Finds conditions on a p-value or on the absence of significance."""

    id: ClassVar[str] = "significance-as-evidence"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a test of no difference read as evidence"
    why: ClassVar[str] = (
        "a small campaign finds no significant difference whatever is true, so its absence shows "
        "nothing"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each condition or fact that names one."""
        for where, words in _named(recorded, _TEST):
            yield found(
                self,
                where=where,
                message=f"`{where}` reads `{words}`, a test of no difference",
                advice="ask for a bound of the difference, against a margin that is stated first",
            )


class ForecastAsEvidence:
    """Finds conditions and facts that rest on a forecast."""

    id: ClassVar[str] = "forecast-as-evidence"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a forecast read as evidence"
    why: ClassVar[str] = "a forecast rests on a model of what was not tried: it may warn, not clear"

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield one finding for each condition or fact that names one."""
        for where, words in _named(recorded, _FORECAST):
            yield found(
                self,
                where=where,
                message=f"`{where}` reads `{words}`, a forecast",
                advice="ask for a bound of what was measured; let the forecast only raise an alarm",
            )


class CorrectedConjunction:
    """Finds an alpha that is the accepted one divided by the number of requirements."""

    id: ClassVar[str] = "corrected-conjunction"
    severity: ClassVar[RecordSeverity] = "warning"
    title: ClassVar[str] = "a correction that a go over all requirements does not need"
    why: ClassVar[str] = (
        "when all have to pass, each at its own level, the whole has that level; dividing it only "
        "makes a right go rarer"
    )

    def check(self, recorded: Recorded) -> Iterator[RecordFinding]:
        """Yield at most one finding, for the assessment."""
        alpha, accepted = number(recorded.alpha), number(recorded.rulebook.alpha)
        if alpha is None or accepted is None or not 0 < alpha < accepted:
            return
        for count in sorted(_numbers_of_requirements(recorded)):
            if count > 1 and abs(alpha * count - accepted) <= _ROUNDED * accepted:
                yield found(
                    self,
                    where="alpha",
                    message=(
                        f"alpha {recorded.alpha} is the accepted {recorded.rulebook.alpha} divided "
                        f"by {count}, the number of requirements; a go needs all of them, which "
                        "asks for no correction"
                    ),
                    advice=f"plan at alpha {recorded.rulebook.alpha}, unless less was meant",
                )
                return


def _conditions(rulebook: Rulebook, gate: str) -> Iterator[tuple[str, Condition]]:
    """Yield the conditions that a gate reads, with what they belong to."""
    for rule in rulebook.rules:
        if rule.gate != gate:
            continue
        if rule.when is not None:
            yield rule.id, rule.when
        for requirement in rule.requires:
            yield f"{rule.id}/{requirement.id}", requirement.condition
    for field in rulebook.fields:
        for definition in definitions_of(field):
            yield f"{field.name}/{definition.level}", definition.when


def _named(recorded: Recorded, words: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the conditions whose field or unit has such words, then such records of facts."""
    units = {
        field.name: field.unit
        for field in recorded.rulebook.fields
        if isinstance(field, QuantityField)
    }
    read: set[str] = set()
    for where, condition in _conditions(recorded.rulebook, recorded.gate):
        names = dict.fromkeys(atom.field for atom in atoms_of(condition))
        read.update(names)
        for name in names:
            if words.search(name) or words.search(units.get(name, "")):
                yield where, name
    for fact in recorded.facts:
        if fact.field in read and words.search(fact.record):
            yield f"fact {fact.field}", fact.record


def _numbers_of_requirements(recorded: Recorded) -> set[int]:
    """Return how many requirements the gate has, and how many of them read a measured rate."""
    rates = {field.name for field in recorded.rulebook.fields if isinstance(field, RateField)}
    every = [
        requirement.condition
        for rule in recorded.rulebook.rules
        if rule.gate == recorded.gate
        for requirement in rule.requires
    ]
    measured = [one for one in every if any(atom.field in rates for atom in atoms_of(one))]
    return {len(every), len(measured)}
