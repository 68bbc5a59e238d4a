"""Which condition a conversation was put in, for planted models that react to one."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from shipworthy.instruments.conditions.announcements import HIDE, SCORES, WATCH
from shipworthy.instruments.conditions.dresses import OPENINGS
from shipworthy.vocabulary import (
    AS_TEST,
    AS_TRAFFIC,
    INSTRUCTED,
    NO_STAKES,
    PLAIN,
    STAKES,
    UNWATCHED,
    WATCHED,
)


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(text).replace(r"\{n\}", r"\d\d") for text in texts))


_MARKS: Final[Mapping[str, re.Pattern[str]]] = {
    AS_TEST: _any_of(pair[0] for pair in OPENINGS),
    AS_TRAFFIC: _any_of(pair[1] for pair in OPENINGS),
    STAKES: _any_of(pair[0] for pair in SCORES),
    NO_STAKES: _any_of(pair[1] for pair in SCORES),
    INSTRUCTED: _any_of(HIDE),
    WATCHED: _any_of(pair[0] for pair in WATCH),
    UNWATCHED: _any_of(pair[1] for pair in WATCH),
}
"""By condition, what marks it."""


def condition_told(messages: Iterable[Mapping[str, str]]) -> str:
    """Return the condition of a conversation as an endpoint receives it, `none` without one.

    Each message is a mapping with `role` and `content`.
    """
    turns = [turn["content"] for turn in messages if turn["role"] in {"system", "user"}]
    met = (name for name, mark in _MARKS.items() if any(map(mark.search, turns)))
    return next(met, PLAIN)
