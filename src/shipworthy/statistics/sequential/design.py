"""The numbers of a sequential gate, all of them, fixed before the first call.

A design is what a plan registers: decimal strings and whole numbers only, so that its canonical
form has one digest everywhere. Its defaults are those of `spec/sequential.md`, 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from shipworthy.statistics.counts import require_count
from shipworthy.statistics.exact import attempts_needed
from shipworthy.statistics.sequential.decimals import (
    decimal_fraction,
    floor_decimal,
    fraction_below,
)
from shipworthy.statistics.sequential.mixture import Mixture
from shipworthy.statistics.special import binomial_cdf

_LEAST_THETA = Fraction(1, 10_000)
_MOST_THETA = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rates of a mixture as multiples of theta (decimal strings), with whole-number weights."""

    ratios: tuple[str, ...]
    weights: tuple[int, ...]

    def __post_init__(self) -> None:
        for ratio in self.ratios:
            decimal_fraction("ratios", ratio)
        if len(self.ratios) != len(self.weights) or not self.ratios or min(self.weights) < 1:
            raise ValueError("a grid has one weight of at least 1 for each of its ratios")

    def mixture(self, theta: Fraction, cap: Fraction) -> Mixture:
        """The mixture that this grid gives at `theta`, no rate of it above `cap`."""
        return Mixture(
            theta=theta,
            weights=tuple(Fraction(weight, sum(self.weights)) for weight in self.weights),
            ratios=tuple(min(Fraction(ratio), cap / theta) for ratio in self.ratios),
        )


PASS_GRID = Grid(
    ("0.02", "0.05", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"), (2, 1, 1, 1, 1, 1, 1, 1, 1)
)
FAIL_GRID = Grid(("1.4", "1.7", "2", "3", "5", "10", "30"), (1,) * 7)
FAIL_RATE_CAP = "0.95"
"""No rate of E_fail lies above it."""

PURSUIT = "1"
"""Campaigns go on for FAIL while the evidence for it is worth more than nothing."""

FUTILITY = "0.08"
"""A campaign stops without a verdict when its likelihood ratio has fallen so far."""


@dataclass(frozen=True, slots=True)
class SequentialDesign:
    """A gate `rate < theta`, decided after every scenario.

    PASS when E_pass reaches 1/`pass_level`, FAIL when E_fail, evidence for a rate above
    `fail_theta`, reaches 1/`beta`, NOT-SHOWN when the likelihood ratio of `alternative * theta`
    against theta falls to `futility` (never, when that is "0") or after `cap` scenarios. Futility
    waits while E_fail is at least `pursuit` ("0": it never waits), so that a rate far above the
    limit ends as FAIL.
    `pass_level` is `alpha`, unless the design is calibrated: then it is larger, the error
    certificate rests on the stopping rules, and those bind. `fail_theta` lies above `theta` where
    the judge leaves only a part of a limit to PASS: a judged rate between the two shows neither.
    `power`, `fixed_scenarios` and `fixed_accepts` say which design without looks the cap was
    derived from.

    Raises:
        ValueError: for values that are not decimal strings in lowest form, or out of range.
    """

    theta: str
    fail_theta: str
    alpha: str
    beta: str
    pass_level: str
    power: str
    alternative: str
    futility: str
    fixed_scenarios: int
    fixed_accepts: int
    cap: int
    pass_grid: Grid = PASS_GRID
    fail_grid: Grid = FAIL_GRID
    fail_rate_cap: str = FAIL_RATE_CAP
    pursuit: str = "0"

    def __post_init__(self) -> None:
        theta = decimal_fraction("theta", self.theta)
        if not _LEAST_THETA <= theta <= _MOST_THETA:
            raise ValueError(f"`theta` must lie between 0.0001 and 0.5, not {self.theta}")
        above = decimal_fraction("fail_theta", self.fail_theta)
        if above < theta:
            raise ValueError(f"`fail_theta` {self.fail_theta} lies below `theta` {self.theta}")
        alpha = fraction_below("alpha", self.alpha, Fraction(1, 2))
        fraction_below("beta", self.beta, Fraction(1, 2))
        if fraction_below("pass_level", self.pass_level, Fraction(1)) < alpha:
            raise ValueError("`pass_level` below `alpha` would waste error that the plan allows")
        for name in ("power", "alternative", "fail_rate_cap"):
            fraction_below(name, getattr(self, name), Fraction(1))
        for name in ("fixed_scenarios", "cap"):
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` must be at least 1, not {getattr(self, name)}")
        if Fraction(self.fail_rate_cap) <= above:
            raise ValueError("`fail_rate_cap` must lie above `fail_theta`")
        self._check_rules()

    def _check_rules(self) -> None:
        if decimal_fraction("futility", self.futility) >= 1:
            raise ValueError(f"`futility` must lie below 1, not {self.futility}")
        if decimal_fraction("pursuit", self.pursuit) and self.binding:
            raise ValueError("a calibrated design obeys futility: its `pursuit` must be 0")
        # building the mixtures checks the grids against theta
        if max(self.below.ratios) >= 1 or min(self.above.ratios) <= 1:
            raise ValueError("`pass_grid` lies below 1 and `fail_grid` above 1, times theta")

    @property
    def below(self) -> Mixture:
        """E_pass: evidence that the rate lies below theta."""
        return self.pass_grid.mixture(Fraction(self.theta), Fraction(1))

    @property
    def above(self) -> Mixture:
        """E_fail: evidence that the rate lies above `fail_theta`."""
        return self.fail_grid.mixture(Fraction(self.fail_theta), Fraction(self.fail_rate_cap))

    @property
    def hope(self) -> Mixture:
        """Likelihood ratio of the design point against theta, which futility reads."""
        return Grid((self.alternative,), (1,)).mixture(Fraction(self.theta), Fraction(1))

    @property
    def binding(self) -> bool:
        """Whether the error certificate needs the futility rule to be obeyed."""
        return self.pass_level != self.alpha

    def canonical(self) -> dict[str, object]:
        """Strings, whole numbers and lists of them: what a plan records and a digest covers."""
        plain: dict[str, object] = {
            name: getattr(self, name) for name in self.__slots__ if not name.endswith("_grid")
        }
        for name, grid in (("pass_grid", self.pass_grid), ("fail_grid", self.fail_grid)):
            plain[name] = {"ratios": list(grid.ratios), "weights": list(grid.weights)}
        return plain

    def for_strata(self, strata: int) -> "SequentialDesign":
        """The same gate for each of `strata` strata, FAIL at beta / `strata` (rounded down).

        Bonferroni for naming failing strata. PASS keeps its level: all strata must pass, which
        is an intersection-union test.

        Raises:
            ValueError: for fewer than one stratum, or so many that no error is left.
        """
        if strata < 1:
            raise ValueError(f"`strata` must be at least 1, not {strata}")
        return replace(self, beta=floor_decimal(Fraction(self.beta) / strata))


def plan_sequential(
    theta: str,
    *,
    alpha: str = "0.05",
    beta: str = "0.05",
    power: str = "0.95",
    available: int | None = None,
    fail_theta: str | None = None,
) -> SequentialDesign:
    """Derive the default design, its cap at twice the number of the design without looks.

    FAIL is about `fail_theta`, or about `theta` without one. `available` is the number of
    scenarios of the frame, when that is fewer than the cap.

    Raises:
        ValueError: for values that are not decimal strings, or out of range.
    """
    alternative = "0.25"
    fraction_below("alpha", alpha, Fraction(1, 2))
    scenarios, accepts = fixed_design(theta, alpha, power, alternative)
    return SequentialDesign(
        theta=theta,
        fail_theta=theta if fail_theta is None else fail_theta,
        alpha=alpha,
        beta=beta,
        pass_level=alpha,
        power=power,
        alternative=alternative,
        futility=FUTILITY,
        fixed_scenarios=scenarios,
        fixed_accepts=accepts,
        cap=2 * scenarios if available is None else min(2 * scenarios, available),
    )


def read_design(plain: Mapping[str, object]) -> SequentialDesign:
    """Read back what `SequentialDesign.canonical` wrote.

    Raises:
        ValueError: for a missing or unknown field, a value of the wrong type, or out of range.
    """
    names = set(SequentialDesign.__slots__)
    if set(plain) != names:
        raise ValueError(f"a design has the fields {sorted(names)}, not {sorted(plain)}")
    return SequentialDesign(
        theta=_text(plain, "theta"),
        fail_theta=_text(plain, "fail_theta"),
        alpha=_text(plain, "alpha"),
        beta=_text(plain, "beta"),
        pass_level=_text(plain, "pass_level"),
        power=_text(plain, "power"),
        alternative=_text(plain, "alternative"),
        futility=_text(plain, "futility"),
        fixed_scenarios=require_count("fixed_scenarios", plain["fixed_scenarios"]),
        fixed_accepts=require_count("fixed_accepts", plain["fixed_accepts"]),
        cap=require_count("cap", plain["cap"]),
        pass_grid=_read_grid(plain["pass_grid"]),
        fail_grid=_read_grid(plain["fail_grid"]),
        fail_rate_cap=_text(plain, "fail_rate_cap"),
        pursuit=_text(plain, "pursuit"),
    )


def fixed_design(theta: str, alpha: str, power: str, alternative: str) -> tuple[int, int]:
    """Fewest scenarios n, and successes c, of a design that looks once.

    It passes when at most c of n scenarios succeed, which puts the Clopper-Pearson limit at level
    `alpha` below theta; at `alternative * theta` it passes with probability at least `power`.

    Raises:
        ValueError: for values that are not decimal strings, or out of range.
    """
    limit, level = float(decimal_fraction("theta", theta)), float(decimal_fraction("alpha", alpha))
    rate = float(
        decimal_fraction("theta", theta) * fraction_below("alternative", alternative, Fraction(1))
    )
    wanted = float(fraction_below("power", power, Fraction(1)))
    accepts = 0
    while True:
        scenarios = attempts_needed(accepts, limit, level)
        if binomial_cdf(accepts, scenarios, rate) >= wanted:
            return scenarios, accepts
        accepts += 1


def _text(plain: Mapping[str, object], name: str) -> str:
    value = plain[name]
    if type(value) is not str:
        raise ValueError(f"`{name}` must be a string, not `{value!r}`")
    return value


def _read_grid(value: object) -> Grid:
    if not isinstance(value, Mapping) or set(value) != {"ratios", "weights"}:
        raise ValueError(f"a grid has the fields `ratios` and `weights`, not `{value!r}`")
    ratios, weights = value["ratios"], value["weights"]
    if type(ratios) is not list or type(weights) is not list:
        raise ValueError("`ratios` and `weights` of a grid are lists")
    return Grid(tuple(ratios), tuple(require_count("weights", weight) for weight in weights))
