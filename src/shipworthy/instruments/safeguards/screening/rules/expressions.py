"""What can be known of an expression before it is used: how wide a match may be, what it can hit.

Expressions are written for RE2, whose time is linear in the text whatever is asked. They are also
read with Python's parser, which is where widths come from; what the two read differently is
refused, so that a width is never too small.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from shipworthy.instruments.safeguards.screening.rules.views import View, see

LONGEST_EXPRESSION: Final = 1000
WIDEST: Final = 4096
"""Characters; a rule whose match may be wider holds the whole answer back."""

# The module has no public name since `sre_parse` was deprecated.
_parser: Final[Any] = importlib.import_module("re._parser")

_UNLIKE: Final = (
    (re.compile(r"\\[0-9]"), "a backslash before a digit"),
    (re.compile(r"\{,"), "`{,n}`: write `{0,n}`"),
    (re.compile(r"\[:\^?\w+:\]"), "a class such as `[[:alpha:]]`: write `[A-Za-z]`"),
    (re.compile(r"\(\?[a-zA-Z-]*[aLux]"), "the flags `a`, `L`, `u` and `x`"),
)


@dataclass(frozen=True, slots=True)
class Study:
    """What is known of an expression.

    Attributes:
        width: most characters of a match, or None where there is no limit below `WIDEST`.
        looks_ahead: whether a match may depend on the character behind it.
    """

    width: int | None
    looks_ahead: bool


def study(expression: str) -> Study:
    """Read an expression.

    Raises:
        ValueError: naming what is not allowed and what to write instead.
    """
    if not 0 < len(expression) <= LONGEST_EXPRESSION:
        raise ValueError(f"an expression has 1 to {LONGEST_EXPRESSION} characters")
    for unlike, what in _UNLIKE:
        if unlike.search(_without_escaped_backslashes(expression)):
            raise ValueError(f"{what} is not allowed in an expression")
    try:
        tree = _parser.parse(expression)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    looks_ahead = False
    for name, value in _nodes(tree):
        if name == "AT":
            if str(value) not in {"AT_BOUNDARY", "AT_NON_BOUNDARY"}:
                raise ValueError(
                    "`^`, `$` and their like are not allowed: a text that arrives in pieces has no "
                    "places for them; `\\b` is"
                )
            looks_ahead = True
    least, most = tree.getwidth()
    if least == 0:
        raise ValueError("the expression matches the empty text, so it says nothing")
    return Study(int(most) if most <= WIDEST else None, looks_ahead)


def check_for_view(expression: str, view: View) -> None:
    """Refuse an expression that asks for a character which its view never holds.

    Raises:
        ValueError: naming the character and what the view makes of it.
    """
    if view == "raw":
        return
    for name, value in _nodes(_parser.parse(expression)):
        if name != "LITERAL":
            continue
        letter = chr(value)
        seen = see(view, letter)
        if seen not in {letter, letter.lower()}:
            instead = f"write `{seen}` for it" if seen else "leave it out"
            raise ValueError(f"the view `{view}` never holds `{letter}`: {instead}")


def _without_escaped_backslashes(expression: str) -> str:
    return expression.replace("\\\\", "")


def _nodes(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield each node outside character classes, by the name of its kind."""
    for kind, value in tree:
        yield str(kind), value
        name = str(kind)
        if name == "BRANCH":
            for branch in value[1]:
                yield from _nodes(branch)
        elif name == "SUBPATTERN":
            yield from _nodes(value[-1])
        elif name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            yield from _nodes(value[2])
        elif name in {"ASSERT", "ASSERT_NOT", "ATOMIC_GROUP", "GROUPREF", "GROUPREF_EXISTS"}:
            raise ValueError("look-around, atomic groups and back-references are not allowed")
