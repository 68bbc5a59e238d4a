"""Numbers as replies write them: separators, fractions, powers, percentages, words.

Values are exact. A number too long or too large to be an answer is none, so that no text can make
the arithmetic expensive.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from shipworthy.instruments.judges.rules.views import NUMBER_WORDS

LONGEST: Final = 60
"""Characters of one number beyond which it is no answer."""

LARGEST: Final = 400
"""Powers of ten beyond which a number is no answer."""

_SCALES: Final = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}

_DIGITS: Final = r"\d{1,60}(?:[.,_' ]\d{1,60}){0,20}"
_NUMBER: Final = re.compile(
    r"(?P<sign>(?<![\w)\]])[-+]\s?)?(?<![\w.^])(?<!\d:)[$€£¥]?\s?"
    rf"(?P<whole>(?>{_DIGITS}|\.\d{{1,60}}))(?!:\d|x[0-9a-f])"
    r"(?:\s?/\s?(?P<under>\d{1,30})(?![\d/]))?"
    r"(?:e(?P<e>[+-]?\d{1,9})\b|\s?[x*×·]\s?10\s?\^\s?[({]?(?P<ten>-?\d{1,9})[)}]?)?"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
    rf"(?:\s(?P<scale>{'|'.join(_SCALES)})\b)?",
    re.IGNORECASE,
)
_MIXED: Final = re.compile(r"(?<![\d.,/])(\d{1,9})[ -](\d{1,9})\s?/\s?(\d{1,9})(?![\d/])")
_GROUPED: Final = re.compile(r"\d{1,3}(?:([,_' .])\d{3})(?:\1\d{3})*")
_WORD: Final = rf"(?:{'|'.join([*NUMBER_WORDS, *_SCALES])})"
_SPOKEN: Final = re.compile(
    rf"\b(?P<sign>minus |negative )?"
    rf"(?P<words>(?:{'|'.join(NUMBER_WORDS)})(?:(?: and |[ -]){_WORD}){{0,12}})\b"
)
_SIGNED: Final = re.compile(r"\b(?:minus|negative)\s(?=[$.\d])", re.IGNORECASE)

Value = tuple[Fraction, ...]
"""What a number may stand for: one value, or for a percentage the number and its hundredth."""

NO_VALUE: Final[Value] = ()
"""Of a number that no answer is."""


def numbers_in(text: str) -> Iterator[Value]:
    """Yield the numbers of a text from left to right; those spelled out where no digit stands."""
    found = False
    for match in _NUMBER.finditer(_MIXED.sub(_improper, _SIGNED.sub("-", text))):
        found = True
        for part in _listed(match["whole"]):
            yield _value(match, part)
    if not found:
        for match in _SPOKEN.finditer(text.casefold()):
            yield (_spoken(match),)


def value_of(text: str) -> Value | None:
    """Return the one number that a text is, or nothing when it is none, or more than one."""
    found = list(numbers_in(text))
    return found[0] if len(found) == 1 and found[0] else None


def _improper(match: re.Match[str]) -> str:
    whole, over, under = (int(group) for group in match.groups())
    return f"{whole * under + over}/{under}"


def _listed(written: str) -> list[str]:
    """Split `1, 2` and `3 4` into their numbers, and leave separators of thousands alone."""
    if " " not in written:
        return [written]
    return [written] if _GROUPED.match(written) and _grouped(written) else written.split()


def _grouped(written: str) -> bool:
    found = _GROUPED.match(written)
    rest = written[found.end() :] if found else written
    return found is not None and (not rest or re.fullmatch(r"[.,]\d+", rest) is not None)


def _plain(written: str) -> str | None:
    """Return a number without separators, its decimals after a point; nothing for `1.2.3`."""
    found = _GROUPED.match(written)
    if found and _grouped(written) and (found[1] != "." or found.end() < len(written)):
        decimals = written[found.end() + 1 :]
        whole = re.sub(r"\D", "", found[0])
        return f"{whole}.{decimals}" if decimals else whole
    points = re.sub(r"[_']", "", written)
    if found and found[1] == "." and _grouped(written) and written.count(".") > 1:
        return points.replace(".", "")
    plain = points.replace(",", ".")
    return plain if plain.count(".") <= 1 else None


def _value(match: re.Match[str], written: str) -> Value:
    plain = _plain(written)
    power = int(match["e"] or match["ten"] or 0)
    under = int(match["under"] or 1)
    if plain is None or len(plain) > LONGEST or abs(power) > LARGEST or not under:
        return NO_VALUE
    value = Fraction(plain) * Fraction(10) ** power / under
    if match["scale"]:
        value *= 10 ** _SCALES[match["scale"].casefold()]
    if (match["sign"] or "").startswith("-"):
        value = -value
    return (value, value / 100) if match["percent"] else (value,)


def _spoken(match: re.Match[str]) -> Fraction:
    """Return the value of `two thousand and forty-two`: each scale multiplies what precedes it."""
    total = part = 0
    for word in re.split(r"[ -]", match["words"]):
        if word in NUMBER_WORDS:
            part += NUMBER_WORDS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * 10 ** _SCALES[word], 0
    value = Fraction(total + part)
    return -value if match["sign"] else value
