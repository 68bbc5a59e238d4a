"""Tests of significance that are made to say more than they can."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.stages.reporting.statistics_lint.prose.finding import (
    ProseFinding,
    Sureness,
    found,
)
from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose, Sentence
from shipworthy.stages.reporting.statistics_lint.prose.words import FRACTION, PERCENT, unquoted

_I: Final = re.IGNORECASE

_NOT_SIGNIFICANT: Final = re.compile(
    r"\b(?:no|not|without(?:\s+an?y?)?|lack\s+of|absence\s+of|non)[\s-]+(?:a\s+|any\s+)?"
    r"(?:statistically[\s-]+)?significan(?:t|ce)(?:ly)?(?:\s+\w+)?"
    r"|\b(?:did|do|does)\s+not\s+differ\s+(?:statistically\s+)?significantly"
    r"|\b(?:statistically\s+)?insignificant\s+\w+"
    r"|\b(?:failed\s+to|(?:did|does)\s+not)\s+reach\s+(?:statistical\s+)?significance"
    r"|\b(?:no|none|neither)\b[^.;]{0,40}?\b(?:reach\w*|attain\w*)\s+(?:statistical\s+)?significance"
    r"|\b(?:none|neither)\b[^.;]{0,40}?\b(?:was|were|is)\s+(?:statistically\s+)?significant"
    r"|(?<![\w@_-])p\s*(?:>|≥)\s*0?[.,]\d+",
    _I,
)
_STATISTICAL: Final = re.compile(
    r"statistic|\bdiffer|\btests?\b|\beffects?\b|\bp\s*[=<>]|\bp-value|correlat|\bevidence\b|"
    r"\bgaps?\b|\bbias|deviat|\bincrease|\bdecrease|\breduc|\bimprove|degrad",
    _I,
)
_CONCLUDED: Final = re.compile(
    r"\b(?:so|thus|hence|therefore|accordingly|consequently)\b|\bwe\s+conclude|\bconcluded?\b|"
    r"\bwhich\s+(?:shows|means|demonstrates|confirms|implies|indicates|suggests)|"
    r"\b(?:show(?:s|ing|ed)?|demonstrat\w+|confirm\w*|prov(?:es|ing)|meaning|means|impl(?:ies|ying)|"
    r"indicat\w+|suggest\w*)\s+that\b|\bas\s+a\s+result\b|"
    r"\bbalanced\b|\bparity\b|\bequal(?:ly|ity)?\b|\bequivalent\b|\bthe\s+same\b|\bidentical\b|"
    r"\bunbiased\b|\beven-?handed|\bneutral\b|\bfair(?:ness)?\b|\bharmless\b|\bunaffected\b|"
    r"\bno\s+(?:additional\s+|increased\s+|added\s+)?(?:risk|harm|bias|loss)\b|\bdoes\s+no\s+harm\b|"
    r"\b(?:is|are|as)\s+safe\b|\bcomparable\b|\bunchanged\b|\balike\b|\bno\s+(?:\w+\s+)?bias\b|"
    r"\b(?:can|may)\s+(?:safely\s+)?be\s+(?:ignored|neglected|regarded|considered|treated|pooled)|"
    r"\b(?:does|do|did)\s+not\s+(?:affect|change|increase|reduce|harm|degrade|matter)",
    _I,
)
_CAREFUL: Final = re.compile(
    r"\bnot\s+(?:\w+\s+){0,2}?(?:evidence|proof)\b|\bno\s+(?:evidence|proof)\s+(?:of|for|that)\s+"
    r"(?:balance|equal|equiv|parity|the\s+same)|\bcan(?:not|'t|\s+not)\b|"
    r"\b(?:does|do|did|would)(?:\s+not|n't)\s+(?:show|mean|prove|imply|establish|demonstrate|say)|"
    r"\bequivalence\b|\bTOST\b|\bnon-?inferior|\bmargins?\b|\bunderpowered\b|\bwhether\b|"
    r"\binconclusive\b|\bnone\s+of\s+(?:them|these)\b",
    _I,
)
_THEREFORE: Final = re.compile(
    r"\s*(?:therefore|thus|hence|so|this\s+(?:shows|means)|we\s+conclude)", _I
)

_CORRECTION: Final = re.compile(
    r"\bBonferroni\b|\bHolm(?:'s)?(?:[\s-]+(?:adjust|correct|proced|method)\w*)?|\b[ŠS]id[áa]k\b|"
    r"\bHochberg\b|\bfamily-?\s?wise\b|"
    r"\b(?:correct|adjust)(?:ed|ion|ing|s|ment)?\s+(?:\w+\s+){0,4}?for\s+(?:multip\w+|many|the\s+number)|"
    r"\bmultip(?:le|licity)[\s-]+(?:comparisons?|testing|tests)?[\s-]*(?:correct|adjust)\w*",
    _I,
)
_ALL_NEEDED: Final = re.compile(
    r"\ball\s+(?:\w+\s+){0,4}?(?:must|have\s+to|has\s+to|need\s+to|be\s+met|are\s+met|pass\b|hold\b|"
    r"satisf|(?:are\s+)?(?:needed|required|necessary))|\bwhen\s+(?:all|every|each)\b|\b(?:every|each)\s+(?:\w+\s+){0,3}?(?:must|has\s+to|needs\s+to|to\s+be\s+met|to\s+pass|"
    r"passes|is\s+met)|\b(?:needs?|requires?|requiring|only\s+if|only\s+when)\s+(?:that\s+)?"
    r"(?:all|every|each)\b|\b(?:pass|meet|satisfy)(?:es|ing)?\s+(?:all|every|each)\b",
    _I,
)
_ALL_PASSED: Final = re.compile(
    r"\ball\s+(?:\w+\s+){0,3}?(?:gates|requirements|limits|criteria|thresholds)\s+(?:(?:are|were|have)\s+)?"
    r"(?:passed|pass|met|kept|held|hold)\s+(?:even\s+)?(?:at|after|under|with|following)\b[^.;,]{0,60}\Z",
    _I,
)
"""What stands before a correction at whose level all gates are said to have passed."""
_UNCORRECTED: Final = re.compile(
    r"\b(?:no|without|not|never|unnecessary|instead\s+of|rather\s+than|avoid\w*)\s+(?:\w+\s+){0,5}?"
    r"(?:Bonferroni|Holm|[ŠS]id[áa]k|correct\w*|adjust\w*)|\bintersection-?\s?union\b",
    _I,
)

_P_VALUE: Final = re.compile(
    r"(?<![\w@_-])p(?:[\s-]*values?)?\s*(?:=|<|>|≤|≥|\bof\b|\bwas\b|\bis\b)\s*0?[.,]\d+", _I
)
_EFFECT: Final = re.compile(
    r"\bCIs?\b|\bintervals?\b|±|\+/-|\beffect\s+size|\bCohen|\b(?:odds|risk|rate|hazard)\s+ratio|"
    r"\brelative\s+risk|\[\s*-?[\d.]+\s*%?\s*,|\bpoints?\b|\bdifference\s+(?:of|was|is)\s+-?\d|"
    r"\b(?:by|of)\s+-?\d[\d.]*\s*(?:%|percent|times|fold)|\bslope\b|\bfrom\s+-?[\d.]+\s*%?\s+to\b",
    _I,
)


class NotSignificantAsEqual:
    """Finds conclusions of equality, balance or safety from a test that found nothing."""

    id: ClassVar[str] = "not-significant-as-equal"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "no significant difference, read as equality"
    why: ClassVar[str] = "a small or noisy study finds nothing significant whatever is true"
    advice: ClassVar[str] = (
        "state a margin first and show by an equivalence test, or by an interval inside the "
        "margin, that the difference is smaller"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            text = unquoted(sentence.text)
            claim = _NOT_SIGNIFICANT.search(text)
            if not claim or not _STATISTICAL.search(text) or sentence.passage.nearby(_CAREFUL):
                continue
            if _CONCLUDED.search(text) or _THEREFORE.match(sentence.following):
                yield found(self, sentence, *claim.span())


class CorrectedConjunction:
    """Finds a correction for multiplicity beside a decision that needs every test to pass."""

    id: ClassVar[str] = "corrected-conjunction"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "a correction where all have to pass"
    why: ClassVar[str] = (
        "a go that needs every gate is wrong only if a gate that really fails is passed, which "
        "the level of that gate already bounds"
    )
    advice: ClassVar[str] = (
        "test each gate at the full level (an intersection-union test); correct lists of failing "
        "gates and comparisons"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            claim = _CORRECTION.search(unquoted(sentence.text))
            near = unquoted(sentence.passage.text)
            if not claim or _UNCORRECTED.search(near):
                continue
            before = unquoted(sentence.text)[: claim.start()]
            if _ALL_NEEDED.search(near) or _ALL_PASSED.search(before):
                yield found(self, sentence, *claim.span())


class BarePValue:
    """Finds p-values with neither an effect nor an interval nearby."""

    id: ClassVar[str] = "bare-p-value"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "a p-value without an effect or an interval"
    why: ClassVar[str] = "it says neither how large a difference is nor how large it may be"
    advice: ClassVar[str] = "give the difference and its interval; the p-value adds little to them"

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            claim = _P_VALUE.search(unquoted(sentence.text))
            if claim and not _shows_effect(sentence):
                yield found(self, sentence, *claim.span())


def _shows_effect(sentence: Sentence) -> bool:
    if sentence.passage.nearby(_EFFECT):
        return True
    near = sentence.passage.near
    return len(PERCENT.findall(near)) > 1 or len(FRACTION.findall(near)) > 1
