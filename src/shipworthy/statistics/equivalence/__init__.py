"""Claims that need a margin: balance, parity, no harm by a safeguard, capability below a limit.

A difference that is not significant is no answer to any of them, and none is returned.
"""

from shipworthy.statistics.equivalence.balance import (
    DEFAULT_MARGIN,
    Balance,
    BalanceLimits,
    TwoOneSided,
    balance,
    two_one_sided,
)
from shipworthy.statistics.equivalence.elicitation import (
    LEAST_GAPS,
    ElicitationMargin,
    MarginBasis,
    cleared,
    declared_margin,
    margin_from_gaps,
    with_sandbagging_check,
)
from shipworthy.statistics.equivalence.parity import (
    DEFAULT_REFUSAL_MARGIN,
    Harm,
    OddsRatio,
    Parity,
    matched_odds_ratio,
    paired_noninferiority,
    refusal_parity,
)
from shipworthy.statistics.equivalence.power import (
    MOST_TOPICS,
    Nature,
    power_to_bound_mean,
    power_to_show_balance,
    power_to_show_skew,
    topics_needed,
)
from shipworthy.statistics.equivalence.unanswered import filled
from shipworthy.statistics.equivalence.verdicts import (
    MarginVerdict,
    against_margin,
    all_within,
)

__all__ = [
    "DEFAULT_MARGIN",
    "DEFAULT_REFUSAL_MARGIN",
    "LEAST_GAPS",
    "MOST_TOPICS",
    "Balance",
    "BalanceLimits",
    "ElicitationMargin",
    "Harm",
    "MarginBasis",
    "MarginVerdict",
    "Nature",
    "OddsRatio",
    "Parity",
    "TwoOneSided",
    "against_margin",
    "all_within",
    "balance",
    "cleared",
    "declared_margin",
    "filled",
    "margin_from_gaps",
    "matched_odds_ratio",
    "paired_noninferiority",
    "power_to_bound_mean",
    "power_to_show_balance",
    "power_to_show_skew",
    "refusal_parity",
    "topics_needed",
    "two_one_sided",
    "with_sandbagging_check",
]
