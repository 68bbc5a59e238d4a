"""The truth of single atoms: exact decimals, levels as sets, rates as intervals.

Clause numbers are those of `spec/semantics.md`.
"""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any, Final

from shipworthy.records import Atom, Finding, LevelField, RateField
from shipworthy.vocabulary import DeploymentType, Truth

COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

DEPLOYMENT: Final = LevelField(
    name="deployment", levels=tuple(kind.value for kind in DeploymentType), riskier="up"
)
"""The built-in field (3.6)."""

_DECIMAL: Final = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?")


def decimal(text: str) -> Fraction | None:
    """Return the exact value of a decimal string, or nothing when it is not one (2.1, 2.2)."""
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def risk(field: LevelField, level: str) -> int:
    """Return how risky a level is, 0 for the least risky (3.2)."""
    position = field.levels.index(level)
    return position if field.riskier == "up" else len(field.levels) - 1 - position


def by_risk(field: LevelField) -> tuple[str, ...]:
    """Return the levels, least risky first."""
    return field.levels if field.riskier == "up" else field.levels[::-1]


def satisfying(field: LevelField, sign: str, level: str) -> frozenset[str]:
    """Return the levels that stand in the relation to `level` (3.1)."""
    bar = field.levels.index(level)
    compare = COMPARE[sign]
    return frozenset(name for index, name in enumerate(field.levels) if compare(index, bar))


def level_truth(possible: Collection[str], wanted: Collection[str]) -> Truth:
    """Judge a level atom over the levels that are possible (4.1)."""
    hits = sum(level in wanted for level in possible)
    if hits == len(possible):
        return Truth.TRUE
    return Truth.FALSE if hits == 0 else Truth.UNKNOWN


def quantity_truth(atom: Atom, value: str | None) -> Truth:
    """Judge a quantity atom (4.2)."""
    number = None if value is None else decimal(value)
    limit = decimal(atom.value)
    if number is None or limit is None:
        return Truth.UNKNOWN
    return Truth.TRUE if COMPARE[atom.operator](number, limit) else Truth.FALSE


def rate_truth(atom: Atom, field: RateField, finding: Finding | None, alpha: str) -> Truth:
    """Judge a rate atom; a blocked finding never gives the favourable answer (4.3, 4.4)."""
    limit = decimal(atom.value)
    interval = None if finding is None else _interval(finding, atom)
    if finding is None or interval is None or limit is None:
        return Truth.UNKNOWN
    truth = _interval_truth(interval, atom.operator, limit)
    if truth in _favourable(field, atom) and _blocked(finding, atom, alpha):
        return Truth.UNKNOWN
    return truth


def _interval(finding: Finding, atom: Atom) -> tuple[Fraction, Fraction] | None:
    low: Fraction | None
    high: Fraction | None
    if atom.bound == "point":
        rate = finding.rate
        if rate.started == 0:
            return None
        low = Fraction(rate.successes, rate.started)
        high = Fraction(rate.successes + rate.unassessed, rate.started)
    elif finding.bounds is None:
        return None
    else:
        low = decimal(finding.bounds.lower)
        high = decimal(finding.bounds.upper_adjusted)
    if low is None or high is None or not 0 <= low <= high <= 1:
        return None
    return low, high


def _interval_truth(interval: tuple[Fraction, Fraction], sign: str, limit: Fraction) -> Truth:
    low, high = interval
    if sign in {"==", "!="}:
        if limit < low or limit > high:
            equal = Truth.FALSE
        else:
            equal = Truth.TRUE if low == high else Truth.UNKNOWN
        return equal if sign == "==" else negation(equal)
    holds = [COMPARE[sign](end, limit) for end in (low, high)]
    if all(holds):
        return Truth.TRUE
    return Truth.UNKNOWN if any(holds) else Truth.FALSE


def _favourable(field: RateField, atom: Atom) -> frozenset[Truth]:
    if atom.operator in {"==", "!="}:
        return frozenset({Truth.TRUE, Truth.FALSE})
    small_is_shown = atom.operator in {"<", "<="}
    small_is_good = field.riskier == "up"
    return frozenset({Truth.TRUE if small_is_shown == small_is_good else Truth.FALSE})


def _blocked(finding: Finding, atom: Atom, alpha: str) -> bool:
    if finding.blockers:
        return True
    if atom.bound == "point" or finding.bounds is None:
        return False
    level, accepted = decimal(finding.bounds.alpha), decimal(alpha)
    return level is None or accepted is None or level > accepted


def negation(truth: Truth) -> Truth:
    """Kleene's NOT (1.1)."""
    match truth:
        case Truth.TRUE:
            return Truth.FALSE
        case Truth.FALSE:
            return Truth.TRUE
        case Truth.UNKNOWN:
            return Truth.UNKNOWN
