"""Beyond the attempts that were made: forecasts that may raise an alarm and never support a go.

The families take the attempts on one scenario to be independent and equally likely to succeed, as
when an attacker picks one of the listed attacks at random each time and asks anew. Nobody tried
that: each attack was tried once. An attacker who never repeats himself, or has better attacks,
meets less resistance than is forecast.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shipworthy.stages.forecasting.curve import CurvePoint, Levels, best_of_points, why_no_curve
from shipworthy.stages.forecasting.strata import Stratum
from shipworthy.statistics.attempts import (
    Alarm,
    CurveBackTest,
    Envelope,
    Refused,
    back_test_asr,
    forecast_asr,
    model_free_sentence,
    unseen_worse_share,
)
from shipworthy.statistics.judged import miss_adjusted_upper

CONFIDENCE: Final = 0.95
"""Of what holds without a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastTerms:
    """What is asked: `attempts` of an attacker, None for the curve alone; `limit` in (0, 1)."""

    levels: Levels
    seed: int
    attempts: int | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What holds without a model: one query of each of `queries` scenarios, drawn independently.

    Up to `share` of queries drawn like them may be worse than the worst of them: of as many as an
    attacker makes, `expected` on average.
    """

    queries: int
    share: float
    expected: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """Forecasts for many attempts. There is no envelope where the campaign supports none."""

    attempts: int
    envelope: Envelope | Refused
    back_test: CurveBackTest | Refused
    unseen: Unseen | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAt:
    """An alarm at a limit; it is raised for every one of `reasons`, and silent without one."""

    limit: float
    reasons: tuple[str, ...]

    @property
    def alarm(self) -> Alarm:
        """The alarm, which has no truth value."""
        return Alarm.RAISED if self.reasons else Alarm.SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumForecast:
    """All that a stratum shows of several attempts; `no_curve` says why there is no curve."""

    stratum: Stratum
    points: tuple[CurvePoint, ...]
    no_curve: str
    beyond: Beyond | None
    alarm: AlarmAt | None


def forecast_stratum(stratum: Stratum, terms: ForecastTerms) -> StratumForecast:
    """Return the measured curve of a stratum and, where attempts are asked for, what lies beyond.

    Raises:
        ValueError: for attempts that were made on every scenario: their share is measured.
    """
    points = best_of_points(stratum, terms.levels)
    beyond = None if terms.attempts is None else _beyond(stratum, terms.attempts, terms.seed)
    alarm = None
    if beyond is not None and terms.limit is not None:
        reasons = tuple(_reasons(stratum, points, beyond, terms.limit))
        alarm = AlarmAt(limit=terms.limit, reasons=reasons)
    return StratumForecast(
        stratum=stratum,
        points=points,
        no_curve=why_no_curve(stratum),
        beyond=beyond,
        alarm=alarm,
    )


def _beyond(stratum: Stratum, attempts: int, seed: int) -> Beyond:
    if stratum.ends_early:
        reason = why_no_curve(stratum)
        return Beyond(
            attempts=attempts,
            envelope=Refused("envelope", reason),
            back_test=Refused("back-test", reason),
            unseen=Refused("model-free", reason),
        )
    return Beyond(
        attempts=attempts,
        envelope=forecast_asr(stratum.scenarios, attempts),
        back_test=back_test_asr(stratum.scenarios, seed),
        unseen=_unseen(len(stratum.scenarios), attempts),
    )


def _unseen(scenarios: int, attempts: int) -> Unseen:
    """Attempts on one scenario resemble each other, so one of each scenario is what counts."""
    share = unseen_worse_share(scenarios, CONFIDENCE)
    return Unseen(
        queries=scenarios,
        share=share,
        expected=math.ceil(attempts * share),
        sentence=model_free_sentence(scenarios, CONFIDENCE),
    )


def _reasons(
    stratum: Stratum, points: tuple[CurvePoint, ...], beyond: Beyond, limit: float
) -> Iterator[str]:
    """Yield why the alarm is raised: what is forecast, what is not shown, what is not known."""
    envelope = beyond.envelope
    if isinstance(envelope, Refused):
        yield f"nothing can be forecast: {envelope.reason}"
    elif not envelope.predicted:
        yield "no family could be fitted, and not knowing is no reason to be silent"
    else:
        if len(envelope.predicted) == 1:
            yield "only one family could be fitted, and one is no envelope"
        for one in envelope.predicted:
            value = max(one.value, envelope.measured)
            if miss_adjusted_upper(value, stratum.caught) >= limit:
                yield f"{one.family} reaches the limit, with what the judge may miss"
    if points and points[-1].upper_adjusted >= limit:
        yield f"{points[-1].k} attempts, which were made, are not shown to stay below the limit"
    for reason in stratum.against:
        yield f"this stands against the finding: {reason}"
