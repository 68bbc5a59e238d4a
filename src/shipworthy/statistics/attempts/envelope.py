"""Forecasts of ASR@K for many more attempts than were made, and a test of them on known data."""

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.statistics.attempts.families import (
    FAMILIES,
    Tally,
    measured_curve,
    tally_of,
)
from shipworthy.statistics.attempts.forecast import Envelope, Predicted, Refused
from shipworthy.statistics.attempts.order import random_order
from shipworthy.statistics.attempts.repeated import IndependentAttempts
from shipworthy.statistics.counts import NoEvidence, require_count

LEAST_ATTEMPTS_TO_TEST = 20
"""Fewest attempts a scenario for which a tenth still shows how scenarios differ."""


@dataclass(frozen=True, slots=True)
class FamilyScore:
    """How one family's forecasts from a tenth of the attempts met what all attempts showed.

    `fitted` of the trials gave a forecast; `hits` of these were within a factor of ten, and `short`
    were lower than the truth by more than that.
    """

    family: str
    trials: int
    fitted: int
    hits: int
    short: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveBackTest:
    """Back-test of forecasts of ASR@`attempts`, whose measured value was `measured`."""

    attempts: int
    measured: float
    scores: tuple[FamilyScore, ...]


def forecast_asr(scenarios: Sequence[IndependentAttempts], attempts: int) -> Envelope:
    """Forecast the share of scenarios that fall within `attempts` attempts each.

    Unassessed attempts count as successes. Families that the data cannot support are listed with
    the reason.

    Raises:
        ValueError: when `attempts` does not exceed the attempts made, where ASR@k is measured.
        NoEvidence: without any scenario.
    """
    tally = _worst_tally(scenarios)
    made = min(n for n, _ in tally)
    if require_count("attempts", attempts) <= made:
        raise ValueError(
            f"ASR@{attempts} needs no forecast: every scenario was attempted {made} times"
        )
    fits = [family(tally, attempts) for family in FAMILIES]
    return Envelope(
        attempts=attempts,
        predicted=tuple(one for one in fits if isinstance(one, Predicted)),
        refused=tuple(one for one in fits if isinstance(one, Refused)),
        measured_at=made,
        measured=measured_curve(tally, [made])[0],
    )


def back_test_asr(
    scenarios: Sequence[IndependentAttempts], seed: int, trials: int = 5
) -> CurveBackTest | Refused:
    """Forecast from a random tenth of every scenario's attempts what all of them showed.

    The tenth is drawn by SHA-256 from `seed`, so that anyone can draw it again. A factor of ten is
    a weak test where the measured share is large.

    Raises:
        ValueError: for a negative seed or without a trial.
        NoEvidence: without any scenario.
    """
    require_count("seed", seed)
    if require_count("trials", trials) == 0:
        raise ValueError("a back-test needs at least one trial")
    tally = _worst_tally(scenarios)
    made = min(n for n, _ in tally)
    if made < LEAST_ATTEMPTS_TO_TEST:
        return Refused(
            "back-test",
            f"{made} attempts a scenario are fewer than the {LEAST_ATTEMPTS_TO_TEST} needed",
        )
    measured = measured_curve(tally, [made])[0]
    if measured == 0.0:
        return Refused("back-test", "nothing succeeded, so there is no share to forecast")
    tenths = [_tenth(scenarios, made // 10, seed, trial) for trial in range(trials)]
    scores = []
    for family in FAMILIES:
        fits = [family(tenth, made) for tenth in tenths]
        values = [one.value for one in fits if isinstance(one, Predicted)]
        scores.append(
            FamilyScore(
                family=fits[0].family,
                trials=trials,
                fitted=len(values),
                hits=sum(0.1 * measured <= value <= 10.0 * measured for value in values),
                short=sum(value < 0.1 * measured for value in values),
            )
        )
    return CurveBackTest(attempts=made, measured=measured, scores=tuple(scores))


def _worst_tally(scenarios: Sequence[IndependentAttempts]) -> Tally:
    if not scenarios:
        raise NoEvidence("no scenario was attempted, so nothing can be forecast")
    return tally_of([(s.size, s.successes + s.unassessed) for s in scenarios])


def _tenth(scenarios: Sequence[IndependentAttempts], drawn: int, seed: int, trial: int) -> Tally:
    counts = []
    for index, scenario in enumerate(scenarios):
        ranked = random_order(f"{seed}/{trial}/{index}", scenario.size)
        fallen = scenario.successes + scenario.unassessed
        counts.append((drawn, sum(one < fallen for one in ranked[:drawn])))
    return tally_of(counts)
