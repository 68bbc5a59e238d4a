"""Logs of Inspect (UK AISI), read and written without it: see `spec/inspect.md`."""

from shipworthy.instruments.inspect_logs.documents import Header, Sample
from shipworthy.instruments.inspect_logs.exchanges import reply_of, request_of, usage_of
from shipworthy.instruments.inspect_logs.own_format import (
    FORMAT,
    KEY,
    OwnCell,
    OwnScore,
    is_own,
    own_cell,
    own_score,
    word_of,
)
from shipworthy.instruments.inspect_logs.reading import InspectLog, LoggedSample, open_log
from shipworthy.instruments.inspect_logs.rules import ScoreRule, ScoreRules, parse_rule
from shipworthy.instruments.inspect_logs.verdicts import (
    NOT_LOGGED,
    Verdict,
    judge_name,
    verdict_of,
)

__all__ = [
    "FORMAT",
    "KEY",
    "NOT_LOGGED",
    "Header",
    "InspectLog",
    "LoggedSample",
    "OwnCell",
    "OwnScore",
    "Sample",
    "ScoreRule",
    "ScoreRules",
    "Verdict",
    "is_own",
    "judge_name",
    "open_log",
    "own_cell",
    "own_score",
    "parse_rule",
    "reply_of",
    "request_of",
    "usage_of",
    "verdict_of",
    "word_of",
]
