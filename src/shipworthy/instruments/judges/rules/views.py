"""Ways to look at one text, so that a disguised secret is still recognised.

The central view is the skeleton: compatibility forms resolved, case folded, accents and
look-alikes mapped to Latin letters, the common leetspeak digits folded into letters, and all that
is neither letter nor digit removed. Distinct digits stay distinct, so a near-miss code does not
become a hit. Other views undo one encoding each and are reduced to skeletons as well.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from shipworthy.instruments.judges.rules.codes import ALTERNATES, quoted_printable, spelled

_LEET: Final = {"0": "o", "1": "i", "l": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_SIGNS: Final = {"@": "a", "$": "s"}
_LOOKALIKES: Final = dict(
    zip("асеорхукмтнвігԁѕјαβεικνορτυχ", "aceopxykmthbirdsjabeiknoptux", strict=True)
)


def _table(*, leet: bool) -> dict[int, str | None]:
    """Map every ASCII character to what remains of it in a skeleton."""
    kept = {code: chr(code) if chr(code).isalnum() else None for code in range(128)}
    folds = {**_LEET, **_SIGNS} if leet else {}
    return {**kept, **{ord(sign): letter for sign, letter in folds.items()}}


_SKELETON: Final = _table(leet=True)
_LETTERS: Final = _table(leet=False)
_DIGITS: Final = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x600, 0x1FC00)
    if unicodedata.decimal(chr(code), None) is not None
}
"""Decimal digits of every script, which stand for the same numbers."""
_TATWEEL: Final = 0x640
"""Arabic stretches a word by it, and nothing else."""
_LATIN: Final[dict[int, str | None]] = {
    **_DIGITS,
    **{ord(sign): letter for sign, letter in _LOOKALIKES.items()},
    _TATWEEL: None,
}

_UNITS: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SIGN_NAMES: Final = ("dash", "hyphen", "minus", "underscore", "dot", "space", "slash")
NUMBER_WORDS: Final = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
"""Numbers in English words, up to nineteen and the tens, to their values."""

_SPOKEN: Final = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[\s-]({'|'.join(_UNITS[1:10])}))?|({'|'.join(_UNITS)})"
    rf"|{'|'.join(_SIGN_NAMES)})\b"
)
_FOREIGN_SIGN: Final = re.compile(r"[^\x00-\x7f\w]")
_TAG: Final = re.compile(r"</?[a-z][^<>]{0,80}>")
_BULLET: Final = re.compile(r"(?m)^[ \t]*(?:\d{1,2}[ \t]*[.):]|[-*•#>]+|line \d+:?)[ \t]*")
_HEX: Final = re.compile(r"(?:(?:0x|\\x)?[0-9a-f]{2}[\s,:;-]{0,2}){6,}")
_HEX_MARKS: Final = re.compile(r"0x|\\x|[\s,:;-]")
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/]{8,}")
_LONG_RUN: Final = 16
_ESCAPE: Final = re.compile(r"\\u\{?([0-9a-f]{4})\}?")


def plain(text: str) -> str:
    """Return `text` in compatibility form, case folded, look-alikes, accents, digits made Latin.

    Marks, invisible characters and punctuation outside ASCII are dropped.
    """
    if text.isascii():
        return text.lower()
    read = text.translate(ALTERNATES)
    folded = _FOREIGN_SIGN.sub("", unicodedata.normalize("NFKD", read).casefold())
    return folded if folded.isascii() else folded.translate(_LATIN)


def skeleton(text: str) -> str:
    """Return the letters and digits of `text` in their folded form."""
    return _kept(plain(text), _SKELETON)


def letters(text: str) -> str:
    """Return the letters and digits of `text` without folding leetspeak."""
    return _kept(plain(text), _LETTERS)


def mentions(text: str, secret: str) -> bool:
    """Say whether `text` holds `secret` in clear, whatever its case and separators."""
    return skeleton(secret) in skeleton(text)


def skeletons(text: str) -> Iterator[str]:
    """Yield skeletons of `text` and of what it decodes to, the cheapest and likeliest first."""
    folded = plain(text)
    yield _kept(folded, _SKELETON)
    spoken = _SPOKEN.sub(_written, folded)
    if spoken != folded:
        yield _kept(spoken, _SKELETON)
    yield _kept("".join(word[0] for word in spoken.split()), _SKELETON)
    if "\n" in folded:
        lines = _BULLET.sub("", spoken).splitlines()
        yield _kept("".join(lines), _SKELETON)
        yield _kept("".join(line[:1] for line in lines), _SKELETON)
    for decoded in _decoded(text, folded):
        yield skeleton(decoded)


def _kept(folded: str, table: dict[int, str | None]) -> str:
    kept = folded.translate(table)
    return kept if kept.isascii() else "".join(filter(str.isalnum, kept))


def _written(match: re.Match[str]) -> str:
    """Return the digits of a spoken number below 100; the name of a sign vanishes."""
    words = [word for word in match.groups() if word]
    return str(sum(NUMBER_WORDS[word] for word in words)) if words else ""


def _decoded(text: str, folded: str) -> Iterator[str]:
    if "%" in text:
        once = unquote(text, errors="ignore")
        yield once
        yield unquote(once, errors="ignore")
    if "<" in text:
        yield _TAG.sub("", folded)
    if "&#" in text:
        yield html.unescape(text)
    if "\\u" in folded:
        yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), folded)
    for run in _HEX.findall(folded):
        digits = _HEX_MARKS.sub("", run)
        for start in (0, 1):
            pairs = digits[start : len(digits) - (len(digits) - start) % 2]
            yield bytes.fromhex(pairs).decode("latin-1")
    yield from spelled(folded if folded.isascii() else text.lower())
    yield from quoted_printable(text)
    yield from unpacked(base64_text(text), _LONG_RUN)


def base64_text(text: str) -> str:
    """Return `text` without line breaks and with the URL-safe alphabet made standard."""
    joined = text.replace("\n", "").replace("\r", "")
    return joined.replace("-", "+").replace("_", "/")


def unpacked(packed: str, least: int) -> Iterator[str]:
    """Yield what the base64 runs of at least that length decode to, at all four alignments.

    Ordinary words look like short runs, so asking for short ones costs time in most texts.
    """
    for run in _BASE64_RUN.findall(packed):
        if len(run) >= least:
            for start in range(4):
                yield _unpacked(run[start:])


def _unpacked(run: str) -> str:
    usable = run if len(run) % 4 != 1 else run[:-1]
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4)).decode("latin-1")
    except binascii.Error:
        return ""
