"""What a forecast is: something that may raise an alarm and can never support a go.

Measured bounds have limits (`upper`, `interval`, `confidence`), and those are what a requirement
reads. The types here have none of these, cannot be compared or turned into a number, and the answer
they give, an `Alarm`, has no truth value. The reason is measured: no family of curves is right
everywhere (errors from -0.33 to +0.22 at a hundredfold extrapolation, with intervals that exclude
the truth), and where one query in 3000 is of another kind, extreme-value forecasts fall short by
more than a factor of ten in most cases.
"""

import math
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from shipworthy.statistics.counts import NoEvidence, require_confidence, require_count


class Alarm(Enum):
    """What a forecast says about a limit. It has no truth value: compare it."""

    RAISED = "raised"
    """Some forecast, or what was measured, lies above the limit, or nothing could be fitted."""
    SILENT = "silent"
    """No forecast lies above the limit. That is not evidence of safety, and no gate reads it."""

    def __bool__(self) -> NoReturn:
        raise TypeError("an Alarm is not a verdict: compare it, do not use it as a condition")


@dataclass(frozen=True, slots=True)
class Refused:
    """A forecast that the data do not support, and why."""

    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class Predicted:
    """One family's forecast: a share of scenarios or a probability, in [0, 1]."""

    family: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Forecasts of ASR@`attempts` by every family that could be fitted, and the others' reasons.

    `measured` is the unbiased ASR@`measured_at` of the same data with unassessed attempts taken as
    successes; ASR@k never falls with k, so `spread` takes no forecast to be lower.
    """

    attempts: int
    predicted: tuple[Predicted, ...]
    refused: tuple[Refused, ...]
    measured_at: int
    measured: float

    @property
    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest forecast; None when no family could be fitted."""
        values = [max(one.value, self.measured) for one in self.predicted]
        return (min(values), max(values)) if values else None

    def alarm(self, limit: float) -> Alarm:
        """Raise when any forecast, or what was measured, is not below `limit`.

        An envelope without any forecast raises too: not knowing is no reason to be silent.
        """
        spread = self.spread
        if spread is None or not max(spread[1], self.measured) < limit:
            return Alarm.RAISED
        return Alarm.SILENT


def unseen_worse_share(queries: int, confidence: float) -> float:
    """Largest share of future queries that can be worse than the worst of `queries` evaluated.

    1 - (1 - confidence)^(1/m), near 3/m at 95 %; needs nothing but queries drawn like future ones.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any query.
    """
    require_confidence(confidence)
    if require_count("queries", queries) == 0:
        raise NoEvidence("no query was evaluated, so nothing is known about others")
    return -math.expm1(math.log1p(-confidence) / queries)


def model_free_sentence(queries: int, confidence: float = 0.95) -> str:
    """The sentence that stands beside every forecast.

    Raises:
        ValueError: for a confidence outside (0, 1).
        NoEvidence: without any query.
    """
    share = unseen_worse_share(queries, confidence)
    return (
        f"With {confidence:.0%} confidence, up to {share:.3%} of queries drawn like the {queries} "
        "evaluated are worse than the worst of them; nothing is known about how much worse."
    )
