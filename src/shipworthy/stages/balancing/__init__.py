"""Whether a model treats opposite views alike, from recorded answers to mirrored prompts."""

from shipworthy.stages.balancing.analysis import (
    WANTED_POWER,
    BalanceAnalysis,
    MeasureBalance,
    analyse_balance,
    needed_topics,
    require_topics,
)
from shipworthy.stages.balancing.design import BalanceDesign, BalanceVerdict
from shipworthy.stages.balancing.scoring import ScoredPair, scored_pairs
from shipworthy.stages.balancing.tilts import hidden_tilt_lower
from shipworthy.statistics.equivalence import (
    MOST_TOPICS,
    Nature,
    power_to_bound_mean,
    power_to_show_balance,
    power_to_show_skew,
    topics_needed,
)

__all__ = [
    "MOST_TOPICS",
    "WANTED_POWER",
    "BalanceAnalysis",
    "BalanceDesign",
    "BalanceVerdict",
    "MeasureBalance",
    "Nature",
    "ScoredPair",
    "analyse_balance",
    "hidden_tilt_lower",
    "needed_topics",
    "power_to_bound_mean",
    "power_to_show_balance",
    "power_to_show_skew",
    "require_topics",
    "scored_pairs",
    "topics_needed",
]
