"""`shipworthy key`: keys for people who sign decisions."""

from pathlib import Path

import click

from shipworthy.cli.output.streams import note
from shipworthy.evidence import PASSPHRASE_VARIABLE, generate_key, load_public, public_pem
from shipworthy.kernel import Location, Problem


@click.group("key")
def command() -> None:
    """Create keys and show fingerprints."""


@command.command("new")
@click.argument("path", type=click.Path(path_type=Path))
def new_key(path: Path) -> None:
    """Write a new private key to PATH and its public key to PATH with `.pub` added.

    The private key is encrypted when the environment variable SHIPWORTHY_KEY_PASSPHRASE is set.
    The public key goes into the assessment file, under `[roles.NAME]`.
    """
    import os

    public = path.with_name(f"{path.name}.pub")
    if public.exists() or path.suffix == ".pub":
        raise Problem.of(
            "key-exists",
            f"`{path.name}` would not have a public key file of its own",
            location=Location(str(public)),
            help="choose a new name for the private key, without `.pub`",
        )
    signer = generate_key(path, os.environ)
    public.write_bytes(public_pem(signer.public))
    click.echo(f"private key  {path}")
    click.echo(f"public key   {public}")
    click.echo(f"fingerprint  {signer.key_id}")
    if not os.environ.get(PASSPHRASE_VARIABLE):
        note(f"the private key is not encrypted: set {PASSPHRASE_VARIABLE} before making one")


@command.command("show")
@click.argument("path", type=click.Path(path_type=Path))
def show_key(path: Path) -> None:
    """Show the fingerprint of a public key file."""
    from shipworthy.evidence import key_id

    click.echo(key_id(load_public(path)))
