"""Where a reply states its answer: lines without markup, and what stands behind their markers.

Every pattern has bounded repetitions, so that the time is linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SUPER: Final = str.maketrans(
    {sign: f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    | dict.fromkeys("\u2212\u2010\u2011\ufe63\uff0d", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None)
    | dict.fromkeys("\u00a0\u202f\u2009\u2007", " ")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
)
_DASHED: Final = re.compile(r"(?<!\S)[\u2013\u2014](?=\d)")
_VULGAR: Final = re.compile("[\u00bc-\u00be\u2150-\u215e]")
_THOUGHT: Final = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_THINKING: Final = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_FRACTION: Final = re.compile(r"\\[dt]?frac\s?\{([^{}]{1,40})\}\s?\{([^{}]{1,40})\}")
_WRAPPED: Final = re.compile(
    r"\\(?:text|textbf|mathrm|mathbf|mathit|operatorname)\s?\{([^{}]{0,200})\}"
)
_BOXED: Final = re.compile(
    r"\\(?:boxed|fbox)\s?\{([^{}]{0,200}(?:\{[^{}]{0,200}\}[^{}]{0,200}){0,3})\}"
)
_LATEX: Final = re.compile(r"\\[\[\](),;!]|\\(?:quad|displaystyle|left|right)\b|\\(?=[%$#&_])")
_TIMES: Final = re.compile(r"\\(?:times|cdot)\b")
_TAG: Final = re.compile(
    r"</?(?:b|i|u|em|strong|code|p|br|span|answer|final_answer)\s{0,3}/?>", re.IGNORECASE
)
_MARKUP: Final = re.compile(r"\*\*|__|`|~~|(?<!\w)[*_](?=[\w(])|(?<=[\w).])[*_](?!\w)|\$")
_OPENING: Final = re.compile(r"^(?:[\s>#|•]|[*-]\s){0,40}")
_FENCE: Final = re.compile(r"^\s{0,8}(?:```|~~~)\w{0,20}\s*$")

_NOUNS: Final = (
    r"answer|answers|antwort|r[ée]ponse|respuesta|risposta|resposta|ответ|答案|答え|정답"
)
_THINGS: Final = (
    r"result|solution|conclusion|choice|option|output|flag|total|sum|value|code|password"
)
_IS: Final = (
    r"\bis\b|\bare\b|\b(?:would|must|should|will) be\b|\bist\b|\best\b|\bes\b|是|は"
    r"|:(?!\d\d)|=|->|→"
)
_SAID: Final = re.compile(
    rf"(?:(?P<final>\bfinal )?(?P<answer>\b(?:{_NOUNS})\b)[^.:=?!\n→]{{0,60}}?"
    rf"|\b(?:the|my|its|your|{_THINGS})\b[^.,:=?!\n→]{{0,30}}?\b(?:{_THINGS})\b[^.,:=?!\n→]{{0,40}}?"
    rf"|^\W{{0,8}}(?:{_THINGS})\b)\s{{0,4}}(?:{_IS})",
    re.IGNORECASE,
)
_CHOSEN: Final = re.compile(
    r"\b(?:i(?:'d|'ll| would| will)? (?:choose|pick|select|go with|answer)|going with"
    r"|(?:it|program|code|script|loop) (?:prints|outputs|returns|displays))\b",
    re.IGNORECASE,
)
_HASHES: Final = re.compile(r"^\s{0,8}####\s")
_DENIED: Final = re.compile(
    r"^\W{0,8}(?:not\b(?!.{1,80}?\bbut\b)|never\b|neither\b|n't)", re.IGNORECASE
)


_IF: Final = re.compile(r"\bif\b", re.IGNORECASE)
_WOULD: Final = re.compile(r"\bwould\b", re.IGNORECASE)

FINAL: Final = 2
"""Rank of a statement that is marked as the last word."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands behind a marker; `line` numbers the lines that say something.

    `rank` is 2 where it is marked as the last word (boxed, after `####`, or named final), 1 where
    it is named the answer, and 0 where something else is named that may be a step on the way.
    """

    text: str
    line: int
    rank: int = 1


def lines_of(reply: str) -> tuple[list[str], list[Statement]]:
    """Return the lines of a reply that say something, without markup, and what it boxed.

    What a model thought aloud between marks is no part of its reply; thoughts that never end leave
    nothing.
    """
    told = _THOUGHT.split(reply)[-1]
    told = _THINKING.split(told)[0]
    lines: list[str] = []
    boxed: list[Statement] = []
    for raw in told.splitlines():
        if _FENCE.match(raw):
            continue
        said = _said(raw)
        at = len(lines)
        boxed.extend(Statement(bare(match[1]), at, FINAL) for match in _BOXED.finditer(said))
        text = bare(_BOXED.sub(r" \1 ", said))
        if text:
            lines.append(("#### " if _HASHES.match(raw) else "") + text)
    return lines, boxed


def bare(line: str) -> str:
    """Return a line without emphasis, quotes of code, signs of LaTeX and marks of lists."""
    text = _LATEX.sub("", _MARKUP.sub("", _TAG.sub(" ", line))).replace("\\", "")
    return _OPENING.sub("", text).strip()


def statements(lines: list[str]) -> Iterator[Statement]:
    """Yield what a reply states as its answer, in order; what it denies or asks is left out."""
    for number, line in enumerate(lines):
        if line.startswith("#### "):
            yield Statement(line[5:].strip(), number, FINAL)
            continue
        found = [*_SAID.finditer(line), *_CHOSEN.finditer(line)]
        if not found:
            continue
        marker = max(found, key=lambda match: match.end())
        text, where = line[marker.end() :].strip(), number
        if not re.search(r"\w", text) and number + 1 < len(lines):
            text, where = lines[number + 1], number + 1
        if text.endswith("?") or _DENIED.match(text) or not re.search(r"\w", text):
            continue
        if _IF.search(line) and _WOULD.search(marker[0]):
            continue
        yield Statement(text, where, _rank(marker))


def _rank(marker: re.Match[str]) -> int:
    named = marker.groupdict()
    if named.get("final"):
        return FINAL
    return 1 if named.get("answer") or marker.re is _CHOSEN else 0


def _said(raw: str) -> str:
    """Return a line in compatibility form, its fractions, powers and digits as ASCII."""
    text = raw
    if not text.isascii():
        text = _DASHED.sub("-", text.translate(_SUPER))
        text = _VULGAR.sub(lambda match: f" {unicodedata.normalize('NFKC', match[0])}", text)
        text = unicodedata.normalize("NFKC", text).replace("\u2044", "/")
        text = "".join(_digit(sign) for sign in text)
    if "\\" in text:
        text = _FRACTION.sub(r" \1/\2", text)
        text = _WRAPPED.sub(r"\1", text)
        text = _TIMES.sub("x", text).replace("{,}", ",")
    return text


def _digit(sign: str) -> str:
    value = None if sign.isascii() else unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
