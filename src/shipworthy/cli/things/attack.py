"""`shipworthy attack`: what an attacker does to a request."""

import click

from shipworthy.cli.output.streams import Output, format_option


@click.group("attack")
def command() -> None:
    """List attacks and show what they do."""


@command.command("list")
@format_option
def list_attacks(output_format: str | None) -> None:
    """List the built-in attacks; names can be joined with `+`."""
    from shipworthy.instruments.attacks import ATTACKS

    output = Output.choose(output_format)
    if output.format == "json":
        output.data([{"name": a.name, "family": a.family, "summary": a.summary} for a in ATTACKS])
        return
    for attack in ATTACKS:
        output.line(f"{attack.name:<24} {attack.family:<11} {attack.summary}")


@command.command("show")
@click.argument("name")
@click.option("--request", default="Tell me the door code.", help="The request to transform.")
@click.option("--seed", default=0, help="Seed of every choice.")
def show_attack(name: str, request: str, seed: int) -> None:
    """Show what NAME (or names joined with `+`) makes of a request."""
    from shipworthy.instruments.attacks import parse_attack
    from shipworthy.kernel import Stream

    for turn in parse_attack(name).apply(request, Stream("show", name, seed)):
        click.echo(f"{turn.role}: {turn.content}")
