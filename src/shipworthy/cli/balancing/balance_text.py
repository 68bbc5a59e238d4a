"""Balance in words and tables, for a terminal, and as JSON; bounds are rounded outward."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from shipworthy.cli.output.streams import Output, plain
from shipworthy.instruments.judges.measures import MEASURES
from shipworthy.kernel import decimal_string
from shipworthy.stages.balancing import (
    WANTED_POWER,
    BalanceVerdict,
    Nature,
    needed_topics,
    topics_needed,
)

if TYPE_CHECKING:
    from shipworthy.stages.balancing import BalanceAnalysis, BalanceDesign, MeasureBalance
    from shipworthy.statistics.equivalence import Parity

COLOURS: Final = {
    BalanceVerdict.BALANCED: "green",
    BalanceVerdict.SKEWED: "red",
    BalanceVerdict.NOT_SHOWN: "magenta",
}
WORDS: Final = {
    BalanceVerdict.BALANCED: "BALANCED",
    BalanceVerdict.SKEWED: "SKEWED",
    BalanceVerdict.NOT_SHOWN: "NOT SHOWN",
}
_PLANNED: Final = (8, 16, 32, 64, 128)
"""Pairs a topic that a plan is made for: multiples of the eight kinds of task."""

_NAMED: Final = 8
"""Topics that are named at most."""


def analysis_lines(analysis: "BalanceAnalysis", output: Output) -> Iterator[str]:
    """Yield what was tested, the table of measures, what stands against each, and the verdict."""
    design = analysis.design
    yield (
        f"{analysis.pairs} pairs about {analysis.topics} topics; {analysis.unassessed} pairs lack "
        "an answer and count against every claim"
    )
    yield (
        f"margin {design.margin:g}, spread of topics below {design.most_spread:g}, share of tilted "
        f"topics below {design.most_tilted:g}, refusals pair by pair within "
        f"{design.refusal_margin:g}, level {design.alpha:g}"
    )
    yield "differences are view `a` minus view `b`, from -1 to 1; the unit is the topic"
    yield ""
    yield (
        f"{'measure':<14} {'verdict':<10} {'mean':>7} {'limits':>18} {'spread':>14} "
        f"{'tilted':>8} {'noise':>6}  topics needed"
    )
    for one in analysis.measures:
        word = output.styled(f"{WORDS[one.verdict]:<10}", COLOURS[one.verdict])
        yield f"{one.measure:<14} {word} {_row(one)}  {_needed(one, analysis)}"
    yield ""
    yield (
        "limits: of the mean; spread: estimate and upper limit; tilted: upper limit of the share; "
        f"topics needed: to show balance with probability {WANTED_POWER}, as many pairs each, "
        "were the true mean 0"
    )
    for one in analysis.measures:
        yield from _details(one)
    yield ""
    yield f"balance: {output.styled(WORDS[analysis.verdict], COLOURS[analysis.verdict])}"


def analysis_value(analysis: "BalanceAnalysis") -> Mapping[str, Any]:
    """Return the analysis for JSON, numbers as decimal strings."""
    design = analysis.design
    return {
        "verdict": analysis.verdict.value,
        "topics": analysis.topics,
        "pairs": analysis.pairs,
        "unassessed": analysis.unassessed,
        "margin": decimal_string(design.margin),
        "refusal_margin": decimal_string(design.refusal_margin),
        "most_spread": decimal_string(design.most_spread),
        "most_tilted": decimal_string(design.most_tilted),
        "alpha": decimal_string(design.alpha),
        "skew_alpha": decimal_string(design.skew_alpha(len(analysis.measures))),
        "measures": [_value(one, analysis) for one in analysis.measures],
    }


def plan_rows(
    design: "BalanceDesign", noise: float, spread: float
) -> Sequence[Mapping[str, int | None]]:
    """Return topics and pairs that show balance, for several numbers of pairs a topic."""
    rows: list[Mapping[str, int | None]] = []
    for pairs in _PLANNED:
        nature = Nature(noise=noise, spread=spread, pairs=pairs)
        topics = topics_needed(nature, design.limits, design.alpha, WANTED_POWER)
        total = None if topics is None else topics * pairs
        rows.append({"pairs_per_topic": pairs, "topics": topics, "pairs": total})
    return rows


def plan_lines(rows: Sequence[Mapping[str, int | None]]) -> Iterator[str]:
    """Yield the table of a plan."""
    yield f"{'pairs a topic':>13}  {'topics':>12}  {'pairs':>12}"
    for row in rows:
        topics, pairs = (_count(row[name]) for name in ("topics", "pairs"))
        yield f"{row['pairs_per_topic']:>13}  {topics:>12}  {pairs:>12}"


def _row(one: "MeasureBalance") -> str:
    mean = "-" if one.mean is None else _number(one.mean)
    limits = f"{_number(one.lower, 'down')} to {_number(one.upper, 'up')}"
    spread = f"{_number(one.spread)} < {_number(one.spread_upper, 'up')}"
    tilted = f"< {_number(one.tilted_upper, 'up')}"
    return f"{mean:>7} {limits:>18} {spread:>14} {tilted:>8} {_number(one.noise):>6}"


def _details(one: "MeasureBalance") -> Iterator[str]:
    if one.verdict is BalanceVerdict.BALANCED and one.parity is None:
        return
    measure = next(known for known in MEASURES if known.name == one.measure)
    yield ""
    yield f"{one.measure}: {measure.scale}; {measure.limit}"
    for reason in one.reasons:
        yield f"  {reason}"
    if one.parity is not None:
        interval = one.parity.interval
        yield (
            f"  pair by pair: {_number(interval.lower, 'down')} to "
            f"{_number(interval.upper, 'up')}, {one.parity.verdict.value}; odds `a` refused alone "
            f"to `b` alone {_odds(one.parity)}"
        )
    if one.tilted:
        more = f" and {len(one.tilted) - _NAMED} more" if len(one.tilted) > _NAMED else ""
        names = ", ".join(plain(name) for name in one.tilted[:_NAMED])
        yield f"  lean beyond the margin, to read first: {names}{more}"


def _odds(parity: "Parity") -> str:
    odds = parity.odds
    if odds.estimate is None:
        return "unknown: no pair was refused on one side alone"
    return f"{_ratio(odds.estimate)} ({_ratio(odds.lower)} to {_ratio(odds.upper)})"


def _ratio(value: float) -> str:
    return "unbounded" if math.isinf(value) else f"{value:.2f}"


def _needed(one: "MeasureBalance", analysis: "BalanceAnalysis") -> str:
    return _count(needed_topics(one, analysis))


def _count(count: int | None) -> str:
    return "out of reach" if count is None else str(count)


def _number(value: float, rounding: str = "nearest") -> str:
    return decimal_string(value, rounding, 3)  # type: ignore[arg-type]  # its words


def _value(one: "MeasureBalance", analysis: "BalanceAnalysis") -> Mapping[str, Any]:
    return {
        "measure": one.measure,
        "verdict": one.verdict.value,
        "reasons": list(one.reasons),
        "mean": None if one.mean is None else decimal_string(one.mean),
        "lower": decimal_string(one.lower, "down"),
        "upper": decimal_string(one.upper, "up"),
        "spread": decimal_string(one.spread),
        "spread_upper": decimal_string(one.spread_upper, "up"),
        "noise": decimal_string(one.noise),
        "tilted": list(one.tilted),
        "tilted_upper": decimal_string(one.tilted_upper, "up"),
        "hidden_lower": None
        if one.hidden_lower is None
        else decimal_string(one.hidden_lower, "down"),
        "refusals_pair_by_pair": None if one.parity is None else _parity(one.parity),
        "topics_needed": needed_topics(one, analysis),
    }


def _parity(parity: "Parity") -> Mapping[str, str]:
    return {
        "verdict": parity.verdict.value,
        "lower": decimal_string(parity.interval.lower, "down"),
        "upper": decimal_string(parity.interval.upper, "up"),
    }
