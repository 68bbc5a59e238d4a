"""Rates that do not say how precise they are."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.stages.reporting.statistics_lint.prose.finding import (
    ProseFinding,
    Sureness,
    found,
)
from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose, Sentence
from shipworthy.stages.reporting.statistics_lint.prose.words import (
    BOUNDED,
    COUNTED,
    OUTCOME,
    POLICY,
    is_extreme,
    rates,
    unquoted,
)

_I: Final = re.IGNORECASE
_NO_SPREAD: Final = re.compile(
    r"(?:\d[\d.,]*\s*%?\s*)?(?:±|\+/-|\+-)\s*0(?:[.,]0+)?(?![.,]?\d)\s*(?:%|points?|pp)?"
)
_RANGE: Final = re.compile(
    r"(?<![\w.,-])(?P<low>-?\d+(?:\.\d+)?)\s*%?\s*(?:,|;|-|to|and)\s*(?P<high>-?\d+(?:\.\d+)?)"
    r"(?![\d.]*\d)",
    _I,
)
_BRACKETS: Final = re.compile(
    r"(?<![\w.,-])\d+(?:\.\d+)?\s*%\s*[\[(]\s*(?P<low>\d+(?:\.\d+)?)\s*%?\s*(?:,|;|-|to)\s*"
    r"(?P<high>\d+(?:\.\d+)?)\s*%?\s*[\])]"
    r"|(?<![\w.,-])\d+\.\d+\s*\[\s*(?P<least>\d+\.\d+)\s*[,;]\s*(?P<most>\d+\.\d+)\s*\]",
    _I,
)
"""A rate and, in brackets behind it, its limits: that they are an interval needs no word."""
_INTERVAL: Final = re.compile(r"\bCIs?\b|\bintervals?\b|\bcredible\b|\bconfidence\b", _I)
_ALL_OR_NONE: Final = re.compile(
    r"(?<![\d.,/])\b0\s*(?:/|of|out\s+of)\s*(?:the\s+)?\d[\d,]*"
    r"|\b(?:none|not\s+one|not\s+a\s+single\s+one|not\s+a\s+single\s+\w+)\s+(?:out\s+)?of\s+(?:the\s+|our\s+|all\s+)?\d[\d,]*"
    r"|\b(?:zero|no)\s+successful\s+\w+"
    r"|\b(?:zero|none|not\s+one)\s+of\s+(?:the|our|these|all)\s+"
    r"(?:(?!that\b|which\b|who\b)[\w-]+\s+){1,5}?(?:(?:was|were|has|had|have)\s+)?"
    r"(?:succe(?:eded|ssful)|worked|got\s+through|breached|leaked|complied|bypassed)\b"
    r"|\b(?:no|not\s+one)\s+(?:\w+\s+){1,2}?(?:out\s+of|of|in|among)\s+(?:the\s+|our\s+)?\d[\d,]*"
    r"|\b(?:caught|blocked|refused|detected|stopped|rejected|declined|solved|flagged)\s+"
    r"(?:all|every\s+one)\s+(?:of\s+)?(?:the\s+|our\s+)?\d[\d,]*"
    r"|\ball\s+\d[\d,]*\s+(?:\w+\s+){1,4}?(?:were|was|got)\s+(?:blocked|refused|stopped|detected|"
    r"caught|rejected|flagged|solved)"
    r"|(?<![\d.,/])\b(?P<hits>\d[\d,]*)\s*(?:/|of|out\s+of)\s*(?P=hits)\b",
    _I,
)


class ZeroWidthInterval:
    """Finds intervals without width and spreads of zero."""

    id: ClassVar[str] = "zero-width-interval"
    sure: ClassVar[Sureness] = "certain"
    title: ClassVar[str] = "an interval without width"
    why: ClassVar[str] = "no finite sample gives certainty; the method breaks down at 0 % and 100 %"
    advice: ClassVar[str] = (
        "give a Clopper-Pearson or Wilson limit: after no success in n tries the one-sided 95 % "
        "limit is about 3/n"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield one finding for each."""
        for sentence in prose.sentences():
            text = unquoted(sentence.text)
            for spread in _NO_SPREAD.finditer(text):
                yield found(self, sentence, spread.start(), spread.end())
            named = set()
            for limits in _BRACKETS.finditer(text):
                low, high = limits["low"] or limits["least"], limits["high"] or limits["most"]
                if float(low) == float(high):
                    named.add(limits.end())
                    yield found(self, sentence, limits.start(), limits.end())
            for limits in _RANGE.finditer(text):
                around = text[max(0, limits.start() - 60) : limits.end() + 60]
                equal = float(limits["low"]) == float(limits["high"])
                known = any(0 <= end - limits.end() <= 3 for end in named)
                if equal and not known and _INTERVAL.search(around):
                    yield found(self, sentence, limits.start(), limits.end())


class RateWithoutN:
    """Finds rates in per cent with no number of tries nearby."""

    id: ClassVar[str] = "rate-without-n"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "a rate without n"
    why: ClassVar[str] = "98 % of 50 and 98 % of 5,000 are different evidence"
    advice: ClassVar[str] = (
        "say of how many (scenarios, not calls), in the sentence, the table or its caption, and "
        "give an interval"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            if sentence.passage.nearby(COUNTED):
                continue
            for rate in rates(unquoted(sentence.text)):
                if not is_extreme(rate["value"]):
                    yield found(self, sentence, rate.start(), rate.end())
                    break


class ExtremeRateWithoutBound:
    """Finds all or none with no bound nearby."""

    id: ClassVar[str] = "extreme-rate-without-bound"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "all or none, without a bound"
    why: ClassVar[str] = "none of 50 still leaves a true rate of up to 5.8 % at 95 % confidence"
    advice: ClassVar[str] = "give n and the one-sided limit beside it"

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            if sentence.passage.nearby(BOUNDED):
                continue
            span = _all_or_none(sentence)
            if span:
                yield found(self, sentence, *span)


def _all_or_none(sentence: Sentence) -> tuple[int, int] | None:
    text = unquoted(sentence.text)
    for rate in rates(text):
        if is_extreme(rate["value"]):
            return rate.span()
    if not OUTCOME.search(text) or POLICY.search(text):
        return None
    claim = _ALL_OR_NONE.search(text)
    return claim.span() if claim else None
