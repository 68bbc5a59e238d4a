"""Does live traffic still look like the traffic on which thresholds were set?

Two samples of categories, a reference and live traffic, arrive in blocks. With predicted shares
q_r and q_l that were fixed before a block of a reference and b live items, and their weighted mean
q = (a q_r + b q_l) / (a + b), the product of q_r(x) / q(x) over the reference items and of
q_l(x) / q(x) over the live ones has mean at most 1 whenever both come from one distribution,
whatever it is: with u and v the means of one factor of each kind, a u + b v = a + b, so
u^a v^b <= 1 (Turner, Ly and Grunwald 2024, for blocks of two groups). The product over blocks is an
e-process: it reaches 1 / alpha with probability at most alpha, whenever one looks.

Shares are predicted from the blocks before, bins never seen before as one bin, so the first block
shows nothing. Tests of many periods
share one level: period number j has a part 1 / (j (j + 1)) of it, which sums to 1.

Items of a block are taken as independent draws from the distribution of the moment. A burst of one
client breaks that: count each account once, or a few times, in a window.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shipworthy.statistics.counts import require_alpha, require_count

_PRIOR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftState:
    """Counts of both samples by bin so far, and the natural logarithm of the e-process."""

    reference: Mapping[str, int] = field(default_factory=dict)
    live: Mapping[str, int] = field(default_factory=dict)
    blocks: int = 0
    log_evidence: float = 0.0
    highest: float = 0.0

    @property
    def distance(self) -> float:
        """Total variation between the two samples so far: an estimate, too large for few items."""
        return total_variation(self.reference, self.live)


def after_block(
    state: DriftState, reference: Mapping[str, int], live: Mapping[str, int]
) -> DriftState:
    """State after one block of both samples; a block without items of both is only remembered.

    Raises:
        ValueError: for a count that is not a whole number of at least 0.
    """
    for name, count in (*reference.items(), *live.items()):
        require_count(name, count)
    gained = _log_factor(state, reference, live)
    evidence = state.log_evidence + gained
    return replace(
        state,
        reference=_sum(state.reference, reference),
        live=_sum(state.live, live),
        blocks=state.blocks + 1,
        log_evidence=evidence,
        highest=max(state.highest, evidence),
    )


def log_needed(alpha: float, period: int) -> float:
    """Logarithm that the e-process of period number `period` (the first is 1) has to reach.

    Raises:
        ValueError: for a level outside (0, 0.5) or a number below 1.
    """
    require_alpha(alpha)
    if require_count("period", period) < 1:
        raise ValueError("the first period has number 1")
    return math.log(period * (period + 1) / alpha)


def total_variation(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    """Half the sum of differences of shares, in [0, 1]; 0 where either sample is empty."""
    one, other = sum(first.values()), sum(second.values())
    if not one or not other:
        return 0.0
    bins = sorted({*first, *second})
    return 0.5 * math.fsum(abs(first.get(b, 0) / one - second.get(b, 0) / other) for b in bins)


def _log_factor(state: DriftState, reference: Mapping[str, int], live: Mapping[str, int]) -> float:
    a, b = sum(reference.values()), sum(live.values())
    if not a or not b:
        return 0.0
    known = sorted({*state.reference, *state.live})
    q_r, q_l = _shares(state.reference, known), _shares(state.live, known)
    terms = []
    for name, mean in zip(q_r, _mixed(q_r, q_l, a / (a + b)), strict=True):
        terms.append(_count(reference, known, name) * math.log(q_r[name] / mean))
        terms.append(_count(live, known, name) * math.log(q_l[name] / mean))
    return math.fsum(terms)


def _shares(counts: Mapping[str, int], known: list[str]) -> dict[str | None, float]:
    """Predicted shares of the bins seen before, and under None of all others together."""
    total = sum(counts.values()) + _PRIOR * (len(known) + 1)
    shares: dict[str | None, float] = {
        name: (counts.get(name, 0) + _PRIOR) / total for name in known
    }
    return shares | {None: _PRIOR / total}


def _mixed(
    first: Mapping[str | None, float], second: Mapping[str | None, float], part: float
) -> list[float]:
    return [part * first[name] + (1.0 - part) * second[name] for name in first]


def _count(block: Mapping[str, int], known: list[str], name: str | None) -> int:
    if name is not None:
        return block.get(name, 0)
    return sum(block.values()) - sum(block.get(one, 0) for one in known)


def _sum(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in sorted({*first, *second})}
