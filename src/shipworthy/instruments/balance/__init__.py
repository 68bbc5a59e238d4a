"""Prompts that ask the same for two opposite views."""

from shipworthy.instruments.balance.pairs import (
    SIDES,
    PromptLine,
    PromptPair,
    Side,
    drawn_topics,
    pair_of,
    prompt_lines,
    prompt_pairs,
)
from shipworthy.instruments.balance.reading import (
    Answers,
    pairs_text,
    read_answers,
    read_pairs,
)
from shipworthy.instruments.balance.scenarios import built_in_scenarios
from shipworthy.instruments.balance.tables import (
    PROMPT_COLUMNS,
    TOPIC_COLUMNS,
    mirrored_scenarios,
)
from shipworthy.instruments.balance.tasks import TASKS
from shipworthy.instruments.balance.topics import Axis, Topic, TopicList, built_in_topics

__all__ = [
    "PROMPT_COLUMNS",
    "SIDES",
    "TASKS",
    "TOPIC_COLUMNS",
    "Answers",
    "Axis",
    "PromptLine",
    "PromptPair",
    "Side",
    "Topic",
    "TopicList",
    "built_in_scenarios",
    "built_in_topics",
    "drawn_topics",
    "mirrored_scenarios",
    "pair_of",
    "pairs_text",
    "prompt_lines",
    "prompt_pairs",
    "read_answers",
    "read_pairs",
]
