"""One promise about false alarms for a whole deployment, shared among many detectors.

A deployment promises a mean time T to its first false alarm, all series together. Series i gets a
part w_i of it, sum w_i <= 1, and the run length T / w_i in requests at its declared rate. Proof:
each M_i - N_i, with N_i the requests of series i, does not rise in the mean given everything that
was seen in all series; so neither does sum w_i (M_i - N_i) / rate_i. When the first alarm is
raised, one M_i is at least rate_i T / w_i, so the sum of the first terms is at least T, and so is
the mean of sum w_i N_i / rate_i: the weighted time, each series by its own count. Where no series
is faster than declared, that is at most the time itself. Nothing is assumed about the dependence
between series. Where traffic is faster than declared, the mean time is shorter in proportion.

Splitting was chosen over the procedure of Benjamini and Hochberg on e-values (Wang and Ramdas
2022): that one bounds the share of false alarms among those raised at one moment, and says nothing
of the time between them, which is what people on call have to live with.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from shipworthy.statistics.counts import require_count


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmBudget:
    """Mean time to the first false alarm of all series together, at least `seconds`.

    `reserve`: the part that is kept for series which are not known beforehand.

    Raises:
        ValueError: for a time that is not positive, or a reserve outside [0, 1).
    """

    seconds: float
    reserve: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.seconds < math.inf:
            raise ValueError(f"`seconds` must be positive, not `{self.seconds!r}`")
        if not 0.0 <= self.reserve < 1.0:
            raise ValueError(f"`reserve` must lie in [0, 1), not `{self.reserve!r}`")

    def run_lengths(self, series: Mapping[str, tuple[float, float]]) -> dict[str, float]:
        """Run length in requests of each declared series, by (weight, requests a second).

        Raises:
            ValueError: for no series, or a weight or a rate that is not positive.
        """
        total = math.fsum(weight for weight, _ in series.values())
        if not series or not all(
            weight > 0.0 and 0.0 < rate < math.inf for weight, rate in series.values()
        ):
            raise ValueError("every series needs a positive weight and a positive rate")
        kept = 1.0 - self.reserve
        return {
            name: max(1.0, self.seconds * rate * total / (weight * kept))
            for name, (weight, rate) in series.items()
        }

    def run_length_unforeseen(self, number: int, rate: float) -> float:
        """Run length in requests of the undeclared series that was met as number 1, 2, ...

        Number i gets a part 1 / (i (i + 1)) of the reserve; all of them together use it up.

        Raises:
            ValueError: without a reserve, for a number below 1 or a rate that is not positive.
        """
        if self.reserve == 0.0:
            raise ValueError("nothing of the budget is kept for series that were not declared")
        if require_count("number", number) < 1 or not 0.0 < rate < math.inf:
            raise ValueError("the first series has number 1, and its rate is positive")
        return max(1.0, self.seconds * rate * number * (number + 1) / self.reserve)


def tail_share(number: int) -> float:
    """Part of a level for claim number 1, 2, ... of a list without an end.

    1 / log2(i + 1) - 1 / log2(i + 2): the parts sum to 1, and late claims lose little more than the
    factor by which there are more of them.

    Raises:
        ValueError: for a number below 1.
    """
    if require_count("number", number) < 1:
        raise ValueError("the first claim has number 1")
    first, second = math.log2(number + 1), math.log2(number + 2)
    # The difference of two near reciprocals, written so that its digits survive.
    return math.log1p(1.0 / (number + 1)) / math.log(2.0) / (first * second)
