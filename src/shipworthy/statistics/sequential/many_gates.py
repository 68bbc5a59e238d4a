"""Several gates at once: when all must pass, and when the failing ones are to be named.

The two need opposite things. A go that needs every gate is an intersection-union test (Berger,
Technometrics 24:295, 1982): a wrong go is a wrong pass of some gate whose rate really is too high,
so with every gate at alpha the error is alpha, under any dependence and without correction. A list
of failing gates makes one claim for each entry and does need a correction.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from shipworthy.statistics.counts import NoEvidence, require_probability
from shipworthy.statistics.sequential.decimals import fraction_below
from shipworthy.statistics.sequential.verdicts import SequentialVerdict


def all_must_pass(verdicts: Collection[SequentialVerdict]) -> SequentialVerdict:
    """PASS when every gate passes, at the level of the single gates.

    NOT-SHOWN as soon as one gate ended otherwise, FAIL included: that some gate is too high, said
    after looking at all of them, needs the corrected lists below.

    Raises:
        NoEvidence: without any gate.
    """
    if not verdicts:
        raise NoEvidence("there is no gate, so there is nothing that passes")
    found = set(verdicts)
    if found & {SequentialVerdict.FAIL, SequentialVerdict.NOT_SHOWN}:
        return SequentialVerdict.NOT_SHOWN
    if SequentialVerdict.CONTINUE in found:
        return SequentialVerdict.CONTINUE
    return SequentialVerdict.PASS


def failing_by_discovery_rate(e_values: Mapping[str, Decimal], level: str) -> tuple[str, ...]:
    """e-BH: gates to name so that the expected share of wrong names is at most `level`.

    Of K e-values the k largest, for the greatest k whose k-th is at least K / (k * level); valid
    under any dependence (Wang and Ramdas, JRSS B 84:822, 2022). All e-values must have been taken
    at one stopping time: the largest value that a gate ever had is not an e-value.

    Names come back in the order given.

    Raises:
        ValueError: for a level that is not a decimal string in (0, 1), or a negative e-value.
    """
    bound, ranked = fraction_below("level", level, Fraction(1)), _ranked(e_values)
    kept = 0
    for rank, (value, _) in enumerate(ranked, start=1):
        if value * rank * bound >= len(ranked):
            kept = rank
    return _in_order(e_values, {name for _, name in ranked[:kept]})


def failing_by_family_error(e_values: Mapping[str, Decimal], level: str) -> tuple[str, ...]:
    """Holm on e-values: gates to name so that any wrong name has probability at most `level`.

    The largest of K needs K / level, the next (K - 1) / level, and so on until one falls short;
    valid under any dependence. The largest value that a gate ever had may be used here: by Ville's
    inequality its inverse is a p-value.

    Names come back in the order given.

    Raises:
        ValueError: for a level that is not a decimal string in (0, 1), or a negative e-value.
    """
    bound, ranked = fraction_below("level", level, Fraction(1)), _ranked(e_values)
    named: set[str] = set()
    for rank, (value, name) in enumerate(ranked):
        if value * bound < len(ranked) - rank:
            break
        named.add(name)
    return _in_order(e_values, named)


def holm_adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values (Scand. J. Statist. 6:65, 1979), for one look at fixed samples.

    Those at most `alpha` may be named with family-wise error at most `alpha`.

    Raises:
        ValueError: for a value outside [0, 1].
    """
    total, worst = len(p_values), 0.0
    adjusted = [0.0] * total
    for rank, index in enumerate(_ascending(p_values)):
        worst = max(worst, min(1.0, (total - rank) * p_values[index]))
        adjusted[index] = worst
    return tuple(adjusted)


def benjamini_hochberg_adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Benjamini and Hochberg's adjusted p-values (JRSS B 57:289, 1995).

    The false discovery rate is controlled for independent or positively dependent p-values only;
    where gates share scenarios in other ways, use e-values.

    Raises:
        ValueError: for a value outside [0, 1].
    """
    total, best = len(p_values), 1.0
    adjusted = [1.0] * total
    order = _ascending(p_values)
    for rank in range(total, 0, -1):
        index = order[rank - 1]
        best = min(best, total * p_values[index] / rank)
        adjusted[index] = best
    return tuple(adjusted)


def _ranked(e_values: Mapping[str, Decimal]) -> list[tuple[Fraction, str]]:
    values = {name: Fraction(value) for name, value in e_values.items()}
    if any(value < 0 for value in values.values()):
        raise ValueError("an e-value is never negative")
    return sorted(((value, name) for name, value in values.items()), key=lambda one: -one[0])


def _in_order(e_values: Mapping[str, Decimal], named: set[str]) -> tuple[str, ...]:
    return tuple(name for name in e_values if name in named)


def _ascending(p_values: Sequence[float]) -> list[int]:
    for value in p_values:
        require_probability("p_values", value)
    return sorted(range(len(p_values)), key=lambda index: p_values[index])
