"""Counts of a report that no finding holds: by language, of agents, of people on tasks."""

from shipworthy.stages.reporting.cells.agents import AgentCell, agent_cells
from shipworthy.stages.reporting.cells.humans import HumanBaseline, human_baselines
from shipworthy.stages.reporting.cells.languages import (
    BY_LANGUAGE,
    UNSTATED,
    LanguageCell,
    language_cells,
)

__all__ = [
    "BY_LANGUAGE",
    "UNSTATED",
    "AgentCell",
    "HumanBaseline",
    "LanguageCell",
    "agent_cells",
    "human_baselines",
    "language_cells",
]
