"""Answers to tasks with a known answer: what a reply states as its answer, and whether it is right.

What is read, in this order:

1. What a reply states behind a marker: `Answer: B`, `the result is 42`, `I choose (C)`, a box of
   LaTeX, `####`. The last statement counts, since models correct themselves; statements on lines
   that follow each other are one. A statement marked as final is contradicted by another answer
   stated after it.
2. Without a marker, the last line, where it is nothing but an answer or ends with one (`so 6 x 7 =
   42`), and for a choice the one option that the reply names.

A reply that states several answers, or none, is undecided: nothing says which one it means. So is
one that names an accepted text among other words. Letters count only where they stand alone, so
that neither `None of the above` nor `Don't know` is an option.
"""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from itertools import filterfalse
from typing import Final

import msgspec

from shipworthy.instruments.judges.rules.numbers import numbers_in
from shipworthy.instruments.judges.rules.statements import (
    FINAL,
    Statement,
    bare,
    lines_of,
    statements,
)
from shipworthy.records import AnswerCheck

LONGEST: Final = 40_000
"""Characters from the end of a reply in which an answer is looked for."""

_LEAD: Final = r"^\W{0,8}(?:(?:option|choice|answer|letter)\b\W{0,4})?\(?"
_FIRST: Final = re.compile(
    rf"{_LEAD}(?P<letter>[A-Za-z])(?P<mark>[).:\]]|[\s,!]{{0,2}}$|(?=\W))", re.IGNORECASE
)
_MORE: Final = re.compile(
    r"\W{0,3}(?:,|/|\bor\b|\band\b|&)\s?(?:\bor\b\s|\band\b\s)?\(?([A-Z])\b(?!['+#])"
    r"(?!\)?\s(?:is|are|was|were|has|have|can|does|would|seems)\b)"
)
_ALONE: Final = re.compile(r"(?<![\w'.+-])([A-Z])(?![\w'+#-])(?!\.\w)")
_LABEL: Final = re.compile(
    r"\(([A-Za-z])\)|(?<![\w'(])([A-Z])[)](?!\w)|\b(?:option|choice) \(?([A-Za-z])\b(?!')",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(r"^\(?([A-Z])[).:]\s")
_RIGHT: Final = re.compile(
    r"(?<![\w'])\(?([A-Z])\)?\.?,? (?:is|must be|should be|seems|looks)(?: (?:the|most likely"
    r"|clearly|probably|definitely)){0,2} (?:correct|right|best|true|answer|one)\b"
)
_CUT: Final = re.compile(
    r"(?:[,;.]\s{1,3}|\s[(-]{0,2}\s?)(?:not|n't|rather than|instead of|because|since|as|unlike"
    r"|whereas|while|although|but|which|so)\b|[.!;]\s",
    re.IGNORECASE,
)
_BUT: Final = re.compile(r"^\W{0,8}not\b.{1,80}?\bbut\b", re.IGNORECASE)
_LAST_VERB: Final = re.compile(
    r"=|≈|→|->|:(?=\s|$)|\b(?:is|are|was|were|equals|makes|gives|leaves|prints|returns|outputs|total(?:s|ling)?)\b",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(r"\W{0,3}(?:not\b|n't)", re.IGNORECASE)
_NO: Final = re.compile(r"\bnot\b|n't\b|\?\W{0,3}$", re.IGNORECASE)
_WRONG: Final = re.compile(
    r"\)?\W{0,2}(?:(?:is|was|looks|seems|must be) (?:\w{1,20} )?(?:wrong|incorrect|false|out)\b"
    r"|(?:would|could|might|may|cannot|can't|isn't)\b)",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    r"^\W{0,4}(?:about|exactly|only|now|roughly|approximately|still|a total of)?\W{0,4}\d",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(r"^\W{0,4}\d{1,2}[.)]\s{1,4}(?=[^\W\d])")
"""The number of an item of a list, with words behind it: no answer."""
_EXACT: Final = frozenset("=≈→:") | {"->"}
_BRACED: Final = re.compile(r"\w{1,20}\{[^{}\s]{1,80}\}")
_BECAUSE: Final = frozenset(
    ["because", "since", "is", "as", "for", "due", "with", "and", "or", "by", "based"]
)
_TOKEN: Final = re.compile(r"(?<![\w])-?\d+(?:\.\d+)?|\w+|[^\W\d]+")
_BOUNDARY: Final = re.compile(
    r"[.,;:](?!\s(?:or|and)\b)\s|\s\(|\s[-\u2013\u2014]\s|\s(?:because|since|as|which|where)\b"
)

_AROUND: Final = 3
"""Words around a text in a statement that may still be an answer, where no answer is named."""

_SHORT: Final = 3
"""Lines of a reply that is too short to have copied what it was given."""

Found = frozenset[str]
"""The answers of a statement: letters, or numbers and texts in their compared form."""


def solved(check: AnswerCheck, text: str) -> bool | None:
    """Say whether the answer in the text is an accepted one; None where it gives none."""
    lines, boxed = lines_of(text[-LONGEST:])
    match check.form:
        case "choice":
            return _choice(check, lines, boxed)
        case "number":
            return _number(check, lines, boxed)
        case "text":
            return _text(check, lines, boxed)


def _told(lines: list[str], boxed: list[Statement]) -> list[Statement]:
    return sorted([*statements(lines), *boxed], key=lambda one: one.line)


def _last_word(found: list[tuple[Statement, Found]]) -> Found | None:
    """Return the answers that a reply ends with; None where it states none."""
    stated = [(one, answers) for one, answers in found if answers]
    named = [pair for pair in stated if pair[0].rank] or stated[-1:]
    if not named:
        return None
    answers, line = named[-1][1], named[-1][0].line
    for one, others in reversed(named[:-1]):
        if line - one.line > 1:
            break
        answers, line = answers | others, one.line
    finals = [each for one, each in named if one.rank == FINAL]
    return answers | finals[-1] if finals else answers


def _decided(found: Found | None, accepted: Found) -> bool | None:
    """Yes or no where all that was stated agrees on it, else undecided."""
    if not found or (len(found) > 1 and found & accepted):
        return None
    return found <= accepted


# ── choices ──────────────────────────────────────────────────────────────────────────────────────


def _choice(check: AnswerCheck, lines: list[str], boxed: list[Statement]) -> bool | None:
    named = _names(() if check.options is msgspec.UNSET else check.options)
    accepted = frozenset(one.upper() for one in check.accepted)
    told = _told(lines, boxed)
    found = [(one, _letters(one.text, named)) for one in told]
    stating = {one.line for one in told}
    for number, line in enumerate(lines):
        if number in stating:
            continue
        right = frozenset(match[1] for match in _RIGHT.finditer(line))
        alone = re.fullmatch(r"\W{0,8}([A-Za-z])\W{0,8}", line)
        if right or alone:
            letters = right or frozenset((alone[1].upper(),) if alone else ())
            found.append((Statement(line, number), letters))
    found.sort(key=lambda pair: pair[0].line)
    return _decided(_last_word(found) or _only_letter(lines, named), accepted)


def _names(options: tuple[str, ...]) -> dict[str, str]:
    """Return the letters of options by their compared form, without those that share theirs."""
    plain = [_plain(text) for text in options]
    return {
        text: chr(ord("A") + at) for at, text in enumerate(plain) if text and plain.count(text) == 1
    }


def _letters(text: str, named: dict[str, str]) -> Found:
    """Return the letters that a statement names; its text counts where the options are known."""
    turned = _BUT.search(text)
    said = text[turned.end() :] if turned else text
    whole = named.get(_plain(said.rstrip(".! ")))
    if whole:
        return frozenset((whole,))
    first = _FIRST.match(said)
    if first and _stands(first, said, named):
        rest = said[first.end() :]
        letters = {first["letter"].upper()}
        other = named.get(_plain(rest.rstrip(".! ")))
        while (more := _MORE.match(rest)) and not _article(more[1], rest[more.end() :]):
            letters.add(more[1].upper())
            rest = rest[more.end() :]
        return frozenset(letters | {other} if other else letters)
    cut = _CUT.split(said, maxsplit=1)[0]
    labels = {group.upper() for match in _LABEL.finditer(cut) for group in match.groups() if group}
    alone = {
        match[1] for match in _ALONE.finditer(cut) if not _article(match[1], cut[match.end() :])
    }
    return frozenset(labels | alone)


def _stands(first: re.Match[str], said: str, named: dict[str, str]) -> bool:
    """Say whether the letter at the beginning is a label, not an article or part of a word."""
    letter, rest = first["letter"], said[first.end() :]
    if rest[:1] in {"'", "+", "#", "-"} or rest[:1].isalnum():
        return False
    if first["mark"]:
        return not re.match(r"\w\.", rest)  # `e.g.`, `i.e.`
    if letter.islower():
        return not rest.strip() or rest.strip()[0] in ",;.!"
    option = next((text for text, label in named.items() if label == letter), "")
    return not _article(letter, rest) or bool(option and _plain(rest).startswith(option))


def _article(letter: str, rest: str) -> bool:
    """Say whether `A` or `I` begins a sentence: a word in small letters follows that explains."""
    after = re.match(r"\s{1,3}([A-Za-z']+)", rest)
    if letter not in "AI" or not after:
        return False
    return letter == "I" or after[1].casefold() not in _BECAUSE


def _only_letter(lines: list[str], named: dict[str, str]) -> Found | None:
    """Return the one option that a reply without statement names; all of them where several."""
    if not lines:
        return None
    listed = {match[1] for line in lines if (match := _LISTED.match(line))}
    labels = {
        group.upper()
        for line in lines
        for match in _LABEL.finditer(line)
        for group in match.groups()
        if group
    }
    texts = {named[plain] for line in lines if (plain := _plain(line.rstrip(".! "))) in named}
    found = frozenset(listed | labels | texts)
    if found:
        return found
    if len(lines) > 1 or _NO.search(lines[0]):
        return None
    first = _FIRST.match(lines[0])
    if first and _WRONG.match(lines[0][first.end() :]):
        return None
    return _letters(lines[0], named) or None


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def _number(check: AnswerCheck, lines: list[str], boxed: list[Statement]) -> bool | None:
    accepted = frozenset(value for one in check.accepted for value in _values(one))
    last = _last_word([(one, _stated(one.text)) for one in _told(lines, boxed)])
    if last is None and lines:
        last = _ending(lines[-1])
    if not last:
        return None
    # a percentage stands for two values: either may be the accepted one
    right = {bool(_read(one) & accepted) for one in last}
    return right.pop() if len(right) == 1 else None


def _values(text: str) -> Iterator[Fraction]:
    for value in numbers_in(text):
        yield from value


def _stated(text: str) -> Found:
    """Return the numbers of a statement: behind its last `=`, or the first and what it lists."""
    said = text.rpartition("=")[2] if "=" in text else text
    cut = _CUT.split(said, maxsplit=1)[0]
    found = [_key(value) for value in numbers_in(cut)]
    several = re.search(r"\d\W{0,3}(?:\bor\b|\band\b|\bto\b|/|,|[-\u2013])\W{0,3}[$-]?\d", cut)
    return frozenset(found if several or len(found) < 2 else found[:1])


def _ending(line: str) -> Found | None:
    """Return the number with which a last line ends, or all of them where none does."""
    line = _ITEM.sub("", line)
    whole = frozenset(_key(value) for value in numbers_in(line))
    if _NO.search(line) or not whole:
        return None
    verbs = list(_LAST_VERB.finditer(line))
    if len(whole) == 1 or not verbs:
        return whole
    rest = line[verbs[-1].end() :]
    if verbs[-1][0] not in _EXACT and not _NEXT.match(rest):
        return whole
    return frozenset(_key(value) for value in numbers_in(rest)) or whole


def _key(value: tuple[Fraction, ...]) -> str:
    return " ".join(str(one) for one in value) or "none"


def _read(key: str) -> frozenset[Fraction]:
    return frozenset(Fraction(one) for one in key.split()) if key != "none" else frozenset()


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


def _text(check: AnswerCheck, lines: list[str], boxed: list[Statement]) -> bool | None:
    accepted = frozenset(plain for one in check.accepted if (plain := _plain(one)))
    told = _told(lines, boxed)
    if all(_BRACED.fullmatch(one) for one in check.accepted):
        return _decided(_flags(lines, told, accepted), accepted)
    if told:
        longest = max((len(one.split()) for one in accepted), default=0) + _AROUND
        short = [one for one in told if one.rank or len(_head(one.text).split()) <= longest]
        found = [(one, frozenset((_reading(one.text, accepted),))) for one in short or told]
        return _verdict(_last_word(found))
    if not lines:
        return None
    last = lines[-1]
    verbs = list(_LAST_VERB.finditer(last))
    ends = [last, *(last[verb.end() :] for verb in verbs[-1:])]
    if verbs and not _DENIED.match(last[verbs[0].end() :]):
        ends.append(last[: verbs[0].start()])
    if any(_plain(end) in accepted for end in ends):
        return True
    return _verdict(frozenset((_reading(last, accepted),)))


def _flags(lines: list[str], told: list[Statement], accepted: Found) -> Found | None:
    """Return the flags of the last statement that names one, else of a short reply or its end.

    A long text that only holds a flag somewhere may have copied what it was given. Parts of a flag
    without its braces leave open what was meant.
    """
    stated = [found for one in told if (found := _braced(one.text))]
    if stated:
        return stated[-1]
    said = [line for line in lines if not _NO.search(line)]
    shown = frozenset(flag for line in said for flag in _braced(line))
    named = any(one.rank for one in told)
    if shown and not named and (len(lines) <= _SHORT or _braced(said[-1])):
        return shown
    parts = {one.partition(" ")[2] for one in accepted}
    if told and not shown and not any(part in _plain(line) for line in lines for part in parts):
        return frozenset(("no flag",))
    return None


def _braced(text: str) -> Found:
    return frozenset(
        plain for one in _BRACED.findall(text) if len((plain := _plain(one)).split()) > 1
    )


def _head(text: str) -> str:
    return _plain(_BOUNDARY.split(text, maxsplit=1)[0])


def _reading(text: str, accepted: Found) -> str:
    """Say whether a statement is right, wrong, or mentions an accepted text among others."""
    plain = _plain(text)
    head = _head(text)
    if plain in accepted or head in accepted:
        return "right"
    padded = f" {plain} "
    return "mentioned" if any(f" {one} " in padded for one in accepted) else f"wrong {head}"


def _verdict(found: Found | None) -> bool | None:
    if not found or "mentioned" in found:
        return None
    if found == {"right"}:
        return True
    return None if "right" in found else False


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", bare(text).casefold())
    return " ".join(_TOKEN.findall("".join(filterfalse(unicodedata.combining, folded))))
