"""Diagnostics: what was wrong, where, and what would be right, for a person to read."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

from shipworthy.kernel.exit_codes import ExitCode

_LAYOUT: Final = "\n\t\u00a0\u202f"
"""Line ends and spaces that messages are laid out with."""


class Severity(Enum):
    """How much a diagnostic matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text a person wrote: 1-based line and column, or 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [escaped(self.file), *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about an input or the environment; `code` is stable and documented."""

    code: str
    message: str
    location: Location | None = None
    help: str = ""
    severity: Severity = Severity.ERROR

    def render(self) -> str:
        """Return the diagnostic as one or two lines of plain text."""
        where = f"{self.location}: " if self.location else ""
        line = f"{where}{self.severity.value}[{self.code}]: {escaped(self.message, _LAYOUT)}"
        return f"{line}\n  help: {escaped(self.help, _LAYOUT)}" if self.help else line


class Problem(Exception):  # noqa: N818 - it is what a person has, not what the machine raised
    """A failure that a person can act on: one or more diagnostics and the exit code they imply."""

    def __init__(
        self, diagnostics: Iterable[Diagnostic], exit_code: ExitCode = ExitCode.USAGE
    ) -> None:
        self.diagnostics = tuple(diagnostics)
        self.exit_code = exit_code
        if not self.diagnostics:
            raise ValueError("a problem needs at least one diagnostic")
        super().__init__(self.diagnostics[0].message)

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        *,
        location: Location | None = None,
        help: str = "",  # noqa: A002 - the word the reader sees
        exit_code: ExitCode = ExitCode.USAGE,
    ) -> Self:
        """Build a problem of a single diagnostic."""
        return cls([Diagnostic(code, message, location, help)], exit_code)

    def render(self) -> str:
        """Return all diagnostics, one after the other."""
        return "\n".join(diagnostic.render() for diagnostic in self.diagnostics)


def escaped(text: str, kept: str = "") -> str:
    """Write out what a terminal would obey or not show; the characters of `kept` stay.

    File names and quoted input may hold line ends, colours, turned reading direction and bytes
    that are no text: shown raw, they could hide or forge a complaint.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in kept else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def did_you_mean(word: str, legal: Iterable[str]) -> str:
    """Return help text for a word outside a closed set: the nearest legal word, or all of them."""
    choices = sorted(legal)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not choices:
        return ""
    shown = ", ".join(f"`{choice}`" for choice in choices[:12])
    more = f" and {len(choices) - 12} more" if len(choices) > 12 else ""
    return f"one of {shown}{more}"
