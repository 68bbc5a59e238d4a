"""Options that several commands on frameworks share, so that one word means one thing."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

import click

from shipworthy.kernel import Problem
from shipworthy.vocabulary import DeploymentType

Command = TypeVar("Command", bound=Callable[..., object])


class Decorator(Protocol):
    """What gives a command an option."""

    def __call__(self, command: Command, /) -> Command:
        """Return the command with the option."""


_EXAMINED = "Boxes that each question may examine before"

gate_option = click.option(
    "--gate", type=click.Choice(["deploy", "develop"]), default=None, help="One gate."
)

map_option = click.option(
    "--map",
    "mapping",
    metavar="OLD=NEW,...",
    default="",
    help="Which decision level of NEW stands for one of OLD, where names differ.",
)

scale_map_option = click.option(
    "--scale-map",
    type=click.Path(path_type=Path),
    default=None,
    help="YAML: which field and level of NEW stands for one of OLD, with the reason.",
)


def deployment_option(meaning: str = "One deployment type.") -> Decorator:
    """Return the option that names a deployment type."""
    kinds = [member.value for member in DeploymentType]
    return click.option("--deployment", type=click.Choice(kinds), default=None, help=meaning)


def reading_option(default: str, meaning: str) -> Decorator:
    """Return the option that says whether the developer uses hedges."""
    readings = click.Choice(["charitable", "hostile", "both"])
    return click.option(
        "--reading", type=readings, default=default, show_default=True, help=meaning
    )


def budget_option(default: int, *, sat: bool) -> Decorator:
    """Return the option that bounds a question; `sat` says whether SAT is asked after that."""
    then = "SAT is asked, or `unknown` answered." if sat else "it is answered `unknown`."
    return click.option(
        "--budget",
        type=click.IntRange(min=1),
        default=default,
        show_default=True,
        help=f"{_EXAMINED} {then}",
    )


def read_level_map(text: str) -> dict[str, str]:
    """Return the map that `--map` holds, old decision level to new.

    Raises:
        Problem: `compare-map` for a part without both names, or an old level named twice.
    """

    def refused(part: str) -> Problem:
        return Problem.of(
            "compare-map",
            f"cannot read `{part}` in the map of decision levels",
            help="write `OLD=NEW,OLD=NEW`, each old level once",
        )

    return read_pairs(filter(None, text.split(",")), refused)


def read_pairs(parts: Iterable[str], refused: Callable[[str], Problem]) -> dict[str, str]:
    """Return what `NAME=OTHER` says part by part; each name may occur once.

    Raises:
        Problem: what `refused` makes of a part that does not say it.
    """
    pairs: dict[str, str] = {}
    for part in parts:
        name, sign, other = (word.strip() for word in part.partition("="))
        if not (sign and name and other) or name in pairs:
            raise refused(part)
        pairs[name] = other
    return pairs
