"""Measured curves and forecasts as JSON: shares are decimal strings, rounded to the safe side."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from shipworthy.cli.output.forecast_text import MEASURED, NO_EVIDENCE, SUPPOSED
from shipworthy.kernel import decimal_string
from shipworthy.statistics.attempts import Refused

if TYPE_CHECKING:
    from shipworthy.app.foresight import Forecasts
    from shipworthy.stages.forecasting import AlarmAt, Beyond, CurvePoint, Stratum, StratumForecast
    from shipworthy.statistics.attempts import CurveBackTest, Envelope

PLACES: Final = 4
"""Digits of a forecast: more would depend on the machine's arithmetic."""


def forecast_document(forecasts: "Forecasts") -> dict[str, Any]:
    """Return everything that the text says, and every point of the curves."""
    wishes, alarm = forecasts.wishes, forecasts.alarm
    return {
        "plan": forecasts.plan,
        "name": forecasts.name,
        "alpha": forecasts.alpha,
        "attempts": wishes.attempts,
        "limit": wishes.limit,
        "alarm": None if alarm is None else alarm.value,
        "meaning": {"curve": MEASURED, "forecast": f"{NO_EVIDENCE}; it {SUPPOSED}"},
        "strata": [_stratum(one) for one in forecasts.strata],
    }


def _stratum(one: "StratumForecast") -> dict[str, Any]:
    stratum = one.stratum
    return {
        "domain": stratum.domain,
        "arm": stratum.arm,
        "scenarios": len(stratum.scenarios),
        "attempts_each": stratum.attempts,
        "unassessed": stratum.unassessed,
        "ends_early": stratum.ends_early,
        "judge_catches": decimal_string(stratum.caught, "down"),
        "against": list(stratum.against),
        "against_fewer": list(stratum.against_fewer),
        "attacks": _attacks(stratum),
        "no_curve": one.no_curve or None,
        "curve": [_point(point) for point in one.points],
        "forecast": None if one.beyond is None else _beyond(one.beyond),
        "alarm": None if one.alarm is None else _alarm(one.alarm),
    }


def _attacks(stratum: "Stratum") -> list[dict[str, Any]]:
    return [asdict(one) for one in stratum.attacks]


def _point(point: "CurvePoint") -> dict[str, Any]:
    bound = point.bound
    return {
        "k": point.k,
        "lowest": decimal_string(bound.lowest, "down"),
        "highest": decimal_string(bound.highest, "up"),
        "lower": decimal_string(bound.lower, "down"),
        "upper": decimal_string(bound.upper, "up"),
        "exact_lower": decimal_string(bound.exact_lower, "down"),
        "exact_upper": decimal_string(bound.exact_upper, "up"),
        "upper_adjusted": decimal_string(point.upper_adjusted, "up"),
    }


def _beyond(beyond: "Beyond") -> dict[str, Any]:
    unseen = beyond.unseen
    return {
        "attempts": beyond.attempts,
        **_envelope(beyond.envelope),
        "back_test": _back_test(beyond.back_test),
        "model_free": {"refused": unseen.reason}
        if isinstance(unseen, Refused)
        else {
            "queries": unseen.queries,
            "worse_share": decimal_string(unseen.share, "up"),
            "expected": unseen.expected,
            "sentence": unseen.sentence,
        },
    }


def _envelope(envelope: "Envelope | Refused") -> dict[str, Any]:
    if isinstance(envelope, Refused):
        return {"predicted": {}, "refused": {envelope.family: envelope.reason}, "envelope": None}
    spread = envelope.spread
    return {
        "predicted": {
            one.family: decimal_string(max(one.value, envelope.measured), "up", PLACES)
            for one in envelope.predicted
        },
        "refused": {one.family: one.reason for one in envelope.refused},
        "envelope": None
        if spread is None
        else {
            "least": decimal_string(spread[0], "down", PLACES),
            "most": decimal_string(spread[1], "up", PLACES),
        },
    }


def _back_test(test: "CurveBackTest | Refused") -> dict[str, Any]:
    if isinstance(test, Refused):
        return {"refused": test.reason}
    return {
        "attempts": test.attempts,
        "measured": decimal_string(test.measured),
        "families": {
            one.family: {
                "trials": one.trials,
                "fitted": one.fitted,
                "within_factor_ten": one.hits,
                "too_low": one.short,
            }
            for one in test.scores
        },
    }


def _alarm(alarm: "AlarmAt") -> dict[str, Any]:
    return {"state": alarm.alarm.value, "reasons": list(alarm.reasons)}
