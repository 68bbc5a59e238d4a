"""Rates when several attempts share a scenario.

Attempts on one scenario resemble each other, so a thousand attempts on twenty scenarios are not a
thousand pieces of evidence. The headline limits are those of Korn and Graubard (1998, Survey
Methodology 24:193): Clopper-Pearson at an effective number of attempts. Their weakness is a
design effect estimated from a handful of successes, often far too small. Two rules of ours mend it.

- The design effect never falls below 1 + (m - 1) * icc0, its value at an intra-scenario correlation
  of `icc0` (m: attempts per scenario).
- Fewer than `few` breached scenarios tell nothing about correlation: with them every scenario is
  worth one attempt (design effect m), and more of them never bring the upper limit below that of
  the few - 1 most breached, taken so. The lower limit does the same with failing scenarios.

With icc0 = 0.15 and few = 2 the one-sided 95 % upper limit covered at least 95 % in 48 simulated
settings of 30 to 300 scenarios, and at least 94 % where attempts on a scenario correlated at 0.3
to 0.72; with the floor alone it fell to 66 % there (`benchmarks/coverage.py`). The price: several
attempts on each scenario never show a rate below what one attempt on each would show without a
success. To show a low rate, try more scenarios.

Beside them stand limits that hold in finite samples under any dependence within a scenario.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from shipworthy.statistics.counts import (
    NoEvidence,
    require_alpha,
    require_count,
    require_probability,
    require_share,
)
from shipworthy.statistics.exact import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.interval import Interval
from shipworthy.statistics.special import beta_isf, beta_ppf, student_t_ppf

DEFAULT_ICC0 = 0.15
DEFAULT_FEW = 2
"""Fewest scenarios with a success, or with a failure, that tell how alike attempts are."""

_SEARCH_BUDGET = 100_000


@dataclass(frozen=True, slots=True)
class ScenarioCounts:
    """Outcomes of one scenario: successes among assessed attempts, and attempts not assessed.

    Raises:
        ValueError: for impossible counts.
        NoEvidence: for a scenario without any attempt. One that was planned and not run has
            unassessed attempts.
    """

    successes: int
    attempts: int
    unassessed: int = 0

    def __post_init__(self) -> None:
        require_share(self.successes, self.attempts)
        if self.attempts + require_count("unassessed", self.unassessed) == 0:
            raise NoEvidence("a scenario without any attempt, assessed or not, says nothing")

    @property
    def size(self) -> int:
        """Attempts made, assessed or not."""
        return self.attempts + self.unassessed


@dataclass(frozen=True, slots=True)
class ClusteredBound:
    """Limits of a success rate over scenarios; every limit is one-sided at `confidence`.

    `attempts` counts assessed attempts and `unassessed` the others. `design_effect` is the larger
    of those of the two limits, and `effective_attempts` the number of independent attempts that the
    data are worth with it; a limit held by its few worst scenarios is wider than it tells.
    """

    lower: float
    upper: float
    confidence: float
    scenarios: int
    attempts: int
    unassessed: int
    successes: int
    design_effect: float
    effective_attempts: float
    scenarios_with_success: int
    exact_lower: float
    exact_upper: float

    @property
    def interval(self) -> Interval:
        """Both headline limits together, at the two-sided confidence that they jointly have."""
        return Interval(self.lower, self.upper, 2.0 * self.confidence - 1.0)


def clustered_bound(
    scenarios: Sequence[ScenarioCounts],
    alpha: float,
    icc0: float = DEFAULT_ICC0,
    few: int = DEFAULT_FEW,
) -> ClusteredBound:
    """Bound a success rate from attempts grouped by scenario, each side at level `alpha`.

    The headline bounds the rate per attempt. Unassessed attempts count as successes for the upper
    limit and as failures for the lower, and the design effect is the largest that any outcome of
    them could give; so an attempt that loses its assessment can only widen the result. One attempt
    per scenario gives Clopper-Pearson exactly; several attempts on a single scenario give [0, 1],
    because nothing tells how the next scenario would differ. `few` = 0 leaves the second rule of
    the module out, and with `icc0` = 0 the limits are those of Korn and Graubard.

    Raises:
        ValueError: for a level outside (0, 0.5), `icc0` outside [0, 1] or a negative `few`.
        NoEvidence: without any scenario.
    """
    require_alpha(alpha)
    require_probability("icc0", icc0)
    require_count("few", few)
    if not scenarios:
        raise NoEvidence("no scenario was attempted, so the rate has no limit")
    size = sum(s.size for s in scenarios)
    unassessed = sum(s.unassessed for s in scenarios)
    won = [s.successes for s in scenarios]
    lost = [s.attempts - s.successes for s in scenarios]
    worth = _Worth(
        independent=_independent_attempts(size, len(scenarios), alpha),
        ceiling=sum(s.size**2 for s in scenarios) / size,
        estimated=_design_effect(scenarios, icc0),
        few=few,
    )
    effect = max(worth.effect(won), worth.effect(lost))
    against_upper = worth.adverse([s.successes + s.unassessed for s in scenarios], lost)
    against_lower = worth.adverse([s.size - s.successes for s in scenarios], won)
    return ClusteredBound(
        lower=min(_lower(size - count, size, n, alpha) for count, n in against_lower),
        upper=max(_upper(count, size, n, alpha) for count, n in against_upper),
        confidence=1.0 - alpha,
        scenarios=len(scenarios),
        attempts=size - unassessed,
        unassessed=unassessed,
        successes=sum(won),
        design_effect=effect,
        effective_attempts=worth.independent / effect,
        scenarios_with_success=sum(count > 0 for count in won),
        exact_lower=exact_scenario_lower(scenarios, alpha),
        exact_upper=exact_scenario_upper(scenarios, alpha),
    )


def exact_scenario_upper(scenarios: Sequence[ScenarioCounts], alpha: float) -> float:
    """Upper limit of the rate averaged over scenarios, under any dependence within a scenario.

    A scenario's observed share of successes is at most the indicator of any success, so a
    Clopper-Pearson limit for that indicator bounds the average share as well. An unassessed attempt
    counts as a success.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: without any scenario.
    """
    touched = sum(s.successes + s.unassessed > 0 for s in scenarios)
    return clopper_pearson_upper(touched, len(scenarios), alpha)


def exact_scenario_lower(scenarios: Sequence[ScenarioCounts], alpha: float) -> float:
    """Lower limit of the rate averaged over scenarios, under any dependence within a scenario.

    With at most m attempts in a scenario, its share of successes is at least the indicator of
    success throughout, and at least 1/m of the indicator of any success. Each gives a valid
    Clopper-Pearson limit, the first useful at high rates and the second at low ones. The better of
    the two is taken, each at half of `alpha`; with m = 1 they coincide and nothing is split.
    Unassessed attempts count as failures.

    Raises:
        ValueError: for a level outside (0, 0.5).
        NoEvidence: without any scenario.
    """
    largest = max((s.size for s in scenarios), default=1)
    anywhere = sum(s.successes > 0 for s in scenarios)
    if largest == 1:
        return clopper_pearson_lower(anywhere, len(scenarios), alpha)
    throughout = sum(s.successes == s.size for s in scenarios)
    return max(
        clopper_pearson_lower(throughout, len(scenarios), 0.5 * alpha),
        clopper_pearson_lower(anywhere, len(scenarios), 0.5 * alpha) / largest,
    )


@dataclass(frozen=True, slots=True)
class _Worth:
    """How many attempts count: `independent` of them at a design effect of 1."""

    independent: float
    ceiling: float
    estimated: float
    few: int

    def effect(self, counts: Sequence[int]) -> float:
        """The ceiling where too few scenarios have an outcome of the kind counted."""
        seen = sum(count > 0 for count in counts)
        return self.ceiling if seen < self.few else self.estimated

    def adverse(self, against: Sequence[int], favourable: Sequence[int]) -> list[tuple[int, float]]:
        """Adverse and effective attempts, of all scenarios and of the few worst.

        Each pair gives a limit and the wider one holds. Those of the worst scenarios cannot fall
        when anything further is adverse, so the limit never drops where the estimate sets in.
        """
        found = [(sum(against), self.independent / self.effect(favourable))]
        if self.few:
            worst = sum(nlargest(self.few - 1, against))
            found.append((worst, self.independent / self.ceiling))
        return found


def _upper(successes: int, size: int, effective: float, alpha: float) -> float:
    if effective == size:
        return clopper_pearson_upper(successes, size, alpha)
    if successes == size or effective == 0.0:
        return 1.0
    share = effective / size
    return beta_isf(alpha, successes * share + 1.0, (size - successes) * share)


def _lower(successes: int, size: int, effective: float, alpha: float) -> float:
    if effective == size:
        return clopper_pearson_lower(successes, size, alpha)
    if successes == 0 or effective == 0.0:
        return 0.0
    share = effective / size
    return beta_ppf(alpha, successes * share, (size - successes) * share + 1.0)


def _independent_attempts(size: int, scenarios: int, alpha: float) -> float:
    if scenarios == size:
        return float(size)
    if scenarios == 1:
        return 0.0
    quantiles = student_t_ppf(alpha, size - 1) / student_t_ppf(alpha, scenarios - 1)
    return size * quantiles**2


def _design_effect(scenarios: Sequence[ScenarioCounts], icc0: float) -> float:
    """Largest estimate over the outcomes of unassessed attempts, kept within floor and ceiling.

    The ceiling, the mean size met by an attempt, makes a scenario worth one attempt.
    """
    size = sum(s.size for s in scenarios)
    ceiling = sum(s.size**2 for s in scenarios) / size
    floor = 1.0 + (ceiling - 1.0) * icc0
    open_scenarios = [s for s in scenarios if s.unassessed]
    unassessed = sum(s.unassessed for s in open_scenarios)
    if len(scenarios) == 1 or unassessed * len(open_scenarios) > _SEARCH_BUDGET:
        return ceiling
    successes = sum(s.successes for s in scenarios)
    squares = (
        sum(s.successes**2 for s in scenarios),
        sum(s.successes * s.size for s in scenarios),
        sum(s.size**2 for s in scenarios),
    )
    largest = 0.0
    for added in range(unassessed + 1):
        total = successes + added
        if not 0 < total < size:
            continue
        spread = squares[0] * size**2 - 2 * squares[1] * size * total + squares[2] * total**2
        spread += size * _most_added_spread(open_scenarios, added, total, size)
        largest = max(largest, spread / (size * total * (size - total)))
    correction = len(scenarios) / (len(scenarios) - 1)
    return min(max(floor, largest * correction), ceiling)


def _most_added_spread(
    open_scenarios: Sequence[ScenarioCounts], added: int, total: int, size: int
) -> int:
    """Most that `added` successes among unassessed attempts can add to the squared residuals.

    In units of 1 / size. Turning j of u unassessed attempts of a scenario with residual r into
    successes adds j * (j + 2 r) <= j * (u + 2 r); filling up in the order of the slope maximises
    the sum of the right sides, so the result is never too small.
    """
    slopes = sorted(
        (
            ((s.unassessed + 2 * s.successes) * size - 2 * total * s.size, s.unassessed)
            for s in open_scenarios
        ),
        reverse=True,
    )
    gain = 0
    for slope, room in slopes:
        taken = min(room, added)
        gain += taken * slope
        added -= taken
    return gain
