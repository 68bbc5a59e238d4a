"""`shipworthy plugin`: what is installed, and whether it loads."""

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import Registry


@click.group("plugin")
def command() -> None:
    """List plug-ins and check that they load."""


@command.command("list")
@format_option
def list_plugins(output_format: str | None) -> None:
    """List every plug-in with its origin and version."""
    output = Output.choose(output_format)
    plugins = Registry.installed().plugins()
    rows = [
        {"group": p.group, "name": p.name, "origin": p.origin, "version": p.version}
        for p in plugins
    ]
    lines = (
        f"{p.group.removeprefix('shipworthy.'):<16} {p.name:<28} {p.origin} {p.version}"
        for p in plugins
    )
    output.show(rows, lines)


@command.command("check")
def check_plugins() -> None:
    """Load every plug-in; the first that fails is named and the exit code is 2."""
    plugins = Registry.installed().plugins()
    for plugin in plugins:
        plugin.load()
    click.echo(f"{len(plugins)} plug-ins load")
