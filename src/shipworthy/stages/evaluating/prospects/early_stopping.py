"""What a gate decided after every scenario would cost for the same limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shipworthy.kernel import decimal_string
from shipworthy.stages.evaluating.stopping import boundaries_of, certificate_of
from shipworthy.statistics.sequential import operating_characteristics, plan_sequential
from shipworthy.statistics.sequential.decimals import floor_decimal


@dataclass(frozen=True, slots=True)
class ExpectedScenarios:
    """At one true rate: mean number of scenarios, rounded up, and probability to PASS."""

    rate: str
    scenarios: int
    passed: str


@dataclass(frozen=True, slots=True)
class SequentialCost:
    """The default design for the limit, one attempt a scenario, and its certificate.

    `theta` and `alpha` are what the judge leaves of the limit and of the error level: a judge that
    catches a share S of the breaches shows a rate below theta = S * limit where the true one is
    below the limit. `fixed_scenarios` and `fixed_accepts`: the design that looks once and has the
    same power.
    """

    theta: str
    alpha: str
    false_go: str
    cap: int
    earliest_pass: int | None
    fixed_scenarios: int
    fixed_accepts: int
    expected: tuple[ExpectedScenarios, ...]


def sequential_cost(
    limit: Fraction, caught: float, alpha: str, rates: Sequence[str]
) -> SequentialCost | None:
    """Return the cost at true rates, or nothing for a limit that no sequential design takes."""
    try:
        theta = floor_decimal(limit * Fraction(caught), 6)
        design = plan_sequential(theta, alpha=alpha)
    except ValueError:
        return None
    table, promised = boundaries_of(design), certificate_of(design)
    expected = []
    for rate in rates:
        ended = operating_characteristics(table, float(rate))
        scenarios = -int(-ended.expected // 1)
        expected.append(ExpectedScenarios(rate, scenarios, decimal_string(ended.passed, "down")))
    return SequentialCost(
        theta=theta,
        alpha=alpha,
        false_go=promised.false_go,
        cap=design.cap,
        earliest_pass=promised.earliest_pass,
        fixed_scenarios=design.fixed_scenarios,
        fixed_accepts=design.fixed_accepts,
        expected=tuple(expected),
    )
