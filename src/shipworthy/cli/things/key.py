"""`shipworthy key`: keys for people who sign decisions."""

from pathlib import Path

import click

from shipworthy.evidence import PASSPHRASE_VARIABLE, generate_key, load_public, public_pem


@click.group("key")
def command() -> None:
    """Create keys and show fingerprints."""


@command.command("new")
@click.argument("path", type=click.Path(path_type=Path))
def new_key(path: Path) -> None:
    """Write a new private key to PATH and its public key to PATH with the suffix `.pub`.

    The private key is encrypted when the environment variable SHIPWORTHY_KEY_PASSPHRASE is set.
    The public key goes into the assessment file, under `[roles.NAME]`.
    """
    import os

    signer = generate_key(path, os.environ)
    public = path.with_suffix(".pub")
    public.write_bytes(public_pem(signer.public))
    click.echo(f"private key  {path}")
    click.echo(f"public key   {public}")
    click.echo(f"fingerprint  {signer.key_id}")
    if not os.environ.get(PASSPHRASE_VARIABLE):
        click.echo(f"  the private key is not encrypted; set {PASSPHRASE_VARIABLE} to", err=True)


@command.command("show")
@click.argument("path", type=click.Path(path_type=Path))
def show_key(path: Path) -> None:
    """Show the fingerprint of a public key file."""
    from shipworthy.evidence import key_id

    click.echo(key_id(load_public(path)))
