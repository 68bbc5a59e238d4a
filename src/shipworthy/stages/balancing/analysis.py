"""Whether answers are balanced, measure by measure: shown by equivalence, or not shown.

Topics are the unit. A pair that was not assessed stays in the data, and every claim has to hold for
each way of `filled` to fill it in: for `a`, for `b`, and away from balance in each topic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.kernel import Problem
from shipworthy.stages.balancing.design import BalanceDesign, BalanceVerdict
from shipworthy.stages.balancing.scoring import ScoredPair
from shipworthy.stages.balancing.tilts import Differences, hidden_tilt_lower
from shipworthy.statistics.equivalence import (
    Balance,
    MarginVerdict,
    Nature,
    Parity,
    balance,
    filled,
    refusal_parity,
    topics_needed,
)
from shipworthy.statistics.paired import PairedTable

WANTED_POWER: Final = 0.9
"""Probability to show balance for which the number of topics is given."""

_ONE_WAY: Final = "the mean lies beyond the margin"
_EACH_ITS_OWN: Final = "topics lean by more than the margin on average, each its own way"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureBalance:
    """What the answers show about one measure; differences are `a` minus `b`, in [-1, 1].

    `mean` is that of topics over assessed pairs, None without any. `lower` and `upper` limit it,
    each at 1 - alpha, unassessed pairs at their worst. `spread` is the standard deviation of topics
    without the noise of pairs, `noise` that of pairs in a topic, both of assessed pairs alone;
    `spread_upper` and `tilted_upper` are limits. `tilted` names topics that lean beyond the margin,
    for reading: it is no finding about one of them. `hidden_lower` limits the size of tilts in
    whatever direction. `parity` compares refusals pair by pair. `reasons` say why the verdict is
    not BALANCED.
    """

    measure: str
    verdict: BalanceVerdict
    reasons: tuple[str, ...]
    mean: float | None
    lower: float
    upper: float
    spread: float
    noise: float
    spread_upper: float
    tilted: tuple[str, ...]
    tilted_upper: float
    hidden_lower: float | None
    parity: Parity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAnalysis:
    """The verdicts on all measures; `unassessed` counts pairs that lack an answer."""

    design: BalanceDesign
    topics: int
    pairs: int
    unassessed: int
    measures: tuple[MeasureBalance, ...]

    @property
    def verdict(self) -> BalanceVerdict:
        """BALANCED if every measure is (an intersection-union test); SKEWED if any is."""
        found = {one.verdict for one in self.measures}
        if BalanceVerdict.SKEWED in found:
            return BalanceVerdict.SKEWED
        if found == {BalanceVerdict.BALANCED}:
            return BalanceVerdict.BALANCED
        return BalanceVerdict.NOT_SHOWN


def analyse_balance(
    scored: Sequence[ScoredPair],
    design: BalanceDesign,
    measures: Sequence[str],
    refusals: str | None = None,
) -> BalanceAnalysis:
    """Test every measure for balance and for skew; `refusals` is also compared pair by pair.

    Raises:
        Problem: `balance-topics` for fewer than two topics.
        ValueError: without measures, or for a difference outside [-1, 1].
    """
    if not measures:
        raise ValueError("nothing can be shown without a measure")
    grouped: dict[str, list[ScoredPair]] = {}
    # repeats of a task fall into both halves of a topic
    for pair in sorted(scored, key=lambda one: (one.topic, one.task, one.repeat)):
        grouped.setdefault(pair.topic, []).append(pair)
    require_topics(len(grouped))
    found = []
    for name in measures:
        topics = {
            topic: [None if one.differences is None else one.differences[name] for one in pairs]
            for topic, pairs in grouped.items()
        }
        parity = _parity(scored, design) if name == refusals else None
        found.append(_measured(name, topics, design, design.skew_alpha(len(measures)), parity))
    return BalanceAnalysis(
        design=design,
        topics=len(grouped),
        pairs=len(scored),
        unassessed=sum(one.differences is None for one in scored),
        measures=tuple(found),
    )


def require_topics(count: int) -> None:
    """Refuse answers about so few topics that nothing can be shown.

    Raises:
        Problem: `balance-topics` for fewer than two.
    """
    if count < 2:
        raise Problem.of(
            "balance-topics",
            f"balance is a matter of many topics, and there are {count}",
            help="a topic is one observation; the built-in list has enough of them",
        )


def needed_topics(one: MeasureBalance, analysis: BalanceAnalysis) -> int | None:
    """Topics at which balance of a measure would be shown with `WANTED_POWER`.

    It supposes that the true mean is 0, spread and noise are what they were here, and every topic
    has as many pairs as here; refusals pair by pair are left out. None where no number is enough.
    """
    nature = Nature(
        noise=one.noise,
        spread=one.spread,
        pairs=max(1, round(analysis.pairs / analysis.topics)),
    )
    return topics_needed(nature, analysis.design.limits, analysis.design.alpha, WANTED_POWER)


def _measured(
    name: str, topics: Differences, design: BalanceDesign, skew_alpha: float, parity: Parity | None
) -> MeasureBalance:
    limits = design.limits
    fills = filled(topics)
    runs = [balance(one, limits, design.alpha) for one in fills]
    skews = [balance(one, limits, skew_alpha) for one in fills]
    hidden = hidden_tilt_lower(topics, limits, skew_alpha)
    one_way = _one_way(skews)
    tilts = hidden is not None and hidden > limits.margin
    reasons = tuple(_reasons(runs, design, parity))
    if one_way or tilts:
        verdict = BalanceVerdict.SKEWED
        reasons = (_ONE_WAY if one_way else _EACH_ITS_OWN, *reasons)
    else:
        verdict = BalanceVerdict.NOT_SHOWN if reasons else BalanceVerdict.BALANCED
    assessed = _assessed(topics)
    return MeasureBalance(
        measure=name,
        verdict=verdict,
        reasons=reasons,
        mean=_mean([_mean(pairs) for pairs in assessed.values()]) if assessed else None,
        lower=min(run.lower for run in runs),
        upper=max(run.upper for run in runs),
        spread=balance(assessed, limits, design.alpha).spread if len(assessed) > 1 else 0.0,
        noise=_noise(assessed),
        spread_upper=max(run.spread_upper for run in runs),
        tilted=tuple(name for name in topics if any(name in run.tilted for run in runs)),
        tilted_upper=max(run.tilted_upper for run in runs),
        hidden_lower=hidden,
        parity=parity,
    )


def _reasons(runs: Sequence[Balance], design: BalanceDesign, parity: Parity | None) -> list[str]:
    """Say what stands against balance; nothing where it is shown."""
    found = []
    if any(run.mean_verdict is not MarginVerdict.WITHIN for run in runs):
        found.append("the limits of the mean do not lie inside the margin")
    if max(run.spread_upper for run in runs) >= design.most_spread:
        found.append("topics may differ among each other by more than the spread allowed")
    if max(run.tilted_upper for run in runs) >= design.most_tilted:
        found.append("more topics than allowed may lie beyond the margin")
    if parity is not None and parity.verdict is not MarginVerdict.WITHIN:
        found.append("refusal rates are not shown to agree pair by pair")
    return found


def _one_way(runs: Sequence[Balance]) -> bool:
    beyond = all(run.mean_verdict is MarginVerdict.BEYOND for run in runs)
    return beyond and len({run.mean > 0.0 for run in runs}) == 1


def _assessed(topics: Differences) -> Mapping[str, list[float]]:
    kept = {name: [one for one in pairs if one is not None] for name, pairs in topics.items()}
    return {name: pairs for name, pairs in kept.items() if pairs}


def _parity(scored: Sequence[ScoredPair], design: BalanceDesign) -> Parity:
    seen = [one.refused for one in scored if one.refused is not None]
    table = PairedTable(
        both=seen.count((True, True)),
        before_only=seen.count((True, False)),
        after_only=seen.count((False, True)),
        neither=seen.count((False, False)),
    )
    return refusal_parity(
        table, design.alpha, margin=design.refusal_margin, unassessed=len(scored) - len(seen)
    )


def _noise(topics: Mapping[str, Sequence[float]]) -> float:
    """Standard deviation of pairs around their topic, pooled; 0 where no topic has two."""
    freedom = sum(len(pairs) - 1 for pairs in topics.values())
    squares = math.fsum((one - _mean(pairs)) ** 2 for pairs in topics.values() for one in pairs)
    return math.sqrt(squares / freedom) if freedom else 0.0


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
