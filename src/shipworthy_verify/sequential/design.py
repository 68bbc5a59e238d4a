"""A registered design, read without good will (spec/sequential.md, 2.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from shipworthy_verify.reading import Json
from shipworthy_verify.sequential.evidence import Mixture

_NUMBER: Final = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{0,11}[1-9])?")
_DECIMALS: Final = ("theta", "fail_theta", "alpha", "beta", "pass_level", "alternative", "power")
_OTHERS: Final = ("futility", "fail_rate_cap", "pursuit")
_COUNTS: Final = ("fixed_scenarios", "fixed_accepts", "cap")
_FIELDS: Final = frozenset({*_DECIMALS, *_OTHERS, *_COUNTS, "pass_grid", "fail_grid"})
_MOST_RATES: Final = 100


@dataclass(frozen=True)
class Grid:
    """Multiples of a rate, with weights that sum to 1."""

    ratios: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]

    def against(self, theta: Fraction, most: Fraction) -> Mixture:
        """Return the mixture against `theta`; no rate of it lies above `most`."""
        rates = tuple(min(ratio * theta, most) for ratio in self.ratios)
        return Mixture(theta, self.weights, rates)


def grid(ratios: Sequence[str], weights: Sequence[int]) -> Grid:
    """Return a grid from its decimal strings and whole weights."""
    whole = sum(weights)
    parts = tuple(Fraction(weight, whole) for weight in weights)
    return Grid(tuple(Fraction(ratio) for ratio in ratios), parts)


PASS_GRID: Final = grid(
    ("0.02", "0.05", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"), (2, 1, 1, 1, 1, 1, 1, 1, 1)
)
FAIL_GRID: Final = grid(("1.4", "1.7", "2", "3", "5", "10", "30"), (1, 1, 1, 1, 1, 1, 1))
FAIL_RATE_CAP: Final = Fraction("0.95")


@dataclass(frozen=True)
class Design:
    """What verdicts and certificates depend on, and the number a single look would have taken."""

    theta: Fraction
    fail_theta: Fraction
    alpha: Fraction
    beta: Fraction
    pass_level: Fraction
    futility: Fraction
    pursuit: Fraction
    cap: int
    fixed_scenarios: int
    passing: Mixture
    failing: Mixture
    hope: Mixture

    @property
    def calibrated(self) -> bool:
        """Whether the certificate of PASS rests on futility being obeyed (6.4)."""
        return self.pass_level != self.alpha


def read_design(plain: Json) -> Design:
    """Return the design that a plan registers.

    Raises:
        ValueError: with what is wrong with it.
    """
    if set(plain) != _FIELDS:
        raise ValueError("it has other fields than a design")
    number = {name: _number(plain[name], f"`{name}`") for name in (*_DECIMALS, *_OTHERS)}
    count = {name: _count(plain[name], f"`{name}`") for name in _COUNTS}
    theta, fail_theta, most = number["theta"], number["fail_theta"], number["fail_rate_cap"]
    _require(Fraction(1, 10_000) <= theta <= Fraction(1, 2), "`theta` is out of range")
    _require(theta <= fail_theta < most < 1, "`theta`, `fail_theta`, `fail_rate_cap` do not rise")
    _require(0 < number["alpha"] < Fraction(1, 2), "`alpha` is out of range")
    _require(0 < number["beta"] < Fraction(1, 2), "`beta` is out of range")
    _require(number["alpha"] <= number["pass_level"] < 1, "`pass_level` is out of range")
    _require(0 < number["alternative"] < 1, "`alternative` is out of range")
    _require(0 < number["power"] < 1, "`power` is out of range")
    _require(number["futility"] < 1, "`futility` is out of range")
    pursues = number["pursuit"] > 0 and number["pass_level"] != number["alpha"]
    _require(not pursues, "a calibrated design does not pursue FAIL")
    _require(count["cap"] >= 1 and count["fixed_scenarios"] >= 1, "it allows no scenario")
    lower, upper = _grid(plain["pass_grid"]), _grid(plain["fail_grid"])
    _require(0 < min(lower.ratios) <= max(lower.ratios) < 1, "`pass_grid` is not below 1")
    _require(min(upper.ratios) > 1, "`fail_grid` is not above 1")
    return Design(
        theta=theta,
        fail_theta=fail_theta,
        alpha=number["alpha"],
        beta=number["beta"],
        pass_level=number["pass_level"],
        futility=number["futility"],
        pursuit=number["pursuit"],
        cap=count["cap"],
        fixed_scenarios=count["fixed_scenarios"],
        passing=lower.against(theta, Fraction(1)),
        failing=upper.against(fail_theta, most),
        hope=Mixture(theta, (Fraction(1),), (number["alternative"] * theta,)),
    )


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001 - a fact, not a switch
    if not holds:
        raise ValueError(sentence)


def _number(text: Any, name: str) -> Fraction:
    """Read a decimal string in lowest form: one spelling for each number."""
    _require(isinstance(text, str) and bool(_NUMBER.fullmatch(text)), f"{name} is no number")
    return Fraction(text)


def _count(value: Any, name: str) -> int:
    _require(type(value) is int and value >= 0, f"{name} is no count")
    return int(value)


def _grid(plain: Any) -> Grid:
    _require(isinstance(plain, dict) and set(plain) == {"ratios", "weights"}, "a grid is malformed")
    ratios, weights = plain["ratios"], plain["weights"]
    _require(isinstance(ratios, list) and isinstance(weights, list), "a grid is malformed")
    _require(0 < len(ratios) == len(weights) <= _MOST_RATES, "a grid is malformed")
    for ratio, weight in zip(ratios, weights, strict=True):
        _number(ratio, "a ratio")
        _require(_count(weight, "a weight") >= 1, "a weight is zero")
    return grid(ratios, weights)
