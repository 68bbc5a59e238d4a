"""Words and numbers that several rules look for. English only."""

import re
from collections.abc import Iterator
from typing import Final

_I: Final = re.IGNORECASE

_NUMBER_WORDS: Final = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    "sixty|seventy|eighty|ninety|hundred|thousand|dozen"
)
_UNITS: Final = (
    "scenarios?|prompts?|attempts?|items?|trials?|samples?|questions?|tasks?|runs?|requests?|"
    "problems?|conversations?|tests?|cases?|examples?|outputs?|quer(?:y|ies)|episodes?|games?|"
    "transcripts?|responses?|completions?|answers?|jailbreaks?|attacks?|inputs?|messages?|pairs?|"
    "topics?|people|participants?|readers?|labels?|images?|documents?|instances?|sentences?|"
    "dialogues?|votes?|challenges?|environments?|rollouts?|variants?|twins?|calls?|behaviou?rs?|"
    "injections?|campaigns?|settings?|draws?|replays?|patients?|users?"
)

PERCENT: Final = re.compile(
    r"(?<![\w.,/-])(?P<value>\d{1,3}(?:[.,]\d+)?)\s*(?:%|percent\b|per\s?cent\b|pct\b)", _I
)

FRACTION: Final = re.compile(r"(?<![\w.,/-])\d[\d,]*\s*(?:/|of|out of)\s*(?:the\s+)?\d[\d,]*\b", _I)

OUTCOME: Final = re.compile(
    r"refus|breach|jailbr|attack|succe(?:ss|ed)|accura|\bpass(?:e[ds]|\s+rate|@)|\bfail|violat|"
    r"harmful|unsafe|complian|compli(?:ed|es)|\bdetect|\bblock(?:ed|s|ing)\b|win\s+rate|\bsolv|"
    r"\bcorrect(?:ly)?\b|\bflag|hallucinat|false[\s-](?:positive|negative)|sandbag|\bleak|\binject|"
    r"\brecall\b|\breject|\btoxic|even-?hand|\bASR\b|\bstopped\b|\bcaught\b|got\s+through|elicit|"
    r"\bsafe\s+(?:completions?|answers?|responses?|replies)|\b(?:in)?appropriate|disallowed|\bdeclin|"
    r"\bextract|exploit|\bworked\b|misbehav",
    _I,
)

POLICY: Final = re.compile(
    r"\b(?:must|shall|should|would|requires?|required|asks?\s+(?:that|for)|thresholds?|limits?|"
    r"targets?\s+of|goals?|polic(?:y|ies)\s+(?:sets?|asks?)|criteri(?:on|a)|commit(?:s|ted|ment)?|promises?|acceptable|unacceptable|tolerat\w+|suppos\w+|"
    r"assum\w+|hypothetical\w*|if|at\s+a\s+true\s+rate|true\s+rates?|guarantee\w*|allow(?:s|ed))\b",
    _I,
)
"""A sentence that sets a limit or supposes a rate reports none."""

COUNTED: Final = re.compile(
    r"\b[nN]\s*(?:=|:|≥|>)\s*\d"
    r"|(?:\d\s*/|\bout\s+of|\bamong|\d\s*(?:%|percent|per\s?cent)?\s*\b(?:of|in)\b)\s*"
    r"(?:the\s+|all\s+|our\s+)?\d[\d,]*\b(?![.\d]*\s*(?:%|per))"
    rf"|(?<![\w.-])(?:\d[\d,]*|{_NUMBER_WORDS})\s+(?!percent|per\s|pct|of\b)(?:[\w'-]+\s+){{0,4}}?"
    rf"(?:{_UNITS})\b"
    rf"|\b(?:{_UNITS})\s*[=:(]\s*\d"
    r"|\b(?:sample\s+size|denominator)\w*\s+(?:of\s+|is\s+|was\s+|=\s*)?\d",
    _I,
)
"""Words that say how many things a rate is of."""

BOUNDED: Final = re.compile(
    r"\b(?:upper|lower)\s+(?:\d+\s*%?\s*)?(?:confidence\s+)?(?:bounds?|limits?)|\bat\s+most\b|\bCIs?\b|"
    r"\bintervals?\b|\bconfidence\b|\bcredible\b|\bbound(?:s|ed)?\b|[<≤]\s*\d|\bup\s+to\s+\d|"
    r"\brule\s+of\s+three\b",
    _I,
)
"""Words that say how far a rate may lie from what was seen."""

_LEVEL_AFTER: Final = re.compile(
    r"\s*-?\s*(?:\(?(?:two|one)-sided\)?\s+|upper\s+|lower\s+|simultaneous\s+|bootstrap\s+|"
    r"confidence\s+|Wilson\s+|exact\s+)*"
    r"(?:confidence|CIs?\b|intervals?|credible|level|power|bounds?|limits?|quantile|percentile|"
    r"less|more|fewer|faster|slower|lower|higher|smaller|larger|cheaper|wider|narrower|longer|"
    r"shorter|reduction|increase|improvement|speed-?up)",
    _I,
)
_LEVEL_BEFORE: Final = re.compile(
    r"(?:\b(?:one|two)-sided|confidence\s+(?:of|level)|\balpha\s*(?:=|of)?|\blevel\s+of|"
    r"\bthreshold\s*(?:=|of|is|at)?|\blimit\s*(?:=|of|is|at)?|\bmargin\s+of|±|\+/-|\bpower\s+of|"
    r"\b(?:bounds?|limits?)(?:\s+\w+){0,3}\s+(?:is|are|of|was|at)|\bat\s+most|\bat\s+least|\bno\s+more\s+than|\brates?\s+(?:above|below|over|under)|"
    r"utili[sz]ation\s+\w+|\busage\s+\w+|\bload\s+\w+|\buptime\s+\w+|"
    r"\bbudget\s+of|"
    r"\bwithin|\bup\s+to|\bintervals?\s+(?:of|is|was|from)?|\bCI:?|\bfrom\s+\S+\s*%\s+to)\s*\W?$",
    _I,
)
_OF_OTHER: Final = re.compile(
    r"\s+of\s+(?:the\s+|our\s+|all\s+|its\s+)?(?:\w+\s+)?(?:electricity|energy|compute|time|staff|employees|"
    r"revenue|budget|cost|tokens|parameters|training|memory|traffic|capacity|emissions|weights)\b",
    _I,
)

_QUOTED: Final = re.compile(r'"[^"]*"')


def is_extreme(value: str) -> bool:
    """Whether a percentage is 0 or 100."""
    return float(value.replace(",", ".")) in {0.0, 100.0}


def rates(text: str) -> Iterator[re.Match[str]]:
    """Yield the percentages of a sentence that may be measured rates of an outcome."""
    if not OUTCOME.search(text) or POLICY.search(text):
        return
    for found in PERCENT.finditer(text):
        after, before = text[found.end() :], text[: found.start()]
        if _LEVEL_AFTER.match(after) or _LEVEL_BEFORE.search(before) or _OF_OTHER.match(after):
            continue
        yield found


def unquoted(text: str) -> str:
    """Return the text with quoted words blanked out: they are spoken about, not said."""
    return _QUOTED.sub(lambda found: " " * len(found.group()), text)
