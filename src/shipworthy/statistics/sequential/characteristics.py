"""What a design will do at a given true rate: exact probabilities, without simulation.

Dynamic programming over the number of successes, restricted to the counts between the boundaries:
a few dozen at most, so thousands of scenarios take milliseconds. All terms are positive, hence the
floating-point result is within (4 n + 8) 2^-53 of the exact one, relatively, after n scenarios.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from shipworthy.statistics.counts import require_probability
from shipworthy.statistics.sequential.boundary import Boundaries


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """Probabilities of every way to end at true rate `rate`, and of every time to end.

    `passed + failed + futile + exhausted` is 1. `stopping[n]` is the probability that the campaign
    ends with scenario n; `expected` is the mean of n.
    """

    rate: float
    passed: float
    failed: float
    futile: float
    exhausted: float
    expected: float
    stopping: tuple[float, ...]

    @property
    def not_shown(self) -> float:
        """Probability of the verdict NOT-SHOWN, by futility or at the cap."""
        return self.futile + self.exhausted

    def quantile(self, share: float) -> int:
        """Fewest scenarios with which the campaign has ended with probability `share` or more.

        Raises:
            ValueError: for a share outside [0, 1].
        """
        require_probability("share", share)
        # a hair below, so that rounding in the sum does not push the answer to the cap
        enough = share * (1.0 - 1e-12)
        ended = accumulate(self.stopping)
        return next((n for n, so_far in enumerate(ended) if so_far >= enough), self._last)

    @property
    def _last(self) -> int:
        return len(self.stopping) - 1


def operating_characteristics(
    boundaries: Boundaries, rate: float, *, futility: bool = True
) -> OperatingCharacteristics:
    """Compute how a campaign ends when every outcome is assessed and succeeds at `rate`.

    With `futility` false, somebody overrides that rule every time and goes on to the cap.

    Raises:
        ValueError: for a rate outside [0, 1].
    """
    require_probability("rate", rate)
    fails = _edges(boundaries.fail_until, boundaries.cap)
    bands = _futile_bands(boundaries) if futility else None
    passed = failed = futile = exhausted = 0.0
    stopping = [0.0] * (boundaries.cap + 1)
    for row in _march(_Edges(_passes(boundaries), fails, bands), rate):
        passed, failed, futile = passed + row.passing, failed + row.leaving, futile + row.futile
        exhausted += row.remaining
        stopping[row.scenarios] = row.passing + row.leaving + row.futile + row.remaining
    return OperatingCharacteristics(
        rate=rate,
        passed=passed,
        failed=failed,
        futile=futile,
        exhausted=exhausted,
        expected=sum(n * mass for n, mass in enumerate(stopping)),
        stopping=tuple(stopping),
    )


def pass_probability(boundaries: Boundaries, rate: float, *, futility: bool = False) -> float:
    """Probability to PASS by the cap when nothing but PASS stops, or also futility.

    Without futility this is the largest possible at this rate, whatever else makes people stop.
    It never grows with the rate (`spec/sequential.md`, 6.2).

    Raises:
        ValueError: for a rate outside [0, 1].
    """
    require_probability("rate", rate)
    hopeless = len(boundaries.pass_at)  # so many successes can never PASS within the cap
    stops = [hopeless] * (boundaries.cap + 1)
    bands = _futile_bands(boundaries) if futility else None
    return sum(row.passing for row in _march(_Edges(_passes(boundaries), stops, bands), rate))


def fail_probability(boundaries: Boundaries, rate: float) -> float:
    """Probability to FAIL by the cap when nothing but FAIL stops; it never falls with the rate.

    Raises:
        ValueError: for a rate outside [0, 1].
    """
    require_probability("rate", rate)
    fails = _edges(boundaries.fail_until, boundaries.cap)
    nowhere = [-1] * (boundaries.cap + 1)
    return sum(row.leaving for row in _march(_Edges(nowhere, fails, None), rate))


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where probability leaves after n scenarios, for every n.

    `passes[n]` is the largest count that leaves at the bottom, `stops[n]` the smallest that leaves
    at the top; where both apply, the bottom wins. Of what is between, counts in `bands[n]` (from,
    below) leave as well.
    """

    passes: Sequence[int]
    stops: Sequence[int]
    bands: Sequence[tuple[int, int]] | None


@dataclass(frozen=True, slots=True)
class _Row:
    """Probability that leaves after `scenarios`: at bottom and top, in the band, at the cap."""

    scenarios: int
    passing: float
    leaving: float
    futile: float
    remaining: float


def _march(edges: _Edges, rate: float) -> Iterator[_Row]:
    """Yield the rows at which probability leaves."""
    other = 1.0 - rate
    cap = len(edges.passes) - 1
    mass, lowest = [1.0], 0
    for scenarios in range(1, cap + 1):
        mass = [
            stay * other + move * rate
            for stay, move in zip([*mass, 0.0], [0.0, *mass], strict=True)
        ]
        bottom, top = edges.passes[scenarios], edges.stops[scenarios]
        first, end = edges.bands[scenarios] if edges.bands else (top, top)
        above = lowest + len(mass)
        if lowest > bottom and above <= min(top, first) and scenarios < cap:
            continue
        passed = max(0, min(len(mass), bottom + 1 - lowest))
        passing = sum(mass[:passed])
        mass, lowest = mass[passed:], lowest + passed
        kept = max(0, min(len(mass), top - lowest))
        leaving = sum(mass[kept:])
        mass = mass[:kept]
        begin, stop = max(0, first - lowest), max(0, min(len(mass), end - lowest))
        futile = sum(mass[begin:stop])
        mass[begin:stop] = [0.0] * max(0, stop - begin)
        remaining = sum(mass) if scenarios == cap else 0.0
        yield _Row(scenarios, passing, leaving, futile, remaining)
        while mass and mass[-1] == 0.0:
            mass.pop()
        if not mass:
            return


def _futile_bands(boundaries: Boundaries) -> list[tuple[int, int]]:
    """Counts that are futile and not pursued, after n scenarios, for every n."""
    futile = _edges(boundaries.futile_until, boundaries.cap)
    pursued = _edges(boundaries.pursued_until, boundaries.cap)
    return list(zip(futile, pursued, strict=True))


def _passes(boundaries: Boundaries) -> list[int]:
    """Largest passing count after n scenarios, for every n; -1 where none passes."""
    edges = [-1] * (boundaries.cap + 1)
    reach = [*boundaries.pass_at, boundaries.cap + 1]
    for count, (first, following) in enumerate(pairwise(reach)):
        edges[first:following] = [count] * (following - first)
    return edges


def _edges(until: Sequence[int], cap: int) -> list[int]:
    """Smallest stopping count after n scenarios, for every n; cap + 1 where none stops."""
    edges = [cap + 1] * (cap + 1)
    covered = 0
    for count, last in enumerate(until):
        edges[covered + 1 : last + 1] = [count] * (last - covered)
        covered = max(covered, last)
    return edges
