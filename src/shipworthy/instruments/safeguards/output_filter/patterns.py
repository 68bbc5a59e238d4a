"""Patterns for the output filter: a subset of regular expressions that cannot run away.

Python's engine backtracks, so a careless expression can stall a product on a crafted answer. Here
every repetition is bounded and repeats one character or one class, and the number of ways in which
an expression can be tried at one position is capped; matching is linear in the text.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from shipworthy.kernel import Record

LONGEST_EXPRESSION: Final = 200
MOST_WAYS: Final = 4096
"""Upper bound on the ways to try an expression at one position."""

_PIECE: Final = re.compile(
    r"""
    (?P<atom> \\. | \[\^?\]?(?:\\.|[^\]\\])*\] | [^\\\[\](){}?*+|^$.] | \. )
    | (?P<anchor> [\^$] )
    | (?P<open> \((?:\?:)?(?!\?) )
    | (?P<close> \) )
    | (?P<or> \| )
    | (?P<repeat> \?(?!\?) | \{(?P<low>\d{1,3})(?:(?P<comma>,)(?P<high>\d{1,3}))?\}(?![?+]) )
    """,
    re.VERBOSE | re.DOTALL,
)


def check_expression(expression: str) -> None:
    """Refuse an expression outside the safe subset.

    Raises:
        ValueError: naming what is not allowed and what to write instead.
    """
    if not 0 < len(expression) <= LONGEST_EXPRESSION:
        raise ValueError(f"an expression has 1 to {LONGEST_EXPRESSION} characters")
    ways, position, before = 1, 0, ""
    while position < len(expression):
        piece = _PIECE.match(expression, position)
        if piece is None:
            raise ValueError(_complaint(expression, position))
        kind = str(piece.lastgroup)
        if kind == "atom" and re.fullmatch(r"\\[1-9]", piece.group()):
            raise ValueError("back-references are not allowed in a pattern")
        if kind == "repeat":
            if before != "atom":
                raise ValueError("only a single character or class may be repeated, not a group")
            ways *= _choices(piece)
        ways += kind == "or"
        before, position = kind, piece.end()
    if ways > MOST_WAYS:
        raise ValueError(f"the expression can be tried in {ways} ways: keep it under {MOST_WAYS}")
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None


def _choices(piece: re.Match[str]) -> int:
    if piece.group() == "?":
        return 2
    low = int(piece["low"])
    return int(piece["high"]) - low + 1 if piece["comma"] else 1


def _complaint(expression: str, position: int) -> str:
    rest = expression[position:]
    if rest[0] in "*+":
        return "write a bounded repetition such as `{1,64}` instead of `*` or `+`"
    if rest[0] == "{":
        return "write a bounded repetition such as `{1,64}`, with both limits and nothing after it"
    return f"`{rest[:4]}` is not allowed in a pattern"


class Pattern(Record, frozen=True, kw_only=True):
    """A named expression; its text is case-sensitive and found anywhere in the reply."""

    name: str
    expression: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a pattern needs a name")
        check_expression(self.expression)


KEY_PATTERNS: Final = (
    Pattern(name="private-key", expression=r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----"),
    Pattern(name="aws-access-key", expression=r"\bAKIA[0-9A-Z]{16}\b"),
    Pattern(name="github-token", expression=r"\bgh[pousr]_[A-Za-z0-9]{36}"),
    Pattern(name="provider-key", expression=r"\bsk-[A-Za-z0-9_-]{20}"),
    Pattern(name="json-web-token", expression=r"\beyJ[A-Za-z0-9_-]{10,40}\.eyJ[A-Za-z0-9_-]{10}"),
)
"""Key-like strings that no answer of a product should hold."""


NO_LIMIT: Final = 2**62
"""The width of a pattern whose matches are known only when the text is whole."""


@dataclass(frozen=True, slots=True)
class ReadyPattern:
    """A pattern ready to search.

    Attributes:
        name: the pattern's.
        compiled: its expression.
        width: most characters of a match. Every repetition of the safe subset has a limit, so
            every width has one; but a pattern that may match nothing is found in ways that depend
            on what was found before, and has `NO_LIMIT`.
        words: what stands in every text with a match: much quicker to look for.
    """

    name: str
    compiled: re.Pattern[str]
    width: int
    words: tuple[str, ...]


def find_pattern(text: str, public: Callable[[], str], patterns: Sequence[ReadyPattern]) -> str:
    """Return the name of the first pattern with a match that the public text does not hold.

    `public` gives that text, and is called only where there is a match.
    """
    for pattern in patterns:
        for word in pattern.words:
            if word not in text:
                break
        else:
            for match in pattern.compiled.finditer(text):
                if match.group() and match.group() not in public():
                    return pattern.name
    return ""


@cache
def ready_patterns(patterns: tuple[Pattern, ...]) -> tuple[ReadyPattern, ...]:
    """Return patterns ready to search, in their order."""
    parser: Any = importlib.import_module("re._parser")
    found = []
    for pattern in patterns:
        tree = parser.parse(pattern.expression)
        least, most = tree.getwidth()
        width = int(most) if least else NO_LIMIT
        compiled = re.compile(pattern.expression)
        found.append(ReadyPattern(pattern.name, compiled, width, _words(tree)))
    return tuple(found)


def _words(tree: Any) -> tuple[str, ...]:
    """Return the literal text between whatever else an expression asks for; case matters in it."""
    words, word = [], ""
    for kind, value in [*tree, ("end", 0)]:
        if str(kind) == "LITERAL":
            word += chr(value)
        elif word:
            words.append(word)
            word = ""
    return tuple(sorted(words, key=len, reverse=True))
