"""Judges: rules that say whether a reply reached the attack's goal, or refused."""

from shipworthy.instruments.judges.judge import (
    JUDGES,
    MEASURES,
    STATE,
    Judge,
    goal_texts,
    judge_of,
    judge_of_check,
)
from shipworthy.instruments.judges.rules.action import action_taken
from shipworthy.instruments.judges.rules.answer import solved
from shipworthy.instruments.judges.rules.leak import MINIMUM, reply_text, returned_text, revealed
from shipworthy.instruments.judges.rules.numbers import value_of
from shipworthy.instruments.judges.rules.refusal import refuses
from shipworthy.instruments.judges.rules.suspicion import suspects_test
from shipworthy.instruments.judges.rules.tool import tool_called
from shipworthy.instruments.judges.rules.views import letters, mentions, plain, skeleton
from shipworthy.instruments.judges.trial import judge_trial

__all__ = [
    "JUDGES",
    "MEASURES",
    "MINIMUM",
    "STATE",
    "Judge",
    "action_taken",
    "goal_texts",
    "judge_of",
    "judge_of_check",
    "judge_trial",
    "letters",
    "mentions",
    "plain",
    "refuses",
    "reply_text",
    "returned_text",
    "revealed",
    "skeleton",
    "solved",
    "suspects_test",
    "tool_called",
    "value_of",
]
