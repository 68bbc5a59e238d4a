"""`shipworthy safeguard`: the layers that can stand in front of a model."""

from pathlib import Path

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode, Registry


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


@command.command("train")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write it.")
@click.option("--miss-rate", default="0.02", help="Most harm that may stay below the threshold.")
@click.option("--budget", default="0.10", help="Most harmless traffic that may cross it.")
@click.option("--confidence", default="0.95", help="With which both have to hold.")
@format_option
def train_probe(
    table: Path,
    out: Path,
    miss_rate: str,
    budget: str,
    confidence: str,
    output_format: str | None,
) -> ExitCode:
    """Train the probe of a screen on TABLE, a CSV file of labelled texts.

    Its columns are `text` (or `prompt` and `answer`) and `harmful`, which is 0 or 1. The answer is
    inconclusive where the texts are too few, or too alike, for the promise.
    """
    from shipworthy.app.preparation.probes import train_on_table

    output = Output.choose(output_format)
    promise = {"miss_rate": miss_rate, "budget": budget, "confidence": confidence}
    trained = train_on_table(table, promise, out)
    card = {**trained.card, **trained.calibration.entries}
    shown = {"file": str(out), "digest": trained.digest, "card": card}
    lines = [
        f"{out}  {trained.digest}",
        *(f"  {label:<44} {value}" for label, value in card.items()),
    ]
    output.show(shown, lines)
    return ExitCode.INCONCLUSIVE if trained.calibration.shortfall else ExitCode.YES
