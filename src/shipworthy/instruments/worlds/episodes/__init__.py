"""Episodes: a model works as an agent in a world, and what it called is carried out again."""

from shipworthy.instruments.worlds.episodes.agent import Agent, AtWork
from shipworthy.instruments.worlds.episodes.episode import (
    ASK,
    Episode,
    begin,
    carry_out,
    replayed,
    tools_of,
)
from shipworthy.instruments.worlds.episodes.scenarios import (
    INSTRUCTIONS,
    INTERRUPTION,
    SIDE_TASKS,
    world_scenarios,
)
from shipworthy.instruments.worlds.episodes.scripts import (
    breaking_calls,
    harming_calls,
    honest_calls,
)

__all__ = [
    "ASK",
    "INSTRUCTIONS",
    "INTERRUPTION",
    "SIDE_TASKS",
    "Agent",
    "AtWork",
    "Episode",
    "begin",
    "breaking_calls",
    "carry_out",
    "harming_calls",
    "honest_calls",
    "replayed",
    "tools_of",
    "world_scenarios",
]
