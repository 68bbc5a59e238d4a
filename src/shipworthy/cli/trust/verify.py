"""`shipworthy verify`: hand a bundle to the independent verifier."""

import sys
from pathlib import Path

import click

from shipworthy.kernel import ExitCode


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, help="Fingerprint of a key that you trust.")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="An earlier checkpoint.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["human", "json"]),
    default="human",
    help="Lines for people, or one JSON document.",
)
def command(
    bundle: Path, keys: tuple[str, ...], checkpoint: Path | None, output_format: str
) -> ExitCode:
    """Recompute every number of BUNDLE and check digests, signatures and the log.

    This runs `shipworthy-verify`, a separate program that shares no code with Shipworthy.
    """
    import subprocess

    arguments = [str(bundle), "--format", output_format]
    for key in keys:
        arguments += ["--key", key]
    if checkpoint:
        arguments += ["--checkpoint", str(checkpoint)]
    finished = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "shipworthy_verify", *arguments], check=False
    )
    return ExitCode(finished.returncode)
