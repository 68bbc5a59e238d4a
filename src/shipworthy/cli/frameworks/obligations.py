"""`shipworthy framework obligations`: what a law or code asks for, and what here answers it."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.frameworks import FrameworkDocument
    from shipworthy.frameworks.obligations import Obligation, ObligationCatalogue


@click.command("obligations")
@click.argument("catalogue", default="")
@click.option("--framework", default="", help="Say for each item what this framework leaves empty.")
@format_option
def obligations(catalogue: str, framework: str, output_format: str | None) -> ExitCode:
    """Show what CATALOGUE (an id or a path) asks for; without it, list the catalogues.

    For each item: the records and report sections of an assessment that yield it, and what is
    left to people. No legal advice.
    """
    from shipworthy.frameworks import load_framework
    from shipworthy.frameworks.obligations import absent_parts, catalogue_ids, load_catalogue

    output = Output.choose(output_format)
    names = [catalogue] if catalogue else catalogue_ids()
    found = [load_catalogue(name) for name in names]
    document = load_framework(framework) if framework else None
    if output.format == "json":
        rows = []
        for one in found:
            row = msgspec.to_builtins(one)
            if document is not None:
                for item, shown in zip(one.items, row["items"], strict=True):
                    shown["absent"] = absent_parts(item, document)
            rows.append(row)
        output.data(rows)
        return ExitCode.YES
    for one in found:
        for line in _catalogue(one, document) if catalogue else [_line(one)]:
            output.line(line)
    return ExitCode.YES


def _line(one: "ObligationCatalogue") -> str:
    return f"{one.id:<24} {one.title}; {_counts(one)}"


def _counts(one: "ObligationCatalogue") -> str:
    counts = Counter(item.extent for item in one.items)
    return (
        f"{len(one.items)} items: {counts['full']} yielded, {counts['part']} in part, "
        f"{counts['none']} left to people"
    )


def _catalogue(one: "ObligationCatalogue", document: "FrameworkDocument | None") -> Iterator[str]:
    yield f"{one.title} ({one.version})"
    yield f"  in force: {one.in_force}"
    yield f"  {one.standing}"
    yield f"  {_counts(one)}"
    for item in one.items:
        yield ""
        yield from _item(item, document)


def _item(item: "Obligation", document: "FrameworkDocument | None") -> Iterator[str]:
    from shipworthy.frameworks.obligations import absent_parts

    notes = [item.extent, item.section, item.provenance, item.applies_to, item.deadline]
    yield f"{item.id}  ({'; '.join(filter(None, notes))})"
    yield f"  {item.about}"
    for word, names in (
        ("records", item.records),
        ("report sections", item.sections),
        ("framework", item.documents),
    ):
        if names:
            yield f"  {word}: {', '.join(names)}"
    if item.gap:
        yield f"  left to people: {item.gap}"
    if document is not None:
        absent = absent_parts(item, document)
        if absent:
            yield f"  {document.id} leaves empty: {', '.join(absent)}"
