"""`shipworthy framework amendment`: what it takes to put a new version in force."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from shipworthy.cli.frameworks.options import (
    budget_option,
    map_option,
    read_level_map,
    reading_option,
    scale_map_option,
)
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.frameworks.amendment import Amending, Loosened, Reading

_EXIT: Final = {
    "equivalent": ExitCode.YES,
    "stricter": ExitCode.YES,
    "looser": ExitCode.NO,
    "unknown": ExitCode.INCONCLUSIVE,
}
_COLOUR: Final = {"equivalent": "green", "stricter": "green", "unknown": "yellow"}


@click.command("amendment")
@click.argument("old")
@click.argument("new")
@reading_option(
    "both",
    "Which dropped rules are listed; the class of the change rests on both in any case.",
)
@map_option
@scale_map_option
@budget_option(20_000, sat=False)
@format_option
def amendment(
    old: str,
    new: str,
    reading: str,
    **options: Any,
) -> ExitCode:
    """Say who has to approve the change from OLD to NEW, with what notice and which list.

    OLD and NEW are ids or paths. Exit 0: proved equivalent or stricter; 1: something is looser;
    3: something is in doubt, so that the procedure for looser changes is due as well.
    """
    from shipworthy.frameworks import load_framework
    from shipworthy.frameworks.amendment import amending
    from shipworthy.frameworks.compare import Scope
    from shipworthy.frameworks.compare.correspondence.scales import read_scale_maps

    output = Output.choose(options["output_format"])
    path = options["scale_map"]
    scope = Scope(
        mapping=read_level_map(options["mapping"]),
        budget=options["budget"],
        fields=read_scale_maps(path) if path else (),
    )
    found = amending(load_framework(old), load_framework(new), scope)
    word = output.styled(found.change, _COLOUR.get(found.change, "red"))
    output.show(found, _lines(found, word, reading))
    return _EXIT[found.change]


def _lines(found: "Amending", word: str, reading: str) -> Iterator[str]:
    old, new = found.old, found.new
    yield f"{word}: {new.id} {new.version} in place of {old.id} {old.version}"
    for name, change in found.readings.items():
        yield f"  {name} reading: {change.value}"
    yield f"  procedure: that for changes which are {found.procedure}"
    yield ""
    yield "Due"
    for one in found.approvals:
        yield f"  approval    {one.role} ({' and '.join(one.of)} framework: {one.why})"
    if found.procedure == "looser":
        yield f"  notice      {_days(found.notice_days)}"
        asked = (
            "asked for by the old framework" if found.list_due else "not asked for, given anyway"
        )
        yield f"  list        of what is loosened or in doubt: {asked}"
    yield "  campaigns   registered ones keep the framework they were registered with"
    shown = [one for one in found.loosened if _is_shown(one, reading)]
    if shown:
        yield ""
        yield f"Loosened or in doubt: {len(shown)}"
        for item in shown:
            yield from _item(item)
    if found.weaker_wording:
        yield ""
        yield "Words that seem weaker, removed or unclear; to be read by a person"
        yield f"  clauses {', '.join(found.weaker_wording)}"
    if found.missing:
        yield ""
        yield "Missing"
        for gap in found.missing:
            yield f"  {gap}"


def _is_shown(one: "Loosened", reading: "Reading | str") -> bool:
    return reading == "both" or one.reading in {"", reading}


def _item(one: "Loosened") -> Iterator[str]:
    where = ", ".join(part for part in (one.gate and f"gate {one.gate}", one.reading) if part)
    yield f"  {one.change.value:<8} {one.what}{f' ({where})' if where else ''}"
    if one.witness:
        inside = [f"{reading.name} {reading.value}" for reading in one.witness.readings]
        situation = "; ".join([f"deployment {one.witness.deployment}", *inside])
        yield f"           {situation}"
        yield f"           was `{one.witness.old_level}`, is `{one.witness.new_level}`"


def _days(number: int) -> str:
    return f"{number} days" if number else "none set"
