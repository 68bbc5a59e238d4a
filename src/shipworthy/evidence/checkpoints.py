"""Checkpoints: a log's size and root, signed, as a C2SP signed note.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note: three lines (origin, size,
base64 root), an empty line, then one signature line per key. The key's name is the origin.
"""

import base64
import binascii
import hashlib
from typing import Final

from shipworthy.evidence.files import tampered
from shipworthy.evidence.signers import Signer, verify_signature
from shipworthy.kernel import Record

ORIGIN: Final = "shipworthy.dev/log"
"""Origin line of logs that were not given another name."""

_ED25519: Final = b"\x01"


class Checkpoint(Record, frozen=True, kw_only=True):
    """What was signed: the log's name, number of entries and Merkle root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> bytes:
        """The signed text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


def key_hash(name: str, public: bytes) -> bytes:
    """Return the 4 bytes that name a key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note."""
    blob = key_hash(checkpoint.origin, signer.public) + signer.sign(checkpoint.body)
    line = f"\u2014 {checkpoint.origin} {base64.b64encode(blob).decode()}\n"
    return checkpoint.body + b"\n" + line.encode()


def read_checkpoint(note: bytes, public: bytes | None, source: str) -> Checkpoint:
    """Parse a note; with a raw public key, also check that key's signature.

    Raises:
        Problem: `checkpoint-invalid` (integrity).
    """
    try:
        body, signatures = note.decode().split("\n\n", 1)
        origin, size, root = body.split("\n")
        checkpoint = Checkpoint(
            origin=origin, size=int(size), root=base64.b64decode(root, validate=True)
        )
    except (ValueError, binascii.Error):
        raise tampered("checkpoint-invalid", "not a signed checkpoint", source) from None
    if checkpoint.body != (body + "\n").encode() or len(checkpoint.root) != 32:
        raise tampered("checkpoint-invalid", "not a signed checkpoint", source)
    if public is not None and not _signed_by(checkpoint, signatures, public):
        raise tampered("checkpoint-invalid", "checkpoint not signed by the log's key", source)
    return checkpoint


def _signed_by(checkpoint: Checkpoint, signatures: str, public: bytes) -> bool:
    prefix = f"\u2014 {checkpoint.origin} "
    for line in signatures.splitlines():
        try:
            blob = base64.b64decode(line.removeprefix(prefix), validate=True)
        except (ValueError, binascii.Error):
            continue
        if line.startswith(prefix) and blob[:4] == key_hash(checkpoint.origin, public):
            return verify_signature(public, blob[4:], checkpoint.body)
    return False
