"""The command line as pages: every command with its options, exit codes and an example."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from shipworthy.app.reference.markdown import block, code, page, table
from shipworthy.kernel import MEANING, PRECEDENCE, ExitCode

ALWAYS: Final = (ExitCode.USAGE, ExitCode.INTERNAL, ExitCode.INTERRUPTED)
"""Exit codes that every command can give."""


def command_page(group: click.Group) -> str:
    """Return the page of all commands of a group.

    Raises:
        ValueError: when the notes on commands are not about exactly these commands.
    """
    notes = tomllib.loads((Path(__file__).parent / "commands.toml").read_text(encoding="utf-8"))
    commands = dict(leaf_commands(group))
    if set(notes) != set(commands):
        raise ValueError(f"commands.toml and the commands differ: {set(notes) ^ set(commands)}")
    always = ", ".join(f"{exit_code.value} {exit_code.name.lower()}" for exit_code in ALWAYS)
    parts = [
        (
            "Results go to stdout, progress and complaints to stderr. Nothing asks a question but "
            "`label answer` in a terminal."
        ),
        (
            f"Exit codes are listed in [exit-codes.md](exit-codes.md). Every command can also give "
            f"{always}."
        ),
        table(
            ("command", "what it does"),
            (
                (f"[`shipworthy {name}`](#shipworthy-{name.replace(' ', '-')})", _summary(command))
                for name, command in commands.items()
            ),
        ),
    ]
    for name, command in commands.items():
        parts += _command(name, command, notes[name])
    return page("Commands", *parts)


def exit_code_page() -> str:
    """Return the page of exit codes."""
    order = ", ".join(str(one.value) for one in PRECEDENCE)
    return page(
        "Exit codes",
        "The exit code is part of the interface: scripts may rely on it.",
        table(
            ("code", "name", "meaning"),
            ((str(one.value), one.name.lower(), MEANING[one]) for one in ExitCode),
        ),
        f"When several apply, the first of this order is returned: {order}. Only 0 is good news, "
        "and no other code ever means a go.",
        "`shipworthy-verify` uses 0 (verified), 2 (bad usage, or no such folder) and 4 (refused).",
    )


def leaf_commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        full = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from leaf_commands(command, full)
        elif command is not None:
            yield full, command


def _command(name: str, command: click.Command, note: Mapping[str, Any]) -> Iterator[str]:
    context = click.Context(command, info_name=f"shipworthy {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## shipworthy {name}"
    yield block("text", f"shipworthy {name} {usage}")
    yield "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield table(("option", "values", "default", "meaning"), map(_option, options))
    codes = [ExitCode(value) for value in note["exits"]]
    yield "Exit codes: " + "; ".join(f"{one.value} {one.name.lower()}" for one in codes) + "."
    yield block("console", f"$ {note['example']}")


def _option(option: click.Option) -> tuple[str, str, str, str]:
    values = ""
    if isinstance(option.type, click.Choice):
        values = ", ".join(code(str(choice)) for choice in option.type.choices)
    elif not option.is_flag:
        values = option.type.name
    default = option.default if isinstance(option.default, str | int | Path) else ""
    shown = "required" if option.required else "" if option.is_flag else code(str(default))
    return ", ".join(code(word) for word in option.opts), values, shown, option.help or ""


def _summary(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)
