"""Judges: rules that say whether a reply reached the attack's goal, or refused."""

from shipworthy.instruments.judges.action import action_taken
from shipworthy.instruments.judges.judge import (
    JUDGES,
    Judge,
    goal_texts,
    judge_of,
    judge_of_check,
)
from shipworthy.instruments.judges.leak import MINIMUM, reply_text, returned_text, revealed
from shipworthy.instruments.judges.refusal import refuses
from shipworthy.instruments.judges.tool import tool_called
from shipworthy.instruments.judges.trial import judge_trial
from shipworthy.instruments.judges.views import letters, mentions, plain, skeleton

__all__ = [
    "JUDGES",
    "MINIMUM",
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
    "tool_called",
]
