"""`shipworthy framework changes`: what became of each clause, and what nobody announced."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.frameworks.wording import ClauseChange, Wording

_ORDER: Final = (
    "weakened",
    "removed",
    "relocated",
    "unclear",
    "strengthened",
    "added",
    "retained",
)
_LOOSER: Final = frozenset(_ORDER[:4])


@click.command("changes")
@click.argument("old")
@click.argument("new")
@format_option
def changes(old: str, new: str, output_format: str | None) -> ExitCode:
    """Align the clauses of OLD and NEW and suggest what became of each.

    OLD and NEW are ids or paths. A suggestion to be read, not a proof: `framework diff` proves
    what the rules do. Exit 0: nothing seems weaker; 1: something does, or is unclear.
    """
    from shipworthy.frameworks import load_framework
    from shipworthy.frameworks.wording import compare_wording

    output = Output.choose(output_format)
    found = compare_wording(load_framework(old), load_framework(new))
    output.show(found, _lines(found))
    looser = any(change.outcome in _LOOSER for change in found.changes)
    return ExitCode.NO if looser else ExitCode.YES


def _lines(found: "Wording") -> Iterator[str]:
    counts = Counter(change.outcome for change in found.changes)
    yield f"{found.new} beside {found.old}, clause by clause"
    yield "  suggestions, often wrong in direction: read both clauses before you quote one"
    yield "  " + ", ".join(f"{counts[name]} {name}" for name in _ORDER if counts[name])
    if counts["removed"]:
        yield "  removed: no clause of the new encoding goes with it; the text may still say it"
    yield f"  {_announced(found)}"
    for name in _ORDER[:-1]:
        chosen = [change for change in found.changes if change.outcome == name]
        if chosen:
            yield ""
            yield f"{name.capitalize()}: {len(chosen)}"
            for change in chosen:
                yield from _entry(change)


def _announced(found: "Wording") -> str:
    counts = Counter(change.announcement for change in found.changes if change.announcement)
    total = sum(counts.values())
    if counts["no change log"]:
        return f"the publisher published no list of changes; {total} clauses are not retained"
    if counts["not known"]:
        named = f"{counts['announced']} of {total} changes are in the part that is encoded"
        return f"the publisher's change log is not encoded completely: {named}"
    return f"{counts['silent']} of {total} changes are not mentioned in the publisher's change log"


def _entry(change: "ClauseChange") -> Iterator[str]:
    name = change.old or change.new
    if change.old and change.new and change.old != change.new:
        name = f"{change.old} -> {change.new}"
    notes = [
        *(["both ways"] if change.mixed else []),
        *change.dimensions,
        *([change.announcement] if change.announcement in {"announced", "silent"} else []),
    ]
    yield f"  {name}  ({', '.join(notes)})" if notes else f"  {name}"
    for why in change.why:
        yield f"    {why}"
