"""Where output goes: results on stdout, progress and complaints on stderr."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import click

from shipworthy.kernel import escaped

Format = Literal["human", "plain", "json"]

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["human", "plain", "json"]),
    default=None,
    help="human in a terminal, plain otherwise: one line an item, no colour.",
)


@dataclass(frozen=True, slots=True)
class Output:
    """How results are shown."""

    format: Format

    @classmethod
    def choose(cls, wanted: str | None) -> "Output":
        """Use the wanted format, or the one that fits stdout."""
        if wanted in {"human", "plain", "json"}:
            return cls(wanted)  # type: ignore[arg-type]  # narrowed by the set
        return cls("human" if sys.stdout.isatty() else "plain")

    def line(self, text: str = "") -> None:
        """Write one line of a result."""
        click.echo(text)

    def data(self, value: object) -> None:
        """Write a JSON document."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))

    def show(self, value: object, lines: Iterable[str]) -> None:
        """Write a result: as JSON the value, a record or what is made of records; else the lines.

        Lines that are made as they are read cost nothing where nobody reads them.
        """
        if self.format == "json":
            import msgspec

            self.data(msgspec.to_builtins(value))
            return
        for line in lines:
            self.line(line)

    def styled(self, text: str, colour: str) -> str:
        """Colour a word in a terminal that wants colour; words never rest on colour alone."""
        if self.format != "human" or os.environ.get("NO_COLOR"):
            return text
        return click.style(text, fg=colour, bold=True)


def note(text: str) -> None:
    """Write one line to stderr."""
    click.echo(text, err=True)


def plain(text: str) -> str:
    """Escape what could move the cursor: what a far side made us write down may be anything."""
    return escaped(text)
