"""What a statement of duty says, read from its words: how binding, who, how much, with what effect.

The cues are words and shapes that recur in published frameworks. They are read from English text
alone, so they miss what is meant and not said; `docs/explanation/clause-changes.md` has figures.
"""

import re
from dataclasses import dataclass
from typing import Final

RUNGS: Final = ("recommend", "may", "aim", "must")
"""Modality, weakest first; the index is the rung."""

_RUNG_WORDS: Final = {
    "recommend": r"\b(?:recommend\w*|encourag\w*|industry[- ]wide|ought to)\b",
    "may": r"\b(?:may|might|consider|option to)\b",
    "aim": r"\b(?:aim|intend|seek|strive|expect|plan|hope|explor)\w*\b|\bwork(?:ing)? (?:to|on)\b",
    "must": r"\b(?:will|must|shall|commit\w*|require[sd]?|only (?:if|when|after)|never)\b",
}
_HALT: Final = (
    r"\b(?:stop|halt|pause|suspend|cease|put on hold|delay|de-?deploy|delete|discontinue)\w*\b"
    r"|\b(?:not|never) (?:\w+ )?(?:release|deploy|develop|train|proceed|further)\w*"
)
_LIMIT: Final = r"\b(?:strictly|only|limited to|restricted to|small number|under no|at all)\b"
_REFERENCE: Final = r"\(?\bsee\b[^).]*\)?|\b(?:section|appendix|table|chapter)s? [\dA-Z][\d.]*"
_NAMED: Final = (
    r"\b[Cc]hief [\w-]+(?: [\w-]+)? [Oo]fficer\b|\bCEO\b|\b[Dd]irectors? of\b|\b[Bb]oard\b"
    r"|\b[Tt]rust(?:ees?)?\b|\b[Rr]esponsible [\w-]+ [Oo]fficer\b"
    # bounded: without an end, every word of a long run of capitals would be tried as a start
    r"|\b[A-Z][\w&]{1,60}(?: [A-Z&][\w&]{0,60}){0,30} (?:Council|Committee|Board|Officer|Group)\b"
)
_VAGUE: Final = (
    r"\bleadership team\b|\bdecision-makers\b"
    r"|\bsenior[- ](?:level )?(?:decision[- ]makers?|leaders?\w*)\b"
    r"|\b(?:appropriate|relevant) (?:governance )?(?:functions?|teams?|bod(?:y|ies))\b"
)
_PUBLISH: Final = r"\b(?:publish\w*|public(?:ly)?|disclos\w+|reports?|reporting|notif\w+)\b"
_UNIT: Final = r"(?:hours?|days?|weeks?|months?|years?)"
_NUMBER: Final = (
    rf"(?<![\w.])(?:\d+(?:\.\d+)?\s?(?:%|x\b|percent|{_UNIT})?"
    rf"|(?:one|two|three|four|five|six|ten|twelve|thirty)\s{_UNIT})"
)
_STANDARDS: Final = (
    r"\buniquely enabl\w+|\bessential controlling\b",
    r"\b(?:fully automat\w+|end-to-end execution|enable[sd]? (?:the )?(?:end-to-end )?execution)\b",
    (
        r"\bsubstantial(?:ly)?\b(?: \w+)? (?:contribut|accelerat|increas|uplift)\w*"
        r"|\bsignificant(?:ly)? (?:\w+ )?(?:uplift|assist|help)\w*"
    ),
    r"\bcannot (?:be )?rule[d]? out\b|\bcould contribute\b|\bany uplift\b",
)
"""Causal standards of a threshold, hardest to reach first: a later one catches more models."""

_WORD: Final = re.compile(r"[a-z][a-z-]+")
_SPELLING: Final = ((r"modell(?=ing|ed)", "model"), (r"isation", "ization"), (r"ising\b", "izing"))
_COMMON: Final = frozenset(
    (
        "the",
        "a",
        "an",
        "of",
        "to",
        "and",
        "or",
        "in",
        "on",
        "for",
        "by",
        "with",
        "as",
        "is",
        "are",
        "be",
        "been",
        "we",
        "our",
        "us",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "at",
        "from",
        "into",
        "which",
        "their",
        "they",
        "them",
        "such",
        "any",
        "each",
        "will",
        "would",
        "not",
        "also",
        "than",
        "then",
        "so",
        "there",
        "where",
        "when",
        "how",
        "if",
        "i",
        "e",
        "g",
        "eg",
        "ie",
        "model",
        "models",
        "frontier",
        "ai",
        "system",
        "systems",
        "see",
        "section",
        "more",
        "other",
    )
)


@dataclass(frozen=True, slots=True)
class Cues:
    """Counts and sets read from one statement.

    `strength` is the mean rung of the modal words, 0 to 3; without one, the present tense counts
    as `must`. `standard` is the index of the easiest causal standard that the text names, or
    nothing. `words` are content words in their order.
    """

    strength: float
    halts: int
    limits: int
    named: int
    vague: int
    publishes: int
    numbers: frozenset[str]
    standard: int | None
    words: tuple[str, ...]


def read_cues(text: str) -> Cues:
    """Read the cues of a statement."""
    plain = re.sub(_REFERENCE, " ", " ".join(text.split()), flags=re.IGNORECASE)
    rungs = [(rung, _count(_RUNG_WORDS[name], plain)) for rung, name in enumerate(RUNGS)]
    total = sum(count for _, count in rungs)
    standards = [i for i, pattern in enumerate(_STANDARDS) if _count(pattern, plain)]
    return Cues(
        strength=sum(rung * count for rung, count in rungs) / total if total else 3.0,
        halts=_count(_HALT, plain),
        limits=_count(_LIMIT, plain),
        named=len(re.findall(_NAMED, plain)),
        vague=_count(_VAGUE, plain),
        publishes=_count(_PUBLISH, plain),
        numbers=frozenset(
            _spaced(found.lower()) for found in re.findall(_NUMBER, plain, re.IGNORECASE)
        ),
        standard=max(standards, default=None),
        words=content_words(plain),
    )


def _spaced(number: str) -> str:
    """Write a number in one way: `3 %` as `3%`, `3months` as `3 months`."""
    return re.sub(r"(\d)\s*([a-wyz])", r"\1 \2", re.sub(r"\s+(?=[%x])", "", number.strip()))


def content_words(text: str) -> tuple[str, ...]:
    """Return the words that carry meaning, in lower case, with one spelling of each."""
    plain = text.lower()
    for pattern, spelling in _SPELLING:
        plain = re.sub(pattern, spelling, plain)
    return tuple(_stem(word) for word in _WORD.findall(plain) if word not in _COMMON)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending)
    return word


def _count(pattern: str, text: str) -> int:
    return len(re.findall(pattern, text, re.IGNORECASE))
