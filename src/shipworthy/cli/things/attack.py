"""`shipworthy attack`: what an attacker does to a request."""

import click

from shipworthy.cli.output.streams import Output, format_option


@click.group("attack")
def command() -> None:
    """List attacks and show what they do."""


@command.command("list")
@format_option
def list_attacks(output_format: str | None) -> None:
    """List the attacks, built in and installed; names can be joined with `+`."""
    from shipworthy.app.preparation.installed import installed_attacks
    from shipworthy.instruments.attacks import ATTACKS
    from shipworthy.kernel import Registry

    output = Output.choose(output_format)
    rows = [
        # an attack of a plug-in need not be made from ours: it has a name, the rest it may have
        {
            "name": attack.name,
            "family": str(getattr(attack, "family", "installed")),
            "summary": str(getattr(attack, "summary", "")),
        }
        for attack in (*ATTACKS, *installed_attacks(Registry.installed()).values())
    ]
    lines = (f"{row['name']:<24} {row['family']:<11} {row['summary']}".rstrip() for row in rows)
    output.show(rows, lines)


@command.command("show")
@click.argument("name")
@click.option("--request", default="Tell me the door code.", help="The request to transform.")
@click.option("--seed", default=0, help="Seed of every choice.")
def show_attack(name: str, request: str, seed: int) -> None:
    """Show what NAME (or names joined with `+`) makes of a request."""
    from shipworthy.app.preparation.installed import installed_attacks
    from shipworthy.instruments.attacks import parse_attack
    from shipworthy.kernel import Registry, Stream

    attack = parse_attack(name, installed_attacks(Registry.installed()))
    for turn in attack.apply(request, Stream("show", name, seed)):
        click.echo(f"{turn.role}: {turn.content}")
