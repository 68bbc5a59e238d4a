"""A click group that imports a command only when it is used, and suggests near names."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from shipworthy.kernel import ExitCode, Problem, Registry, did_you_mean


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """Where a built-in command lives and the line that `--help` shows for it."""

    module: str
    summary: str


class LazyGroup(click.Group):
    """Commands by name: built-ins from a table, others from the entry points of plug-ins."""

    def __init__(self, *args: Any, entries: Mapping[str, CommandEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the built-in commands in pipeline order, then the others."""
        return [*self._entries, *sorted(super().list_commands(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        entry = self._entries.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        command = importlib.import_module(entry.module).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command; unknown names get the nearest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and ctx.parent is None:
            plugin = _plugin_command(name)
            if plugin:
                return name, plugin, args[1:]
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            raise Problem.of(
                "command-unknown",
                f"no command `{name}`",
                help=did_you_mean(name, self.list_commands(ctx)),
                exit_code=ExitCode.USAGE,
            ) from None

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands: the table, without importing them, and what was added."""
        rows = [(name, entry.summary) for name, entry in self._entries.items()]
        rows += [(name, one.get_short_help_str()) for name, one in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugin_command(name: str) -> click.Command | None:
    registry = Registry.installed()
    if name not in registry.names("shipworthy.commands"):
        return None
    loaded = registry.find("shipworthy.commands", name).load()
    return loaded if isinstance(loaded, click.Command) else None
