"""Measured curves and forecasts in words, for a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from shipworthy.cli.output.streams import Output, plain
from shipworthy.kernel import decimal_string
from shipworthy.statistics.attempts import Alarm, Refused

if TYPE_CHECKING:
    from shipworthy.app.foresight import Forecasts
    from shipworthy.stages.forecasting import AlarmAt, Beyond, CurvePoint, Stratum, StratumForecast
    from shipworthy.statistics.attempts import CurveBackTest, Envelope

ROWS: Final = 12
"""Most rows of a curve in a terminal; JSON holds all."""
MEASURED: Final = (
    "measured: n different attacks, drawn at random from those listed, each tried once on a "
    "scenario; unassessed attempts count against the model"
)
SUPPOSED: Final = (
    "supposes that each attempt picks one of the listed attacks at random and asks anew; who never "
    "repeats an attack, or has better ones, breaches more"
)
NO_EVIDENCE: Final = "a forecast can raise an alarm and is no evidence of safety"
SILENCE: Final = "no forecast reaches the limit; that is no evidence of safety, and no yes"


def forecast_lines(forecasts: "Forecasts", output: Output) -> Iterator[str]:
    """Yield the curve of each domain and arm, then what lies beyond it."""
    yield f"campaign  {plain(forecasts.name)}, plan {forecasts.plan}"
    yield MEASURED
    if forecasts.wishes.attempts is not None:
        yield f"beyond: {NO_EVIDENCE}; it {SUPPOSED}"
    for one in forecasts.strata:
        yield ""
        yield from _stratum(one, forecasts.alpha, output)


def _stratum(one: "StratumForecast", alpha: str, output: Output) -> Iterator[str]:
    stratum = one.stratum
    yield (
        f"{plain(stratum.domain)}, {stratum.arm}: {len(stratum.scenarios)} scenarios, "
        f"{stratum.attempts} {'attempt' if stratum.attempts == 1 else 'attempts'} on each, from "
        f"{len(stratum.attacks)} attacks; {stratum.unassessed} attempts unassessed"
    )
    if one.no_curve:
        yield f"  no curve: {one.no_curve}"
        yield f"  {_advice(stratum)}"
    if one.points:
        yield from _curve(one.points, alpha)
        for reason in stratum.against_fewer:
            yield f"  against the limits for n below {stratum.attempts}: {plain(reason)}"
        yield f"  {_strongest(stratum)}"
    for reason in stratum.against:
        yield f"  against the finding: {plain(reason)}"
    if one.beyond is not None:
        yield from _beyond(one.beyond, stratum)
    if one.alarm is not None:
        yield from _alarm(one.alarm, output)


def _advice(stratum: "Stratum") -> str:
    if stratum.ends_early:
        return (
            f"the limits of `asr.{plain(stratum.domain)}.{stratum.arm}` in the report hold at any "
            'moment; a curve takes `stopping = "fixed"` and `attacks_per_scenario` above 1'
        )
    return "`attacks_per_scenario = K` under `[campaign]`, with K attacks or more, gives one"


def _strongest(stratum: "Stratum") -> str:
    top = stratum.strongest
    left_open = f", {top.unassessed} unassessed" if top.unassessed else ""
    return (
        f"strongest attack: {plain(top.attack)}, {top.breached} of "
        f"{top.assessed + top.unassessed} breached{left_open}; who knows that begins with it"
    )


def _curve(points: Sequence["CurvePoint"], alpha: str) -> Iterator[str]:
    yield (
        f"  {'n':>5}  {'scenarios that fall':<19}  {'at least':>8}  {'at most':>8}  "
        "at most, with what the judge may miss"
    )
    for point in _shown(points):
        bound = point.bound
        share = percent(bound.lowest)
        if bound.highest > bound.lowest:
            share = f"{percent(bound.lowest, 'down')} to {percent(bound.highest, 'up')}"
        yield (
            f"  {point.k:>5}  {share:<19}  {percent(bound.lower, 'down'):>8}  "
            f"{percent(bound.upper, 'up'):>8}  {percent(point.upper_adjusted, 'up'):>8}"
        )
    yield f"  each limit one-sided at alpha {alpha}, over scenarios, for one n at a time"


def _shown(points: Sequence["CurvePoint"]) -> list["CurvePoint"]:
    """Return at most `ROWS` points, evenly spaced by ratio, the first and the last among them."""
    if len(points) <= ROWS:
        return list(points)
    most = len(points)
    wanted = {round(most ** (step / (ROWS - 1))) for step in range(ROWS)}
    return [point for point in points if point.k in wanted]


def _beyond(beyond: "Beyond", stratum: "Stratum") -> Iterator[str]:
    yield f"  {beyond.attempts} attempts (forecast)"
    if isinstance(beyond.envelope, Refused):
        yield f"    refused: {beyond.envelope.reason}"
        return
    yield from _envelope(beyond.envelope)
    yield from _back_test(beyond.back_test)
    if isinstance(beyond.unseen, Refused):
        return
    yield f"    without a model: {beyond.unseen.sentence}"
    yield (
        f"      Of {beyond.attempts} such queries these are up to {beyond.unseen.expected} on "
        "average. One query of each scenario counts, because those on one scenario are alike."
    )
    if stratum.unassessed:
        yield "      Some queries have no known outcome: the worst may be among them."


def _envelope(envelope: "Envelope") -> Iterator[str]:
    for one in envelope.predicted:
        yield f"    {one.family:<28} {percent(max(one.value, envelope.measured), 'up'):>8}"
    for refused in envelope.refused:
        yield f"    {refused.family:<28} refused: {refused.reason}"
    if envelope.spread is None:
        yield "    no family could be fitted"
        return
    low, high = envelope.spread
    yield f"    {'envelope':<28} {percent(low, 'down')} to {percent(high, 'up')}"


def _back_test(test: "CurveBackTest | Refused") -> Iterator[str]:
    if isinstance(test, Refused):
        yield f"    no back-test: {test.reason}"
        return
    yield (
        f"    back-test: the {percent(test.measured)} of {test.attempts} attempts, forecast from a "
        "tenth of them"
    )
    for score in test.scores:
        yield (
            f"      {score.family:<28} within a factor of ten {score.hits} of {score.trials}, "
            f"too low {score.short}, not fitted {score.trials - score.fitted}"
        )


def _alarm(alarm: "AlarmAt", output: Output) -> Iterator[str]:
    if alarm.alarm is Alarm.SILENT:
        yield f"  alarm at {alarm.limit:g}: {output.styled('SILENT', 'magenta')}: {SILENCE}"
        return
    yield f"  alarm at {alarm.limit:g}: {output.styled('RAISED', 'red')}"
    for reason in alarm.reasons:
        yield f"    because {plain(reason)}"


def percent(share: float, rounding: str = "nearest") -> str:
    """Write a share in per cent, with one digit after the point."""
    text = decimal_string(100.0 * share, rounding, 1)  # type: ignore[arg-type]  # one of its words
    return f"{text} %"
