"""`shipworthy safeguard`: the layers that can stand in front of a model."""

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import Registry


@click.group("safeguard")
def command() -> None:
    """List safeguards and show what they are built from."""


@command.command("list")
@format_option
def list_safeguards(output_format: str | None) -> None:
    """List the installed safeguards by kind."""
    output = Output.choose(output_format)
    registry = Registry.installed()
    plugins = [p for p in registry.plugins() if p.group == "shipworthy.safeguards"]
    rows = [{"kind": p.name, "origin": p.origin, "version": p.version} for p in plugins]
    output.show(rows, (f"{p.name:<24} {p.origin} {p.version}" for p in plugins))


@command.command("show")
@click.argument("kind")
@format_option
def show_safeguard(kind: str, output_format: str | None) -> None:
    """Build the safeguard KIND with its default options and show its identity and its card."""
    from typing import cast

    from shipworthy.instruments.safeguards import SafeguardFactory

    output = Output.choose(output_format)
    factory = cast(
        "SafeguardFactory", Registry.installed().find("shipworthy.safeguards", kind).load()
    )
    identity = factory({}).identity()
    shown = {
        "name": identity.name,
        "kind": identity.kind,
        "configuration": identity.configuration,
        "card": identity.card,
    }
    lines = [
        f"{identity.name}  ({identity.kind})",
        f"configuration  {identity.configuration}",
        *(f"  {label:<44} {value}" for label, value in identity.card.items()),
    ]
    output.show(shown, lines)
