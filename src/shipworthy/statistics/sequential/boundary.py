"""The boundaries of a design as tables, so that a verdict costs three look-ups.

For a given number of successes, E_pass grows with every further scenario while E_fail shrinks and
futility ends. So one number per count of successes says everything, and it is proved by two exact
comparisons: at that number of scenarios and at its neighbour. Floats only guess where to look.
"""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

from shipworthy.statistics.sequential.design import SequentialDesign
from shipworthy.statistics.sequential.mixture import Mixture
from shipworthy.statistics.sequential.verdicts import SequentialVerdict

_BELOW, _AT_OR_BELOW, _AT_OR_ABOVE = frozenset({-1}), frozenset({-1, 0}), frozenset({0, 1})


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Where a design decides, indexed by successes.

    `pass_at[s]`: fewest scenarios at which s successes PASS (only those within the cap).
    `fail_until[s]`, `futile_until[s]`: most scenarios at which s successes FAIL or are futile,
    0 when at none; `pursued_until[s]`: most scenarios at which s known successes make futility
    wait for FAIL. More successes than a table has entries do so up to the cap.
    """

    cap: int
    pass_at: tuple[int, ...]
    fail_until: tuple[int, ...]
    futile_until: tuple[int, ...]
    pursued_until: tuple[int, ...] = (0,)

    def verdict(self, successes: int, scenarios: int, unassessed: int = 0) -> SequentialVerdict:
        """Decide after `scenarios`, of which `unassessed` have no outcome.

        `successes` counts known ones only. Unassessed scenarios count as successes for PASS and
        futility, and as failures for FAIL.

        Raises:
            ValueError: for counts that no campaign under this design can have.
        """
        most = successes + unassessed
        if successes < 0 or unassessed < 0 or most > scenarios or scenarios > self.cap:
            raise ValueError(
                f"{successes} successes and {unassessed} unassessed in {scenarios} scenarios"
                f" are impossible with a cap of {self.cap}"
            )
        if self.passes(most, scenarios):
            return SequentialVerdict.PASS
        if self.fails(successes, scenarios):
            return SequentialVerdict.FAIL
        hopeless = _within(self.futile_until, most, scenarios)
        if scenarios == self.cap or (hopeless and not self.pursued(successes, scenarios)):
            return SequentialVerdict.NOT_SHOWN
        return SequentialVerdict.CONTINUE

    def passes(self, successes: int, scenarios: int) -> bool:
        """Whether E_pass has reached its threshold, every unassessed scenario a success."""
        return successes < len(self.pass_at) and scenarios >= self.pass_at[successes]

    def fails(self, successes: int, scenarios: int) -> bool:
        """Whether E_fail has reached its threshold, every unassessed scenario a failure."""
        return _within(self.fail_until, successes, scenarios)

    def pursued(self, successes: int, scenarios: int) -> bool:
        """Whether E_fail is large enough to go on for FAIL, unassessed scenarios as failures."""
        return _within(self.pursued_until, successes, scenarios)

    def largest_pass(self, scenarios: int) -> int | None:
        """Most successes that PASS after `scenarios`; none when even zero do not."""
        passing = bisect_right(self.pass_at, scenarios)
        return passing - 1 if passing else None

    def smallest_fail(self, scenarios: int) -> int | None:
        """Fewest successes that FAIL after `scenarios`; none when even all do not."""
        return _smallest(self.fail_until, scenarios)

    def smallest_futile(self, scenarios: int) -> int | None:
        """Fewest successes that are futile after `scenarios`; none when even all are not."""
        return _smallest(self.futile_until, scenarios)

    def smallest_pursued(self, scenarios: int) -> int | None:
        """Fewest successes that make futility wait after `scenarios`; none when even all do not."""
        return _smallest(self.pursued_until, scenarios)


def boundaries(design: SequentialDesign) -> Boundaries:
    """Compute the tables of a design, exactly."""
    enough, too_much = 1 / Fraction(design.pass_level), 1 / Fraction(design.beta)
    not_yet = _Rule(design.below, enough, _BELOW)
    failing = _Rule(design.above, too_much, _AT_OR_ABOVE)
    hopeless = _Rule(design.hope, Fraction(design.futility), _AT_OR_BELOW)
    pursued = _Rule(design.above, Fraction(design.pursuit), _AT_OR_ABOVE)
    return Boundaries(
        cap=design.cap,
        pass_at=_pass_at(not_yet, design.cap),
        fail_until=_until(failing, design.cap),
        futile_until=_until(hopeless, design.cap) if hopeless.threshold else (0,),
        pursued_until=_until(pursued, design.cap) if pursued.threshold else (0,),
    )


def fewest_to_pass(design: SequentialDesign, successes: int, most: int) -> int | None:
    """Fewest scenarios at which so many successes PASS, whatever the cap; nothing beyond `most`."""
    not_yet = _Rule(design.below, 1 / Fraction(design.pass_level), _BELOW)
    last = _last(not_yet, successes, most)
    return None if last >= most else last + 1


@dataclass(frozen=True, slots=True)
class _Rule:
    """The mixture lies on one of the named sides of the threshold: -1 below, 0 at it, 1 above."""

    mixture: Mixture
    threshold: Fraction
    sides: frozenset[int]

    def holds(self, successes: int, scenarios: int) -> bool:
        return self.mixture.compare(successes, scenarios, self.threshold) in self.sides

    def seems(self, log_threshold: float, successes: int, scenarios: int) -> bool:
        excess = self.mixture.log_value(successes, scenarios) - log_threshold
        return (excess > 0.0) - (excess < 0.0) in self.sides


def _pass_at(rule: _Rule, cap: int) -> tuple[int, ...]:
    """Turn a rule that says `not yet` into the fewest scenarios at which it no longer does."""
    found: list[int] = []
    for successes in range(cap + 1):
        last = _last(rule, successes, cap)
        if last == cap:
            break
        found.append(last + 1)
    return tuple(found)


def _until(rule: _Rule, cap: int) -> tuple[int, ...]:
    found: list[int] = []
    for successes in range(cap + 1):
        last = _last(rule, successes, cap)
        found.append(last if last >= max(1, successes) else 0)
        if last == cap:
            break
    return tuple(found)


def _last(rule: _Rule, successes: int, cap: int) -> int:
    """Most scenarios within the cap at which a rule holds that never holds again afterwards.

    One less than `successes` when it holds nowhere. Floats guess; the last two loops prove both
    sides, whatever was guessed.
    """
    threshold = rule.threshold
    log_threshold = math.log(threshold.numerator) - math.log(threshold.denominator)
    low, high = successes - 1, cap
    while low < high:
        middle = (low + high + 1) // 2
        if rule.seems(log_threshold, successes, middle):
            low = middle
        else:
            high = middle - 1
    while low < cap and rule.holds(successes, low + 1):
        low += 1
    while low >= successes and not rule.holds(successes, low):
        low -= 1
    return low


def _within(until: tuple[int, ...], successes: int, scenarios: int) -> bool:
    if successes >= len(until):
        return 0 < scenarios <= until[-1]
    return 0 < scenarios <= until[successes]


def _smallest(until: tuple[int, ...], scenarios: int) -> int | None:
    found = bisect_left(until, scenarios)
    return found if found < len(until) else None
