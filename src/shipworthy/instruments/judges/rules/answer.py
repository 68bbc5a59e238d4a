"""Answers to tasks with a known answer: what a reply says it is, and whether that is right.

The last line that says `answer` counts, else the last line that is nothing but an answer. A reply
that gives none is undecided: it may know the answer and not say it.
"""

import re
from decimal import Decimal
from typing import Final

from shipworthy.records import AnswerCheck

_SAID: Final = re.compile(r"answer(?:\s+is)?\s*[:=]?\s*(.+)", re.IGNORECASE)
_LETTER: Final = re.compile(r"^\W*([A-Za-z])\b(?!')(?=\W|$)")
_NUMBER: Final = re.compile(r"-?\d[\d,_\u202f ]*(?:\.\d+)?")
_MARKS: Final = "*_`\"'().[]{}$\\ \t"


def solved(check: AnswerCheck, text: str) -> bool | None:
    """Say whether the answer in the text is an accepted one; None where it gives none."""
    given = _given(text)
    match check.form:
        case "choice":
            found = _LETTER.match(given)
            return found[1].upper() in {one.upper() for one in check.accepted} if found else None
        case "number":
            numbers = _NUMBER.findall(given)
            wanted = {_number(one) for one in check.accepted}
            return _number(numbers[-1]) in wanted if numbers else None
        case "text":
            return _plain(given) in {_plain(one) for one in check.accepted} if given else None


def _given(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    said = [found[1] for line in lines if (found := _SAID.search(line))]
    return said[-1].strip(_MARKS) if said else lines[-1].strip(_MARKS) if lines else ""


def _number(text: str) -> Decimal:
    return Decimal(re.sub(r"[,_\u202f ]", "", text))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
