"""Counts of a report that no finding holds: by attack and language, of agents, of people."""

from shipworthy.stages.reporting.cells.agents import AgentCell, agent_cells
from shipworthy.stages.reporting.cells.attacks import AttackLimits, attack_limits
from shipworthy.stages.reporting.cells.humans import HumanBaseline, human_baselines
from shipworthy.stages.reporting.cells.languages import (
    BY_LANGUAGE,
    UNSTATED,
    LanguageCell,
    language_cells,
)
from shipworthy.stages.reporting.cells.live import (
    CONFIRMATION_DERIVATIONS,
    LIVE_DERIVATIONS,
    MONITORING_DERIVATIONS,
    WATCH_DERIVATIONS,
    LiveRecords,
    ShownClock,
    ShownConfirmation,
    ShownCounts,
    ShownWatch,
    latest_confirmations,
    live_claims,
)

__all__ = [
    "BY_LANGUAGE",
    "CONFIRMATION_DERIVATIONS",
    "LIVE_DERIVATIONS",
    "MONITORING_DERIVATIONS",
    "UNSTATED",
    "WATCH_DERIVATIONS",
    "AgentCell",
    "AttackLimits",
    "HumanBaseline",
    "LanguageCell",
    "LiveRecords",
    "ShownClock",
    "ShownConfirmation",
    "ShownCounts",
    "ShownWatch",
    "agent_cells",
    "attack_limits",
    "human_baselines",
    "language_cells",
    "latest_confirmations",
    "live_claims",
]
